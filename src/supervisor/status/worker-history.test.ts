import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { EdgeReport } from '../../protocol/control/report.ts';
import { Story } from '../fleet/fleet-story.ts';
import type { FleetEvent } from '../fleet/fleet-types.ts';
import { WorkerHistory } from './worker-history.ts';

const EPOCH_MS = 1_700_000_000_000;
const SUMS = { unit: 0, requests: 5, exceptions: 1, bytes: 100, busyUs: 50, meanUs: 10 };

function follow(): { story: Story; history: WorkerHistory } {
  const history = new WorkerHistory();
  const story = new Story();
  story.onStep = (before, event, after) => {
    history.follow({ before, event, after, atMs: EPOCH_MS + story.nowMs });
  };
  story.happen({ kind: 'start' });
  story.happen({ kind: 'edge-ready' });
  story.load(1);
  story.readyAll();
  story.nowMs += 10_000;
  return { story, history };
}

test('WorkerHistory counts how often a seat was filled, and says why the worker before has ended', () => {
  const { story, history } = follow();
  equal(history.spawnedAtMs('site', 1), EPOCH_MS + 1000);
  story.exit(1, null, 'SIGKILL');
  story.ready(3);
  const [first, second] = history.seatsOf('site', 2);
  equal(first?.spawnCount, 2);
  equal(first?.lastSpawnAtMs, EPOCH_MS + 11_000);
  deepEqual(first?.lastEnd, {
    worker: 1,
    name: 'w1',
    pid: 101,
    atMs: EPOCH_MS + 11_000,
    why: 'was killed by SIGKILL (by hand, or by the kernel for want of memory)',
    code: null,
    signal: 'SIGKILL',
  });
  equal(second?.spawnCount, 1);
  equal(second?.lastEnd, undefined);
  equal(history.spawnedAtMs('site', 1), 0);
});

test('WorkerHistory tells why a worker was to end, and counts requests that have run into the timeout', () => {
  const { story, history } = follow();
  story.happen({ kind: 'worker-retiring', worker: 1, reason: 'max-requests' });
  story.ready(3);
  story.exit(1);
  equal(history.seatsOf('site', 2)[0]?.lastEnd?.why, 'max-requests; exited with code 0');
  story.stuck(2);
  story.stuck(2);
  equal(history.seatsOf('site', 2)[1]?.stuckCount, 2);
});

test('WorkerHistory knows of workers that have ended with their zygote', () => {
  const { story, history } = follow();
  story.happen({ kind: 'zygote-exited', generation: 1, cause: { code: 1, signal: null } });
  equal(history.seatsOf('site', 2)[1]?.lastEnd?.why, 'was ended with its zygote');
});

test('WorkerHistory adds the last sums of workers to their seats, from each thread of the edge, and what an edge that has ended had told', () => {
  const { story, history } = follow();
  story.exit(1);
  history.onCounted({ app: 'site', worker: 1, units: [SUMS] });
  history.onCounted({ app: 'site', worker: 1, units: [SUMS, { ...SUMS, unit: 1 }] });
  history.onCounted({ app: 'site', worker: 99, units: [SUMS] });
  history.onCounted({ app: 'other', worker: 1, units: [SUMS] });
  const [first] = history.seatsOf('site', 2);
  deepEqual(
    first?.ended.map(({ unit, requests }) => [unit, requests]),
    [
      [0, 10],
      [1, 5],
    ],
  );
  const running = { isStuck: false, runningCount: 0, running: [] };
  const workers = [{ worker: 2, units: [{ ...SUMS, ...running }] }];
  const app = { app: 'site', waiting: 0, oldestWaitMs: 0, staticRequests: 0, workers };
  history.onEdgeGone([{ apps: [app] } as unknown as EdgeReport]);
  deepEqual(history.seatsOf('site', 2)[1]?.ended, [SUMS]);
});

test('WorkerHistory has a row for each seat that is wanted, and forgets applications that are gone', () => {
  const { story, history } = follow();
  deepEqual(
    history.seatsOf('site', 3).map(({ seat, spawnCount }) => [seat, spawnCount]),
    [
      [0, 1],
      [1, 1],
      [2, 0],
    ],
  );
  const before = story.server;
  const event: FleetEvent = { kind: 'drop-apps', ids: ['site'] };
  history.follow({ before, event, after: { apps: new Map() }, atMs: 0 });
  deepEqual(history.seatsOf('site', 0), []);
});

test('WorkerHistory remembers a bounded number of workers that have ended', () => {
  const { story, history } = follow();
  const worker = [...story.fleet.workers.values()][0];
  const withWorkers = (ids: readonly number[]) => {
    const workers = new Map(ids.map((id) => [id, { ...worker, id, seat: 0 }]));
    return { apps: new Map([['site', { ...story.fleet, workers }]]) } as unknown as typeof story.server;
  };
  for (let id = 1; id <= 1500; id += 1) {
    const event = { kind: 'worker-spawned', app: 'site', worker: id, pid: id } as const;
    history.follow({ before: withWorkers([]), event, after: withWorkers([id]), atMs: 0 });
    history.follow({ before: withWorkers([id]), event: { kind: 'time-passed' }, after: withWorkers([]), atMs: 0 });
  }
  history.onCounted({ app: 'site', worker: 1, units: [SUMS] });
  deepEqual(history.seatsOf('site', 0)[0]?.ended, []);
  history.onCounted({ app: 'site', worker: 1500, units: [SUMS] });
  deepEqual(history.seatsOf('site', 0)[0]?.ended, [SUMS]);
});
