import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryBudget, MemoryShare, newMemoryCounter } from './memory-budget.ts';

test('MemoryBudget counts what all threads hold, and nothing when they hold nothing', () => {
  const counter = newMemoryCounter();
  const [here, there] = [new MemoryBudget(counter, 1000), new MemoryBudget(counter, 1000)];
  const [one, two] = [new MemoryShare(here), new MemoryShare(there)];
  one.set(500);
  equal(here.isFull, false);
  two.set(1);
  two.set(600);
  equal(here.isFull, true);
  equal(one.mayGrow(500, 100), false);
  equal(one.mayGrow(100, 100), true, 'who holds little goes on');
  one.set(0);
  equal(there.isFull, false);
  two.set(0);
  equal(here.usedBytes, 0);
});

test('MemoryBudget without a limit is never full', () => {
  const budget = new MemoryBudget();
  new MemoryShare(budget).set(2 ** 36);
  equal(budget.isFull, false);
});
