import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addTallies, NOTHING, renderClosingLine } from './tally.ts';

test('addTallies() sums the counts and keeps the notes in order', () => {
  const sum = addTallies([
    { passed: 3, failed: 1, skipped: 0, notes: ['FAILED a'] },
    NOTHING,
    { passed: 2, failed: 0, skipped: 4, notes: ['NOT RUN b'] },
  ]);
  assert.deepEqual(sum, { passed: 5, failed: 1, skipped: 4, notes: ['FAILED a', 'NOT RUN b'] });
});

test('renderClosingLine() names failures first, and only what there was', () => {
  const whole = { passed: 12, failed: 0, skipped: 0, notes: [] };
  assert.match(renderClosingLine(whole, 1.234), /^=+ 12 passed in 1\.23s =+$/);
  assert.match(
    renderClosingLine({ ...whole, failed: 2, skipped: 1 }, 90),
    /^=+ 2 failed, 12 passed, 1 skipped in 90\.00s =+$/,
  );
});
