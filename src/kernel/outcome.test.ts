import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome } from './outcome.ts';
import { failure, success } from './outcome.ts';

test('success() and failure() are told apart by ok', () => {
  const outcomes: Outcome<number>[] = [success(1), failure('no')];
  assert.deepEqual(
    outcomes.map((outcome) => (outcome.ok ? outcome.value : outcome.fault)),
    [1, 'no'],
  );
});
