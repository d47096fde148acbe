import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryBudget } from '../memory-budget.ts';
import { BlockPool } from './block-pool.ts';
import { BodyBytes } from './body-bytes.ts';

function bodyOf(pieces: readonly Buffer[], more = 0, pool = new BlockPool(), budget = new MemoryBudget()): BodyBytes {
  const body = new BodyBytes(pool, budget);
  for (const piece of pieces) body.push(piece, more);
  return body;
}

test('BodyBytes has what came, whatever its pieces', () => {
  for (const sizes of [[], [0], [5], [3, 0, 2000, 1, 1, 70_000, 9], [1024, 1024, 1024], [300_000, 1], [262_144]]) {
    const pieces = sizes.map((size, index) => Buffer.alloc(size, index + 1));
    const body = bodyOf(pieces, 1_000_000);
    const whole = Buffer.concat(pieces);
    equal(body.length, whole.length);
    deepEqual(Buffer.concat(body.pieces), whole);
    const copy = Buffer.alloc(whole.length + 7);
    equal(body.copyTo(copy, 7), copy.length);
    deepEqual(copy.subarray(7), whole);
  }
});

test('BodyBytes takes few blocks for many small pieces, and counts them against the budget until the last holder lets go', () => {
  const pool = new BlockPool();
  const budget = new MemoryBudget();
  const piece = Buffer.from('x');
  const body = bodyOf(
    Array.from({ length: 200_000 }, () => piece),
    1_000_000,
    pool,
    budget,
  );
  ok(body.pieces.length < 16, `${body.pieces.length} blocks`);
  ok(budget.usedBytes >= 200_000 && budget.usedBytes <= 300_000, `${budget.usedBytes} bytes`);
  const { usedBytes } = budget;
  body.hold();
  body.release();
  equal(budget.usedBytes, usedBytes);
  equal(pool.freeBytes, 0, 'a lane still writes from them');
  body.release();
  equal(budget.usedBytes, 0);
  equal(pool.freeBytes, usedBytes);
});

test('BodyBytes takes no more than is known to come', () => {
  const budget = new MemoryBudget();
  bodyOf([Buffer.alloc(60_000)], 5000, new BlockPool(), budget);
  equal(budget.usedBytes, 65_536);
  const another = new MemoryBudget();
  const body = bodyOf([Buffer.alloc(60_000)], 10_000, new BlockPool(), another);
  body.push(Buffer.alloc(10_000), 0);
  equal(another.usedBytes, 65_536 + 16_384);
});
