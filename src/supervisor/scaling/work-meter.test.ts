import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { UnitReport } from '../../protocol/control/report.ts';
import type { Looked } from './work-meter.ts';
import { newMeter, readWork } from './work-meter.ts';

interface Unit {
  readonly worker: number;
  readonly busyUs: number;
  readonly running?: number;
}

function looked(nowMs: number, units: readonly Unit[], more: Partial<Looked> = {}): Looked {
  const counts = { requests: 10, exceptions: 0, bytes: 0, meanUs: 0, isStuck: false, running: [] };
  const workers = units.map(({ worker, busyUs, running = 0 }) => ({
    worker,
    units: [{ unit: 0, ...counts, busyUs, runningCount: running } satisfies UnitReport],
  }));
  const app = { app: 'site', waiting: 0, oldestWaitMs: 0, staticRequests: 0, workers };
  const traffic = { active: 0, accepted: 0, handled: 0, requests: 0, reading: 0, writing: 0, waiting: 0 };
  return {
    answer: { answered: 1, reports: [{ kind: 'report', number: 1, thread: 0, traffic, apps: [app] }] },
    app: { id: 'site', threads: 1, workerClass: 'sync' },
    workers: units.map(({ worker }) => ({ id: worker, pid: 100 + worker })),
    nowMs,
    ...more,
  };
}

test('readWork() tells of the time since the last look in which requests ran', () => {
  const [meter, first] = readWork(newMeter(), looked(0, [{ worker: 1, busyUs: 900_000 }]));
  assert.deepEqual([first.busyUnits, first.isActive], [0, true]);
  const later = looked(1000, [
    { worker: 1, busyUs: 1_400_000 },
    { worker: 2, busyUs: 200_000 },
  ]);
  const [, second] = readWork(meter, later);
  assert.equal(second.busyUnits, 0.5, 'the second worker was not seen before');
});

test('readWork() sees requests that run for longer than a look, and no more work than there are units', () => {
  const runs = [{ worker: 1, busyUs: 0, running: 1 }];
  const [meter, first] = readWork(newMeter(), looked(0, runs));
  assert.equal(first.busyUnits, 0);
  assert.deepEqual(readWork(meter, looked(500, runs))[1], { busyUnits: 1, oldestWaitMs: 0, isActive: true });
  assert.equal(readWork(meter, looked(500, [{ worker: 1, busyUs: 9e9 }]))[1].busyUnits, 1);
});

test('readWork() asks the processor where a worker runs many requests at a time', () => {
  const units = [{ worker: 1, busyUs: 0, running: 50 }];
  let us = 0;
  const more = { processorUs: () => us };
  const [meter] = readWork(newMeter(), looked(0, units, more));
  us = 300_000;
  assert.equal(readWork(meter, looked(1000, units, more))[1].busyUnits, 0.3);
});

test('readWork() is told of nothing where nothing was asked', () => {
  const [meter] = readWork(newMeter(), looked(0, [{ worker: 1, busyUs: 5 }]));
  assert.deepEqual(readWork(meter, looked(500, [{ worker: 1, busyUs: 5 }]))[1], {
    busyUnits: 0,
    oldestWaitMs: 0,
    isActive: false,
  });
});
