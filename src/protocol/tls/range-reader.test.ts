import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { RangeReader } from './range-reader.ts';

const BYTES = Buffer.from([9, 1, 2, 3, 2, 97, 98, 7, 9]);

test('RangeReader reads its range, and nothing of what stands around it', () => {
  const reader = new RangeReader(BYTES, 1, 8);
  equal(reader.number(3), 0x01_02_03);
  const inner = reader.vector(1);
  deepEqual([inner.length, inner.text(), [...inner.rest()]], [2, 'ab', [97, 98]]);
  deepEqual([reader.length, reader.number(1), reader.isAtEnd, reader.isGood], [1, 7, true, true]);
});

test('RangeReader is bad from the first thing on that is not there, and gives nothing more', () => {
  for (const read of [(reader: RangeReader) => reader.number(3), (reader: RangeReader) => Number(reader.skip(3))]) {
    const reader = new RangeReader(BYTES, 1, 3);
    deepEqual([read(reader), reader.isGood, reader.number(1)], [0, false, 0]);
  }
  const reader = new RangeReader(BYTES, 2, 5);
  // A length of two, of which one byte is in the range.
  const inner = new RangeReader(BYTES, 4, 6).vector(1);
  deepEqual([inner.isAtEnd, inner.text(), inner.rest().length], [true, '', 0]);
  equal(reader.vector(1).length, 2);
  deepEqual([reader.vector(1).isAtEnd, reader.isGood], [true, false]);
});
