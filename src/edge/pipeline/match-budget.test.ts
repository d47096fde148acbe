import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CostlyMatch } from './costly-match.ts';
import { MatchBudget } from './match-budget.ts';

/** Counts matches of a millisecond each, until they are given up. */
function matchesOf(length: number, most: number, turnOf = most): number {
  let spentMs = 1;
  const budget = new MatchBudget(() => spentMs);
  for (let count = 0; count < most; count += 1) {
    if (count % turnOf === 0) {
      budget.begin();
    }
    try {
      budget.count(length);
    } catch (error) {
      assert.ok(error instanceof CostlyMatch);
      return count;
    }
    spentMs += 1;
  }
  return most;
}

test('rules that compute for longer than a turn are given up', () => {
  assert.equal(matchesOf(2000, 10_000), 101);
  const short = matchesOf(10, 10_000);
  assert.ok(short > 100 && short < 256, `given up at ${short}`);
});

test('what waits in between begins a turn anew', () => {
  assert.equal(matchesOf(2000, 1000, 50), 1000);
});

test('what a busy machine does meanwhile counts for nothing', () => {
  const budget = new MatchBudget();
  for (let count = 0; count < 4; count += 1) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60);
    budget.count(2000);
  }
});
