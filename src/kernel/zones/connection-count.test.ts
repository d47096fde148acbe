import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { ConnectionCounts, newCountMemory } from './connection-count.ts';

const ZONE_BYTES = 65_536;

test('ConnectionCounts counts a key over all that have opened the table', () => {
  const memory = newCountMemory(ZONE_BYTES);
  const one = new ConnectionCounts(memory, ZONE_BYTES);
  const other = new ConnectionCounts(memory, ZONE_BYTES);
  const entry = one.enter('a', 2);
  equal(typeof entry, 'number');
  equal(other.enter('a', 2), entry);
  equal(one.enter('a', 2), 'busy');
  equal(typeof one.enter('b', 1), 'number');
  other.leave(Number(entry));
  equal(one.enter('a', 2), entry);
});

test('ConnectionCounts forgets a key that has nothing under way', () => {
  const counts = new ConnectionCounts(newCountMemory(ZONE_BYTES), ZONE_BYTES);
  for (let key = 0; key < 20_000; key += 1) {
    const entry = counts.enter(String(key), 1);
    equal(typeof entry, 'number');
    counts.leave(Number(entry));
  }
});

test('ConnectionCounts says that there is no room, and leaves what is counted alone', () => {
  const counts = new ConnectionCounts(newCountMemory(64), 64);
  for (let key = 0; key < 16; key += 1) {
    equal(typeof counts.enter(String(key), 1), 'number');
  }
  equal(counts.enter('one more', 1), 'full');
  equal(counts.enter('0', 1), 'busy');
  const none = new ConnectionCounts(newCountMemory(64), 64);
  for (let key = 0; key < 99; key += 1) {
    equal(none.enter(String(key), 0), 'busy');
  }
});
