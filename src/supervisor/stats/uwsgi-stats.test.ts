import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import {
  fakeApp,
  fakeCounts,
  fakeRunning,
  fakeSeat,
  fakeSnapshot,
  fakeUnit,
  fakeWorker,
} from '../status/fake-snapshot.ts';
import type { Snapshot } from '../status/snapshot.ts';
import { uwsgiStats } from './uwsgi-stats.ts';

interface Core {
  readonly requests: number;
  readonly static_requests: number;
  readonly in_request: number;
  readonly vars: readonly string[];
  readonly req_info: { readonly request_start?: number };
}

interface Worker extends Readonly<Record<string, unknown>> {
  readonly status: string;
  readonly cores?: readonly Core[];
}

function workersOf(snapshot: Snapshot, hasCores = true): readonly Worker[] {
  // As its reader sees it.
  return (JSON.parse(JSON.stringify(uwsgiStats(snapshot, hasCores))) as { workers: Worker[] }).workers;
}

test('uwsgiStats() tells a server in the keys of uWSGI 2.0.21, in their order', () => {
  const listeners = [
    { address: '127.0.0.1:8000', speaks: 'http', queue: 3, queueMax: 2048 },
    { address: '/run/site.sock', speaks: 'uwsgi', queue: undefined, queueMax: 2048 },
    { address: '127.0.0.1:5432', speaks: 'stream', queue: 9, queueMax: 2048 },
  ] as const;
  const apps = [fakeApp({ waiting: 4, workers: [fakeWorker(0, { units: [fakeUnit(0, 1)] })], seats: [fakeSeat(0)] })];
  const stats = uwsgiStats(fakeSnapshot({ listeners: listeners.slice(0, 2), apps }), true);
  deepEqual(Object.entries(stats).slice(0, 10), [
    ['version', '1.2.3-portico'],
    ['listen_queue', 7],
    ['listen_queue_errors', 0],
    ['signal_queue', 0],
    ['load', 7],
    ['pid', 10],
    ['uid', 1000],
    ['gid', 1001],
    ['cwd', '/srv'],
    ['locks', []],
  ]);
  deepEqual(stats['sockets'], [
    { name: '127.0.0.1:8000', proto: 'http', queue: 3, max_queue: 2048, shared: 0, can_offload: 0 },
    { name: '/run/site.sock', proto: 'uwsgi', queue: 0, max_queue: 2048, shared: 0, can_offload: 0 },
  ]);
  deepEqual(Object.keys(stats).slice(10), ['sockets', 'workers']);
  const all = uwsgiStats(fakeSnapshot({ listeners }), true);
  equal((all['sockets'] as unknown[]).length, 2);
});

test('uwsgiStats() tells the numbers of a seat over all the workers that were in it', () => {
  const ended = [{ unit: 0, ...fakeCounts(5), exceptions: 2 }];
  const old = fakeWorker(0, { id: 1, state: 'draining', units: [fakeUnit(0, 7)] });
  const memory = { rssBytes: 1000, vszBytes: 2000 };
  const now = fakeWorker(0, { id: 3, pid: 300, memory, units: [fakeUnit(0, 2), fakeUnit(1, 1)] });
  const seats = [fakeSeat(0, { spawnCount: 3, stuckCount: 1, ended })];
  const [worker] = workersOf(fakeSnapshot({ apps: [fakeApp({ seats, workers: [old, now] })] }), false);
  deepEqual(Object.entries(worker ?? {}), [
    ['id', 1],
    ['pid', 300],
    ['accepting', 1],
    ['requests', 15],
    ['delta_requests', 3],
    ['exceptions', 2],
    ['harakiri_count', 1],
    ['signals', 0],
    ['signal_queue', 0],
    ['status', 'idle'],
    ['rss', 1000],
    ['vsz', 2000],
    ['running_time', 1500],
    ['last_spawn', 1_700_000_000],
    ['respawn_count', 3],
    ['tx', 150],
    ['avg_rt', 100],
    [
      'apps',
      [{ id: 0, modifier1: 0, mountpoint: '', startup_time: 0, requests: 15, exceptions: 2, chdir: '/srv/site' }],
    ],
  ]);
});

