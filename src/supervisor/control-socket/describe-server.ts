/** What a server and its workers are and do at this moment, for `portico status` and `portico workers`. */

import type { AppStatus, RequestRate, ServerStatus, WorkerStatus } from '../../protocol/control/operator.ts';
import { plainName } from '../app-instances.ts';
import { readMemoryBytes } from '../memory-watch.ts';
import { addressOf } from '../sockets/address-of.ts';
import type { AppSnapshot, SeatSnapshot, Snapshot, WorkerSnapshot } from '../status/snapshot.ts';
import type { OperationsParts } from './operated.ts';

/** For each process the kernel has to add up its pages, which takes a millisecond or so. */
const WEIGHED_MAX = 256;
const MICROSECONDS = 1000;

export function describeServer(
  snapshot: Snapshot,
  { server, supervisor, ring }: OperationsParts,
  rate: RequestRate | undefined,
): ServerStatus {
  const { version, pid, state, startedAtMs, takenAtMs, edge, listeners } = snapshot;
  const { fleet, reloads, hostOf } = supervisor;
  return {
    ...{ version, pid },
    title: server.model.process.title,
    state: fleet.stop === undefined ? state : 'stopping',
    startedAtMs: Math.round(startedAtMs),
    nowMs: takenAtMs,
    addresses: server.listeners.map(addressOf),
    apps: snapshot.apps
      .filter(({ membership }) => membership !== 'leaving')
      .map((app) => ({
        ...describeApp(app),
        ...factsOf(app, fleet),
        pythonPath: hostOf(app.id)?.zygotes.pythonPath ?? '',
      })),
    connections: edge.traffic?.active ?? 0,
    rate: rate ?? null,
    backlog: listeners.reduce((sum, { queue = 0 }) => sum + queue, 0),
    isEdgeAnswering: edge.answeredThreads === edge.threads,
    memoryBytes: weighAll(snapshot, hostOf),
    reload: reloads.last ?? null,
    failures: ring.failures,
  };
}

type Operated = OperationsParts['supervisor'];

function factsOf({ id }: AppSnapshot, { apps }: Operated['fleet']): Pick<AppStatus, 'framework'> {
  const fleet = apps.get(id);
  const { framework = null, frameworkVersion = null } = fleet?.generations.get(fleet.current ?? 0)?.facts ?? {};
  return { framework: [framework, frameworkVersion].filter((word) => word !== null).join(' ') };
}

function describeApp(app: AppSnapshot): Omit<AppStatus, 'framework' | 'pythonPath'> {
  const { id, interface: kind = '', python, threads, workersWanted, waiting, oldestWaitMs, seats, workers } = app;
  const ready = workers.filter(({ state }) => state === 'ready' || state === 'retiring');
  const ended = seats.flatMap((seat) => seat.ended);
  return {
    app: plainName(id),
    interface: kind,
    ...{ python, threads, workersWanted, waiting, oldestWaitMs },
    workersReady: ready.length,
    workersBusy: ready.filter(({ runningCount }) => runningCount > 0).length,
    workersLeaving: workers.filter(({ state }) => state === 'draining' || state === 'stopping').length,
    requests: sumOf(workers, ({ counts }) => counts.requests) + sumOf(ended, ({ requests }) => requests),
    exceptions: sumOf(workers, ({ counts }) => counts.exceptions) + sumOf(ended, ({ exceptions }) => exceptions),
    running: sumOf(workers, ({ runningCount }) => runningCount),
  };
}

function sumOf<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}

/** What processes share is counted once: of each its part of it. */
function weighAll({ pid, edge, apps }: Snapshot, hostOf: Operated['hostOf']): number {
  const ofApps = apps.flatMap(({ id, workers }) => [
    ...(hostOf(id)?.zygotes.pids ?? []),
    ...workers.map((worker) => worker.pid),
  ]);
  const pids = [pid, edge.pid, ...ofApps].filter((each) => each > 0).slice(0, WEIGHED_MAX);
  return sumOf(pids, (each) => readMemoryBytes(each) ?? 0);
}

export function describeWorkers({ apps }: Snapshot): WorkerStatus[] {
  return apps.flatMap(({ id, seats, workers }) =>
    workers.map((worker) =>
      describeWorker(
        id,
        worker,
        seats.find(({ seat }) => seat === worker.seat),
      ),
    ),
  );
}

function describeWorker(app: string, worker: WorkerSnapshot, seat: SeatSnapshot | undefined): WorkerStatus {
  const { name, pid, state, inStateMs, why, spawnedAtMs, memory, counts, runningCount } = worker;
  return {
    app: plainName(app),
    ...{ name, pid, state, why, spawnedAtMs, runningCount },
    inStateMs: Math.round(inStateMs),
    requests: counts.requests,
    exceptions: counts.exceptions,
    meanMs: counts.meanUs / MICROSECONDS,
    memoryBytes: memory.rssBytes,
    running: runningIn(worker),
    restarts: Math.max(0, (seat?.spawnCount ?? 1) - 1),
    lastEnd: seat?.lastEnd?.why ?? '',
    lastEndAtMs: seat?.lastEnd?.atMs ?? 0,
  };
}

export function runningIn({ units }: WorkerSnapshot): WorkerStatus['running'] {
  return units.flatMap(({ unit, running }) => running.map((request) => ({ ...request, unit })));
}
