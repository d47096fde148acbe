import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { systemClock } from './clock.ts';
import { FakeClock } from './fake-clock.ts';

test('systemClock tells wall time and a time that does not go back', () => {
  assert.ok(systemClock.nowMs() > Date.UTC(2025, 0, 1));
  const before = systemClock.monotonicMs();
  assert.ok(systemClock.monotonicMs() >= before);
});

test('systemClock tells the same monotonic time in all threads', async () => {
  const { href } = new URL('./clock.ts', import.meta.url);
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads');
     import(${JSON.stringify(href)}).then(({ systemClock }) => parentPort.postMessage(systemClock.monotonicMs()));`,
    { eval: true },
  );
  const before = systemClock.monotonicMs();
  const [told] = (await once(worker, 'message')) as [number];
  assert.ok(told >= before && told <= systemClock.monotonicMs(), `${told}, not after ${before}`);
  await worker.terminate();
});

test('FakeClock moves both times only when told', () => {
  const clock = new FakeClock(1000);
  clock.advance(250);
  assert.deepEqual([clock.nowMs(), clock.monotonicMs()], [1250, 250]);
});
