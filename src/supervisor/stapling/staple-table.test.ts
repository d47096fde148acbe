import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { StapleOrder } from './staple-order.ts';
import { StapleTable } from './staple-table.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

// No table looks into what is ordered.
const order = (key: string): StapleOrder => ({ key }) as StapleOrder;
const keys = (orders: readonly StapleOrder[]): string[] => orders.map(({ key }) => key);
const staple = (key: string, untilMs: number | null) => ({ key, response: '', untilMs });

test('StapleTable has each asked once, and a few at a time', () => {
  const table = new StapleTable();
  const orders = Array.from({ length: 10 }, (_, index) => order(String(index)));
  deepEqual(keys(table.takeDue(orders, 0)).length, 8);
  deepEqual(table.takeDue(orders, 0), []);
  table.put('0', staple('0', null), 0);
  deepEqual(keys(table.takeDue(orders, 0)), ['8']);
});

test('StapleTable has an answer renewed before it ends, within the hour, and not all the time', () => {
  for (const [untilMs, dueMs] of [
    [null, HOUR_MS],
    [10 * HOUR_MS, HOUR_MS],
    [30 * MINUTE_MS, 25 * MINUTE_MS],
    [MINUTE_MS, 5 * MINUTE_MS],
  ] as const) {
    const table = new StapleTable();
    table.takeDue([order('a')], 0);
    table.put('a', staple('a', untilMs), 0);
    deepEqual(table.takeDue([order('a')], dueMs - 1), []);
    deepEqual(keys(table.takeDue([order('a')], dueMs)), ['a']);
  }
});

test('StapleTable goes on with what it has after a failure, and asks sooner where it has nothing', () => {
  const table = new StapleTable();
  table.takeDue([order('a'), order('b')], 0);
  table.put('a', staple('a', null), 0);
  table.fail('b', 0);
  deepEqual(keys(table.takeDue([order('a'), order('b')], MINUTE_MS)), ['b']);
  table.takeDue([order('a')], HOUR_MS);
  table.fail('a', HOUR_MS);
  deepEqual(table.find([order('a')]), [staple('a', null)]);
  deepEqual(table.takeDue([order('a')], HOUR_MS + MINUTE_MS), []);
});

test('StapleTable forgets what nobody orders any more', () => {
  const table = new StapleTable();
  table.takeDue([order('a')], 0);
  table.put('a', staple('a', null), 0);
  table.takeDue([order('b')], 1);
  deepEqual(table.find([order('a')]), []);
});
