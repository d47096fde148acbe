import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatNumber, formatRatio } from './numbers.ts';

test('formatNumber() keeps the digits that mean something', () => {
  assert.deepEqual([1_234_567, 61_432.4, 999.6, 84.23, 9.999, 0.081, 0].map(formatNumber), [
    '1,234,567',
    '61,432',
    '1,000',
    '84.2',
    '10.00',
    '0.08',
    '0.00',
  ]);
});

test('formatNumber() and formatRatio() mark what was not measured', () => {
  assert.deepEqual([formatNumber(Number.NaN), formatRatio(Number.NaN)], ['–', '–']);
});

test('formatRatio() has two decimals below ten', () => {
  assert.deepEqual([0.987, 1.5, 12.34].map(formatRatio), ['0.99', '1.50', '12.3']);
});
