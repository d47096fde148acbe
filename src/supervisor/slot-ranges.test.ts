import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SlotRanges } from './slot-ranges.ts';

test('ranges do not overlap, and what is given back is taken again last', () => {
  const slots = new SlotRanges(10);
  assert.ok(slots.take('a', 4) && slots.take('b', 3));
  assert.deepEqual([slots.firstOf('a'), slots.firstOf('b')], [0, 4]);
  slots.give('a');
  assert.ok(slots.take('c', 2));
  assert.equal(slots.firstOf('c'), 7);
  assert.ok(slots.take('d', 3));
  assert.equal(slots.firstOf('d'), 0);
});

test('a range that is not free is refused, and changes nothing', () => {
  const slots = new SlotRanges(10);
  assert.ok(slots.take('a', 4) && slots.take('b', 2) && slots.take('c', 4));
  slots.give('a');
  slots.give('c');
  assert.equal(slots.take('d', 5), false);
  assert.throws(() => slots.firstOf('d'), /has slots before/);
  assert.ok(slots.take('d', 4) && slots.take('e', 4));
  assert.deepEqual([slots.firstOf('d'), slots.firstOf('e')], [0, 6]);
});
