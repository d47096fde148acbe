import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOffset, readSize } from './sizes.ts';

test('readSize() reads bytes, kilobytes and megabytes', () => {
  assert.deepEqual(['0', '10', '8k', '8K', '1m', '2M'].map(readSize), [0, 10, 8192, 8192, 1_048_576, 2_097_152]);
  for (const text of [
    '',
    'k',
    '1g',
    '1kb',
    '-1',
    '+1',
    '1.5m',
    ' 1',
    '0x10',
    '9223372036854775808',
    '9007199254740992m',
    '1'.repeat(9999),
  ]) {
    assert.equal(readSize(text), undefined, text);
  }
});

test('readOffset() reads gigabytes too', () => {
  assert.deepEqual(['1g', '2G', '9223372036854775807'].map(readOffset), [2 ** 30, 2 ** 31, 2 ** 63]);
  assert.equal(readOffset('8589934592g'), undefined);
});
