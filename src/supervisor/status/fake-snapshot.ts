/** A snapshot for tests: one application with two workers of two threads. */

import type { RunningRequest, UnitCounts, UnitReport } from '../../protocol/control/report.ts';
import { addCounts, newUnitCounts } from '../../protocol/control/report.ts';
import type { AppSnapshot, SeatSnapshot, Snapshot, WorkerSnapshot } from './snapshot.ts';

const NO_MEMORY = { rssBytes: 0, vszBytes: 0 };

export function fakeCounts(requests: number): UnitCounts {
  return { requests, exceptions: 0, bytes: 10 * requests, busyUs: 100 * requests, meanUs: 100 };
}

export function fakeRunning(more: Partial<RunningRequest> = {}): RunningRequest {
  return {
    ...{ requestId: 'r1', method: 'GET', target: '/slow%20one?a=1', host: 'example.org', protocol: 'HTTP/1.1' },
    ...{ client: '192.0.2.1', scheme: 'https', stage: 'running', ms: 2500 },
    ...more,
  };
}

export function fakeUnit(unit: number, requests: number, running: readonly RunningRequest[] = []): UnitReport {
  return { unit, ...fakeCounts(requests), isStuck: false, runningCount: running.length, running };
}

export function fakeWorker(seat: number, more: Partial<WorkerSnapshot> = {}): WorkerSnapshot {
  const { units = [] } = more;
  const counts = newUnitCounts();
  for (const unit of units) {
    addCounts(counts, unit);
  }
  return {
    ...{ id: seat + 1, name: `w${seat + 1}`, pid: 100 + seat, seat, generation: 1, state: 'ready', inStateMs: 1000 },
    ...{ spawnedAtMs: 1_700_000_000_000, why: '', memory: NO_MEMORY, counts, units },
    runningCount: units.reduce((sum, unit) => sum + unit.runningCount, 0),
    ...more,
  };
}

export function fakeSeat(seat: number, more: Partial<SeatSnapshot> = {}): SeatSnapshot {
  return {
    seat,
    spawnCount: 1,
    lastSpawnAtMs: 1_700_000_000_500,
    stuckCount: 0,
    ended: [],
    lastEnd: undefined,
    ...more,
  };
}

export function fakeApp(more: Partial<AppSnapshot> = {}): AppSnapshot {
  return {
    ...{ id: 'site', target: 'site.wsgi', interface: 'wsgi', membership: 'serving', isFailed: false, isOld: false },
    ...{ chdir: '/srv/site', python: '3.11.2', workersWanted: 2, threads: 2, waiting: 0, oldestWaitMs: 0 },
    ...{ staticRequests: 0, seats: [fakeSeat(0), fakeSeat(1)], workers: [fakeWorker(0), fakeWorker(1)] },
    ...more,
  };
}

export function fakeSnapshot(more: Partial<Snapshot> = {}): Snapshot {
  const edge = {
    pid: 11,
    state: 'ready',
    threads: 1,
    answeredThreads: 1,
    traffic: undefined,
    memory: NO_MEMORY,
  } as const;
  return {
    ...{ version: '1.2.3', pid: 10, uid: 1000, gid: 1001, cwd: '/srv', takenAtMs: 1_700_000_010_000 },
    ...{ startedAtMs: 1_700_000_000_000, state: 'ready', reloadCount: 0, edge, listeners: [], apps: [fakeApp()] },
    ...more,
  };
}
