/**
 * A snapshot in the words of uWSGI's stats server: its keys in its order, so that uwsgitop and what else reads them need not know whose they are. Where uWSGI speaks
 * of a worker, it means the place of one, whose numbers outlive the process in it: that is a seat here.
 */

import type { CacheStatus, CronStatus, SpoolerStatus } from '../../protocol/control/beside-status.ts';
import type { RunningRequest, UnitCounts } from '../../protocol/control/report.ts';
import { addCounts, newUnitCounts, toldText } from '../../protocol/control/report.ts';
import type { AppSnapshot, SeatSnapshot, Snapshot, WorkerSnapshot } from '../status/snapshot.ts';

export type StatsValue = string | number | readonly StatsValue[] | { readonly [key: string]: StatsValue };
export type StatsObject = { readonly [key: string]: StatsValue };

const SECOND_MS = 1000;
/** Of numbers that uWSGI counts and there is nothing of here: offloading and routing are the edge's, signals are told where there are some. */
const NONE = 0;

export function uwsgiStats(snapshot: Snapshot, hasCores: boolean): StatsObject {
  const { version, pid, uid, gid, cwd, listeners, apps } = snapshot;
  // uWSGI's clients wait in the kernel until a worker takes them; here the edge takes them at once, and they wait for a worker there.
  const waiting = sumOf(apps, (app) => app.waiting);
  const queue = Math.max(0, ...listeners.map((listener) => listener.queue ?? 0)) + waiting;
  const beside = apps.flatMap((app) => app.beside ?? []);
  return {
    version: `${version}-portico`,
    listen_queue: queue,
    listen_queue_errors: NONE,
    signal_queue: NONE,
    load: queue,
    pid,
    uid,
    gid,
    cwd,
    ...listed(
      'daemons',
      beside.flatMap(({ daemons }) => daemons.map(({ cmd, pid: its, respawns }) => ({ cmd, pid: its, respawns }))),
    ),
    locks: [],
    ...listed(
      'caches',
      beside.flatMap(({ caches }) => caches.map(tellCache)),
    ),
    sockets: listeners
      .filter(({ speaks }) => speaks !== 'stream')
      .map(({ address, speaks, queue: waits, queueMax }) => ({
        name: address,
        proto: speaks,
        queue: waits ?? 0,
        max_queue: queueMax,
        shared: NONE,
        can_offload: NONE,
      })),
    workers: apps
      .flatMap((app) => seatsOf(app))
      .map((place, index) => tellWorker(place, index + 1, snapshot, hasCores)),
    ...listed(
      'spoolers',
      beside.flatMap(({ spoolers }) => spoolers.map(tellSpooler)),
    ),
    ...listed(
      'crons',
      beside.flatMap(({ crons }) => crons.map(tellCron)),
    ),
  };
}

/** uWSGI leaves out what it has nothing of. */
function listed(key: string, rows: readonly StatsObject[]): StatsObject {
  return rows.length === 0 ? {} : { [key]: rows };
}

function tellCache(cache: CacheStatus): StatsObject {
  const { name, hash, hashsize, keysize, maxItems, blocks, blocksize, items, hits, misses, full, modifiedAt } = cache;
  return {
    ...{ name, hash, hashsize, keysize, max_items: maxItems, blocks, blocksize, items, hits, miss: misses, full },
    last_modified_at: modifiedAt,
  };
}

/** A spooler runs one task at a time, or waits; how many wait is not told. */
function tellSpooler({ dir, pid, respawns }: SpoolerStatus): StatsObject {
  return { dir, pid, tasks: NONE, respawns, running: NONE };
}

function tellCron({ minute, hour, day, month, week, command, unique, pid, startedAt }: CronStatus): StatsObject {
  return { minute, hour, day, month, week, command, unique, legion: '', pid, started_at: startedAt };
}

/** A seat of an application, with the worker that serves in it and those that finish what they have. */
interface Place {
  readonly app: AppSnapshot;
  readonly seat: SeatSnapshot;
  readonly worker: WorkerSnapshot | undefined;
  readonly all: readonly WorkerSnapshot[];
}

const ORDER: readonly WorkerSnapshot['state'][] = ['ready', 'retiring', 'starting', 'draining', 'stopping'];

function seatsOf(app: AppSnapshot): Place[] {
  return app.seats.map((seat) => {
    const all = app.workers.filter((worker) => worker.seat === seat.seat);
    const [worker] = all.toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || b.id - a.id);
    return { app, seat, worker, all };
  });
}