test('uwsgiStats() shows the request that a thread runs, in the words of CGI', () => {
  const busy = fakeWorker(0, { units: [fakeUnit(0, 1), fakeUnit(1, 4, [fakeRunning()])] });
  const apps = [fakeApp({ staticRequests: 6, workers: [busy, fakeWorker(1)] })];
  const [first, second] = workersOf(fakeSnapshot({ apps }));
  equal(first?.status, 'busy');
  equal(second?.status, 'idle');
  deepEqual(
    first?.cores?.map((core) => [core.requests, core.static_requests, core.in_request]),
    [
      [1, 6, 0],
      [4, 0, 1],
    ],
  );
  deepEqual(first?.cores?.[0]?.vars, []);
  deepEqual(first?.cores?.[0]?.req_info, {});
  deepEqual(first?.cores?.[1]?.vars, [
    'REQUEST_METHOD=GET',
    'REQUEST_URI=/slow%20one?a=1',
    'PATH_INFO=/slow one',
    'QUERY_STRING=a=1',
    'SERVER_PROTOCOL=HTTP/1.1',
    'REQUEST_SCHEME=https',
    'REMOTE_ADDR=192.0.2.1',
    'HTTP_HOST=example.org',
    'HTTP_X_REQUEST_ID=r1',
    '',
  ]);
  deepEqual(first?.cores?.[1]?.req_info, { request_start: 1_700_000_007 });
  const [decoded] = workersOf(
    fakeSnapshot({
      apps: [fakeApp({ workers: [fakeWorker(0, { units: [fakeUnit(0, 0, [fakeRunning({ target: '/%1b' })])] })] })],
    }),
  );
  equal(decoded?.cores?.[0]?.vars[2], 'PATH_INFO=/\\x1b');
});

test('uwsgiStats() gives each request of an event loop a core of its own', () => {
  const running = [fakeRunning(), fakeRunning({ target: '/other' })];
  const worker = fakeWorker(0, { units: [fakeUnit(0, 9, running)] });
  const app = fakeApp({ interface: 'asgi', threads: 1, seats: [fakeSeat(0)], workers: [worker] });
  const [told] = workersOf(fakeSnapshot({ apps: [app] }));
  deepEqual(
    told?.cores?.map((core) => [core.requests, core.in_request, core.vars[1]]),
    [
      [9, 1, 'REQUEST_URI=/slow%20one?a=1'],
      [0, 1, 'REQUEST_URI=/other'],
    ],
  );
});

test('uwsgiStats() numbers the workers of all applications, and calls a seat without a worker cheap', () => {
  const other = fakeApp({ id: 'other', seats: [fakeSeat(0)], workers: [fakeWorker(0, { state: 'starting', pid: 0 })] });
  const workers = workersOf(fakeSnapshot({ apps: [fakeApp({ workers: [fakeWorker(0)] }), other] }));
  deepEqual(
    workers.map(({ id, status, accepting, pid, apps }) => [id, status, accepting, pid, (apps as unknown[]).length]),
    [
      [1, 'idle', 1, 100, 1],
      [2, 'cheap', 0, 0, 0],
      [3, 'idle', 0, 0, 0],
    ],
  );
});

test('uwsgiStats() has the processes beside the workers where uWSGI has them', () => {
  const cron = { minute: -1, hour: 4, day: -1, month: -1, week: -1, command: 'tidy', unique: 0, pid: 0, startedAt: 0 };
  const cache = { name: 'c', hash: 'djb33x', hashsize: 1, keysize: 2, maxItems: 3, blocks: 4, blocksize: 5, items: 6 };
  const beside = {
    mules: [],
    spoolers: [{ dir: '/srv/spool', pid: 7, respawns: 1 }],
    daemons: [{ cmd: 'redis', pid: 8, respawns: 2 }],
    crons: [cron],
    caches: [{ ...cache, hits: 7, misses: 8, full: 9, modifiedAt: 10 }],
  };
  const stats = uwsgiStats(fakeSnapshot({ apps: [fakeApp({ beside })] }), true);
  deepEqual(Object.keys(stats).slice(8), [
    'cwd',
    'daemons',
    'locks',
    'caches',
    'sockets',
    'workers',
    'spoolers',
    'crons',
  ]);
  deepEqual(stats['daemons'], [{ cmd: 'redis', pid: 8, respawns: 2 }]);
  deepEqual(Object.keys((stats['caches'] as object[])[0] ?? {}).slice(-4), [
    'hits',
    'miss',
    'full',
    'last_modified_at',
  ]);
  deepEqual(stats['spoolers'], [{ dir: '/srv/spool', pid: 7, tasks: 0, respawns: 1, running: 0 }]);
  deepEqual(Object.keys((stats['crons'] as object[])[0] ?? {}).slice(-4), ['unique', 'legion', 'pid', 'started_at']);
});
