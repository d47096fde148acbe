import { deepEqual, equal, notEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { RELAY_LIMITS } from '../limits.ts';
import { BlockPool } from './block-pool.ts';

test('BlockPool gives blocks of a few sizes, and of the largest if more is asked for', () => {
  const pool = new BlockPool();
  const sizes = [0, 1, 1024, 1025, 10_240, 65_536, 65_537, 5_000_000].map((bytes) => pool.take(bytes).length);
  deepEqual(sizes, [1024, 1024, 1024, 4096, 16_384, 65_536, 262_144, 262_144]);
  equal(pool.take(100, 65_535).length, 16_384);
  equal(pool.take(20_000, 1000).length, 65_536);
});

test('BlockPool gives out again what it was given, and to one at a time', () => {
  const pool = new BlockPool();
  const block = pool.take(4000);
  pool.give(block);
  equal(pool.freeBytes, 4096);
  equal(pool.take(3000), block);
  equal(pool.freeBytes, 0);
  notEqual(pool.take(3000), block);
});

test('BlockPool lets go of what was free for a second, and keeps what is used again and again', () => {
  const pool = new BlockPool();
  const blocks = [1, 2, 3, 4].map(() => pool.take(65_536));
  for (const block of blocks) pool.give(block);
  pool.trim();
  equal(pool.freeBytes, 4 * 65_536, 'they may be wanted again');
  pool.give(pool.take(65_536));
  pool.trim();
  equal(pool.freeBytes, 65_536, 'one was');
  equal(blocks.filter(({ buffer }) => buffer.byteLength === 0).length, 3, 'the memory is free at once');
  pool.trim();
  equal(pool.freeBytes, 0);
});

test('BlockPool keeps no more than its limit', () => {
  const pool = new BlockPool();
  const count = RELAY_LIMITS.freeBlockBytesMax / 262_144;
  const blocks = Array.from({ length: count + 1 }, () => pool.take(262_144));
  for (const block of blocks) pool.give(block);
  equal(pool.freeBytes, RELAY_LIMITS.freeBlockBytesMax);
  equal(blocks[count]?.buffer.byteLength, 0);
});
