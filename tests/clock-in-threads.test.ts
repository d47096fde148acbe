import { ok } from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { systemClock } from '../src/kernel/clock.ts';

test('systemClock tells the same monotonic time in all threads', async () => {
  const before = systemClock.monotonicMs();
  const worker = new Worker(new URL('./clock-thread.ts', import.meta.url));
  const [told] = (await once(worker, 'message')) as [number];
  ok(told >= before && told <= systemClock.monotonicMs(), `${told}, not after ${before}`);
});
