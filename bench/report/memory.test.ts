import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Memory } from './memory.ts';
import { findMemory, medianMemory } from './memory.ts';

function memory(name: string, python: number): Memory {
  const snapshot = { python, front: 10, total: python + 10, parts: { edge: python / 2 } };
  return { name, idle: snapshot, loaded: { ...snapshot, python: python * 2 } };
}

test('medianMemory() takes the median of each figure of one server', () => {
  const runs = [memory('a', 10), memory('b', 99), memory('a', 30), memory('a', 20)];
  assert.deepEqual(medianMemory('a', runs), memory('a', 20));
});

test('findMemory() has no figures for a server that did not run', () => {
  assert.equal(findMemory([], 'a').idle.total, Number.NaN);
  assert.deepEqual(findMemory([memory('a', 1)], 'a'), memory('a', 1));
});
