import { deepEqual, equal, notEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { ChunkMemory } from './chunk-memory.ts';

test('ChunkMemory gives the chunk again that came back last, and keeps no more than it may', () => {
  const memory = new ChunkMemory(10, 2);
  const [one, two, three] = [memory.take(), memory.take(), memory.take()];
  deepEqual([one.length, memory.usedCount], [10, 3]);
  notEqual(one, two);
  for (const chunk of [one, two, three]) memory.give(chunk);
  equal(memory.usedCount, 0);
  equal(memory.take(), two);
  equal(memory.take(), one);
  notEqual(memory.take(), three);
});
