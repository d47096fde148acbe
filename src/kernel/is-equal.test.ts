import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { isEqual } from './is-equal.ts';

test('isEqual() compares what is said, whatever the order of keys', () => {
  equal(isEqual({ a: 1, b: [{ c: 'x' }] }, { b: [{ c: 'x' }], a: 1 }), true);
  equal(isEqual({ a: 1, b: undefined }, { a: 1 }), true);
  equal(isEqual([1, 2], [2, 1]), false);
  equal(isEqual([], {}), false);
  equal(isEqual(null, {}), false);
  equal(isEqual({ a: 1 }, { a: '1' }), false);
});