function tellWorker(place: Place, id: number, snapshot: Snapshot, hasCores: boolean): StatsObject {
  const { app, seat, worker, all } = place;
  const sums = newUnitCounts();
  for (const counts of [...seat.ended, ...all.map((each) => each.counts)]) {
    addCounts(sums, counts);
  }
  const isServing = worker?.state === 'ready' || worker?.state === 'retiring';
  return {
    id,
    pid: worker?.pid ?? 0,
    accepting: isServing ? 1 : 0,
    requests: sums.requests,
    delta_requests: worker?.counts.requests ?? 0,
    exceptions: sums.exceptions,
    harakiri_count: seat.stuckCount,
    signals: NONE,
    signal_queue: NONE,
    status: statusOf(place),
    rss: worker?.memory.rssBytes ?? 0,
    vsz: worker?.memory.vszBytes ?? 0,
    running_time: Math.round(sums.busyUs),
    last_spawn: Math.floor(seat.lastSpawnAtMs / SECOND_MS),
    respawn_count: seat.spawnCount,
    tx: sums.bytes,
    avg_rt: Math.round(worker?.counts.meanUs ?? 0),
    apps: isServing
      ? [
          {
            id: 0,
            modifier1: NONE,
            mountpoint: '',
            startup_time: NONE,
            requests: sums.requests,
            exceptions: sums.exceptions,
            chdir: app.chdir,
          },
        ]
      : [],
    ...(hasCores ? { cores: coresOf(place, snapshot) } : {}),
  };
}

function statusOf({ worker, all }: Place): string {
  if (worker === undefined) {
    return 'cheap';
  }
  return all.some(({ runningCount }) => runningCount > 0) ? 'busy' : 'idle';
}

/** Every thread of the worker; of one with an event loop the requests that run, each in a core of its own. */
function coresOf({ app, seat, worker, all }: Place, { takenAtMs }: Snapshot): StatsObject[] {
  const units = all.flatMap((each) => each.units);
  const isLoop = worker !== undefined && app.interface !== undefined && app.threads === 1;
  const running = isLoop ? (worker.units[0]?.running ?? []) : [];
  const count = Math.max(app.threads, running.length);
  return Array.from({ length: count }, (_, core) => {
    const sums = newUnitCounts();
    for (const counts of [...seat.ended, ...units].filter(({ unit }) => unit === core)) {
      addCounts(sums, counts);
    }
    const request = isLoop ? running[core] : worker?.units.find(({ unit }) => unit === core)?.running[0];
    return tellCore({
      core,
      sums,
      request,
      statics: seat.seat === 0 && core === 0 ? app.staticRequests : 0,
      takenAtMs,
    });
  });
}

interface Core {
  readonly core: number;
  readonly sums: UnitCounts;
  readonly request: RunningRequest | undefined;
  readonly statics: number;
  readonly takenAtMs: number;
}

function tellCore({ core, sums, request, statics, takenAtMs }: Core): StatsObject {
  return {
    id: core,
    requests: sums.requests,
    static_requests: statics,
    routed_requests: NONE,
    offloaded_requests: NONE,
    write_errors: NONE,
    read_errors: NONE,
    in_request: request === undefined ? 0 : 1,
    vars: request === undefined ? [] : [...varsOf(request), ''],
    req_info: request === undefined ? {} : { request_start: Math.floor((takenAtMs - request.ms) / SECOND_MS) },
  };
}

/** What CGI calls it. Nothing secret is among it: no cookie, no password. */
function varsOf({ method, target, host, protocol, client, scheme, requestId }: RunningRequest): string[] {
  const [path = '', ...query] = target.split('?');
  return Object.entries({
    REQUEST_METHOD: method,
    REQUEST_URI: target,
    PATH_INFO: decodePath(path),
    QUERY_STRING: query.join('?'),
    SERVER_PROTOCOL: protocol,
    REQUEST_SCHEME: scheme,
    REMOTE_ADDR: client,
    HTTP_HOST: host,
    HTTP_X_REQUEST_ID: requestId,
  }).map(([name, value]) => `${name}=${value}`);
}

function decodePath(path: string): string {
  return toldText(
    path.replaceAll(/%([0-9a-fA-F]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16))),
  );
}

function sumOf<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}
