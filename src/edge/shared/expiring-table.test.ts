import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { ExpiringTable, newTableMemory, SESSIONS, STATUSES } from './expiring-table.ts';

const id = (text: string, length = 32): Buffer => Buffer.from(text.padEnd(length, '.'));
const SESSION = Buffer.from('a session');
const NOW_MS = 1_800_000_000_000;

test('ExpiringTable finds in each thread what another has put, until its time is over', () => {
  const memory = newTableMemory(SESSIONS);
  new ExpiringTable(memory, SESSIONS).put(id('one'), SESSION, NOW_MS + 5000);
  const table = new ExpiringTable(memory, SESSIONS);
  deepEqual(table.find(id('one'), NOW_MS), SESSION);
  equal(table.find(id('other'), NOW_MS), undefined);
  equal(table.find(id('one', 16), NOW_MS + 5000), undefined);
});

test('ExpiringTable gives a place to the last who wants it', () => {
  const table = new ExpiringTable(newTableMemory(SESSIONS), SESSIONS);
  table.put(id('same-one'), SESSION, NOW_MS + 5000);
  table.put(id('same-two'), Buffer.from('b'), NOW_MS + 5000);
  equal(table.find(id('same-one'), NOW_MS), undefined);
  deepEqual(table.find(id('same-two'), NOW_MS), Buffer.from('b'));
});

test('ExpiringTable takes no session that does not fit, and no id that a client has shortened', () => {
  const table = new ExpiringTable(newTableMemory(SESSIONS), SESSIONS);
  table.put(id('long'), Buffer.alloc(4096 - 47), NOW_MS + 5000);
  table.put(id('short', 15), SESSION, NOW_MS + 5000);
  table.put(id('wide', 33), SESSION, NOW_MS + 5000);
  for (const key of [id('long'), id('short', 15), id('wide', 33), Buffer.alloc(0)]) {
    equal(table.find(key, NOW_MS), undefined);
  }
});

test('ExpiringTable neither reads nor writes a place that another thread is writing to', () => {
  const memory = newTableMemory(SESSIONS);
  const table = new ExpiringTable(memory, SESSIONS);
  table.put(id('one'), SESSION, NOW_MS + 5000);
  const words = new Int32Array(memory);
  const at = words.findIndex((word) => word !== 0);
  Atomics.add(words, at, 1);
  equal(table.find(id('one'), NOW_MS), undefined);
  table.put(id('one'), Buffer.from('b'), NOW_MS + 5000);
  Atomics.add(words, at, 1);
  deepEqual(table.find(id('one'), NOW_MS), SESSION);
});

test('ExpiringTable has longer places for sessions with certificates', () => {
  const table = new ExpiringTable(newTableMemory(SESSIONS), SESSIONS);
  for (const bytes of [464, 465, 4096 - 48]) {
    table.put(id(`of ${bytes}`), Buffer.alloc(bytes, 'c'), NOW_MS + 5000);
    deepEqual(table.find(id(`of ${bytes}`), NOW_MS), Buffer.alloc(bytes, 'c'));
  }
});

test('ExpiringTable has short places for what authorities say', () => {
  const table = new ExpiringTable(newTableMemory(STATUSES), STATUSES);
  table.put(id('one'), Buffer.from([1]), NOW_MS + 5000);
  table.put(id('long'), Buffer.alloc(17), NOW_MS + 5000);
  deepEqual(table.find(id('one'), NOW_MS), Buffer.from([1]));
  equal(table.find(id('long'), NOW_MS), undefined);
});
