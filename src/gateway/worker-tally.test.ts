import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { REPORT_LIMITS } from '../protocol/control/report.ts';
import { FRAME, renderFrame } from '../protocol/lanes/frames.ts';
import { ConcurrentStory } from './concurrent/concurrent-story.ts';
import { Story } from './serial/serial-story.ts';
import { WorkerTally } from './worker-tally.ts';

const IDLE = { isStuck: false, runningCount: 0, running: [] };
const counts = (requests: number) => ({ requests, exceptions: 0, bytes: requests, busyUs: 0, meanUs: 0 });

test('WorkerTally keeps the sums of closed lanes until their worker is gone', () => {
  const tally = new WorkerTally();
  const lane = { identity: { worker: 1, unit: 0 }, counts: counts(2) };
  tally.onClosed(lane);
  tally.onClosed({ identity: { worker: 1, unit: 1 }, counts: counts(1) });
  const again = { identity: { worker: 1, unit: 0 }, counts: counts(5) };
  deepEqual(tally.report([{ lane: again, ...IDLE }]), [
    {
      worker: 1,
      units: [
        { unit: 0, ...counts(7), ...IDLE },
        { unit: 1, ...counts(1), ...IDLE },
      ],
    },
  ]);
  equal(again.counts.requests, 5);
  tally.onClosed(again);
  deepEqual(tally.take(1), [
    { unit: 0, ...counts(7) },
    { unit: 1, ...counts(1) },
  ]);
  deepEqual(tally.take(1), []);
  deepEqual(tally.report([]), []);
});

test('a serial lane counts answers, errors, bytes and time, and tells which request runs', (t) => {
  const story = new Story(t);
  const unit = story.connect(1);
  story.askAll('a', 'b');
  story.begin(unit, 'a');
  story.pass(30);
  const room = { left: 10 };
  const [before] = story.gateway.report(room);
  equal(room.left, 9);
  equal(before?.runningCount, 1);
  const [running] = before?.running ?? [];
  equal(running?.target, '/a');
  equal(running?.stage, 'running');
  equal(running?.ms, 30);
  deepEqual(story.gateway.queue, { waiting: 1, oldestWaitMs: 30 });
  unit.answer();
  story.begin(unit, 'b');
  unit.send(renderFrame(FRAME.failed, unit.streamOf('b'), Buffer.from('Traceback')));
  const [after] = story.gateway.report(room);
  equal(after?.runningCount, 0);
  const { requests, exceptions, bytes, busyUs } = after?.lane.counts ?? counts(0);
  // "a", its head and the head's size; and the traceback.
  deepEqual({ requests, exceptions, bytes, busyUs }, { requests: 2, exceptions: 1, bytes: 20, busyUs: 30_000 });
});

test('a concurrent lane tells of the requests that run longest, bounded', (t) => {
  const story = new ConcurrentStory(t);
  const worker = story.connect(1);
  const names = Array.from({ length: REPORT_LIMITS.runningOfUnitMax + 5 }, (_, index) => `r${index}`);
  for (const name of names) story.ask(name);
  story.arrivals(worker);
  story.pass(100);
  const [lane] = story.gateway.report({ left: 1000 });
  equal(lane?.runningCount, names.length);
  equal(lane?.running.length, REPORT_LIMITS.runningOfUnitMax);
  equal(lane?.running[0]?.target, '/r0');
  equal(lane?.running[0]?.ms, 100);
  worker.answer('r0', 'x');
  const { requests, busyUs, meanUs } = story.gateway.report({ left: 0 })[0]?.lane.counts ?? counts(0);
  deepEqual({ requests, busyUs, meanUs }, { requests: 1, busyUs: 100_000, meanUs: 100_000 });
});
