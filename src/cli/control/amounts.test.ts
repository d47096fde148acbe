import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderAge, renderBytes, renderTime } from './amounts.ts';

test('amounts are written for people', () => {
  assert.deepEqual([-1, 17, 4230, 61_000, 3_723_000, 100_000_000].map(renderAge), [
    '0 ms',
    '17 ms',
    '4.2 s',
    '1 min 1 s',
    '1 h 2 min',
    '1 d 3 h',
  ]);
  assert.deepEqual([5 * 2 ** 20, 3 * 2 ** 29].map(renderBytes), ['5 MB', '1.5 GB']);
  assert.match(renderTime(0), /^19(?:69|70)-\d\d-\d\d \d\d:\d\d:00$/);
});
