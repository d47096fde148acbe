import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer } from '../harness/paced-clients.ts';
import { describeReload } from './reload.ts';

const SPAN = { beganMs: 0, reloadedMs: 1000, endMs: 2000 };

function answer(atMs: number, changes: Partial<Answer> = {}): Answer {
  return { path: '/', tookMs: 1, atMs, status: 200, repeats: 0, ...changes };
}

/** One answer every `everyMs`. */
function answers(fromMs: number, toMs: number, everyMs: number): Answer[] {
  return Array.from({ length: (toMs - fromMs) / everyMs }, (_, index) => answer(fromMs + index * everyMs));
}

test('describeReload() finds nothing in a steady stream', () => {
  assert.deepEqual(describeReload(answers(0, 2000, 10), SPAN), {
    perSecond: 100,
    failed: 0,
    repeated: 0,
    dip: 1,
    silenceMs: 10,
  });
});

test('describeReload() finds how long nothing came', () => {
  const { dip, silenceMs } = describeReload([...answers(0, 1200, 10), ...answers(1600, 2000, 10)], SPAN);
  assert.deepEqual([dip, silenceMs], [0, 410]);
});

test('describeReload() counts what failed and what was repeated', () => {
  const stream = [...answers(0, 2000, 10), answer(1100, { status: 502 }), answer(1101, { status: 0, repeats: 2 })];
  const { failed, repeated } = describeReload(stream, SPAN);
  assert.deepEqual([failed, repeated], [2, 2]);
});
