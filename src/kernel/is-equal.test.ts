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

test('isEqual() compares a long list that stands in many places once', () => {
  const listOf = (look: () => void): object[] =>
    Array.from({ length: 40 }, (_, index) => ({
      get from() {
        look();
        return index;
      },
    }));
  let looks = 0;
  const one = listOf(() => {
    looks += 1;
  });
  const other = listOf(() => undefined);
  equal(isEqual(Array(100).fill({ one }), Array(100).fill({ one: other })), true);
  equal(looks, 40);
  equal(isEqual([one, one], [other, [...other.slice(1), {}]]), false);
});
