import { deepEqual, equal, notEqual } from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { TableShape } from './bucket-table.ts';
import { BucketTable, newTableMemory } from './bucket-table.ts';

const SHAPE: TableShape = { keys: 8, fields: 2 };

test('BucketTable has an entry for a key in every thread that opens it', () => {
  const memory = newTableMemory(SHAPE);
  const one = new BucketTable(memory, SHAPE);
  const other = new BucketTable(memory, SHAPE);
  one.lock('a');
  equal(one.find(), -1);
  const index = one.add();
  one.numbers[index + 1] = 7;
  one.unlock();
  other.lock('a');
  equal(other.find(), index);
  equal(other.numbers[index + 1], 7);
  other.remove(index);
  equal(other.find(), -1);
  other.unlock();
});

test('BucketTable tells keys of any bytes apart', () => {
  const table = new BucketTable(newTableMemory(SHAPE), SHAPE);
  const found = ['a', 'b', 'a\0', '\0a', '\xff\xfe', 'a'.repeat(70_000)].map((key) => {
    table.lock(key);
    const index = table.add();
    table.unlock();
    return index;
  });
  equal(new Set(found).size, found.length);
});

test('a full bucket gives the place of its least entry away', () => {
  const table = new BucketTable(newTableMemory(SHAPE), SHAPE);
  for (let key = 0; key < 16; key += 1) {
    table.lock(String(key));
    const index = table.add();
    table.numbers.set([100 - key, key === 15 ? 1 : 0], index);
    table.unlock();
  }
  table.lock('new');
  equal(table.add(), -1);
  const least = table.leastBy(0, 1);
  equal(table.numbers[least], 86, 'the one that must stay has less');
  equal(table.replace(least), least);
  equal(table.find(), least);
  equal(table.numbers[least], 0);
  table.unlock();
  table.lock('14');
  equal(table.find(), -1);
  table.unlock();
});

test('lockEntry() locks the bucket that the entry is in', () => {
  const shape: TableShape = { keys: 800, fields: 1 };
  const memory = newTableMemory(shape);
  const table = new BucketTable(memory, shape);
  for (let key = 0; key < 100; key += 1) {
    table.lock(String(key));
    const index = table.add();
    const locked = [...new Int32Array(memory)];
    table.unlock();
    table.lockEntry(index);
    deepEqual([...new Int32Array(memory)], locked);
    table.unlock();
  }
});

test('a lock whose thread is gone is taken over, and not given back by who comes back', () => {
  const memory = newTableMemory(SHAPE);
  const gone = new BucketTable(memory, SHAPE);
  const other = new BucketTable(memory, SHAPE);
  gone.lock('a');
  other.lock('a');
  const locked = [...new Int32Array(memory)];
  gone.unlock();
  deepEqual([...new Int32Array(memory)], locked);
  other.unlock();
  notEqual(locked.join(), [...new Int32Array(memory)].join());
});

/** What each of several threads runs. */
const PROGRAM = `
  const { workerData: { module, memory, shape, rounds } } = require('node:worker_threads');
  const load = require;
  const { BucketTable } = load(module);
  const table = new BucketTable(memory, shape);
  for (let round = 0; round < rounds; round += 1) {
    table.lock('key ' + (round % 3));
    const found = table.find();
    table.numbers[found < 0 ? table.add() : found] += 1;
    table.unlock();
  }`;
const THREADS = 4;
const ROUNDS = 20_000;

test('four threads lose no count, and make one entry for one key', async () => {
  const memory = newTableMemory(SHAPE);
  const module = fileURLToPath(new URL('./bucket-table.ts', import.meta.url));
  const workers = Array.from(
    { length: THREADS },
    () => new Worker(PROGRAM, { eval: true, workerData: { module, memory, shape: SHAPE, rounds: ROUNDS } }),
  );
  await Promise.all(workers.map((worker) => once(worker, 'exit')));
  const table = new BucketTable(memory, SHAPE);
  let sum = 0;
  for (const key of ['key 0', 'key 1', 'key 2']) {
    table.lock(key);
    sum += table.numbers[table.find()] ?? 0;
    table.unlock();
  }
  equal(sum, THREADS * ROUNDS);
});
