import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { JoinedBytes } from './joined-bytes.ts';

test('JoinedBytes gives back what came, whatever its pieces, and is empty then', () => {
  for (const sizes of [[], [0], [5], [3, 0, 2000, 1, 1, 70_000, 9], [1024, 1024, 1024], [100_000, 1]]) {
    const joined = new JoinedBytes();
    const pieces = sizes.map((size, index) => Buffer.alloc(size, index + 1));
    for (const piece of pieces) joined.push(piece);
    equal(joined.length, Buffer.concat(pieces).length);
    deepEqual(Buffer.concat(joined.takeAll()), Buffer.concat(pieces));
    equal(joined.length, 0);
    deepEqual(joined.takeAll(), []);
  }
});

test('JoinedBytes keeps many small pieces in few blocks, and one piece in a block of its size', () => {
  const joined = new JoinedBytes();
  joined.push(Buffer.from('body'));
  equal(joined.takeAll()[0]?.length, 4);
  for (let count = 0; count < 262_144; count += 1) joined.push(Buffer.from('x'));
  ok(joined.takeAll().length < 16);
});
