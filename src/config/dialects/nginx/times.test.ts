import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readMilliseconds, readSeconds } from './times.ts';

test('readMilliseconds() reads units from the largest to the smallest', () => {
  const times = { '0': 0, '30': 30_000, '30s': 30_000, '500ms': 500, '1m': 60_000, '1h 30m': 5_400_000 };
  const more = { '1w2d3h4m5s6ms': 788_645_006, '1m30': 90_000, '10 ': 10_000, '1d': 86_400_000, '1s 5ms': 1005 };
  for (const [text, expected] of Object.entries({ ...times, ...more })) {
    assert.equal(readMilliseconds(text), expected, text);
  }
});

test('readMilliseconds() refuses what nginx refuses', () => {
  for (const text of [
    '',
    's',
    '1x',
    '1y',
    '1M',
    '1s1m',
    '1m1m',
    '1ms1s',
    '-1',
    '1.5s',
    '1 2 3',
    '9'.repeat(30),
    '1'.repeat(300),
  ]) {
    assert.equal(readMilliseconds(text), undefined, text);
  }
});

test('readSeconds() knows years and months, and no milliseconds', () => {
  assert.deepEqual(['1y', '1M', '1y 2M 3d', '45'].map(readSeconds), [31_536_000, 2_592_000, 36_979_200, 45]);
  assert.deepEqual(['1ms', '1M1y'].map(readSeconds), [undefined, undefined]);
});
