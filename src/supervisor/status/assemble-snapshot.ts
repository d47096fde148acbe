/** Makes one snapshot of what the fleet, the edge and the system know. */

import type { App, AppId } from '../../config/model/app.ts';
import type { BesideStatus } from '../../protocol/control/beside-status.ts';
import type { AppReport, RunningRequest, UnitCounts, UnitReport, WorkerReport } from '../../protocol/control/report.ts';
import { addCounts, newUnitCounts, REPORT_LIMITS } from '../../protocol/control/report.ts';
import type { AppFleet, FleetWorker, ServerFleet } from '../fleet/fleet-types.ts';
import type { EdgeAnswer } from './edge-reports.ts';
import type {
  AppSnapshot,
  EdgeSnapshot,
  ListenerSnapshot,
  MemorySnapshot,
  Snapshot,
  WorkerSnapshot,
} from './snapshot.ts';
import type { WorkerHistory } from './worker-history.ts';

/** What does not change by what clients do. */
export type ServerFacts = Pick<Snapshot, 'version' | 'pid' | 'uid' | 'gid' | 'cwd' | 'startedAtMs'>;

export interface SnapshotParts {
  readonly facts: ServerFacts;
  readonly fleet: Pick<ServerFleet, 'apps' | 'edge' | 'serviceState' | 'reloadCount'>;
  readonly history: Pick<WorkerHistory, 'seatsOf' | 'spawnedAtMs'>;
  readonly answer: EdgeAnswer;
  readonly edge: Pick<EdgeSnapshot, 'pid' | 'threads'>;
  readonly apps: readonly Pick<App, 'id' | 'target' | 'chdir' | 'threads'>[];
  readonly listeners: readonly ListenerSnapshot[];
  readonly takenAtMs: number;
  /** In the time that the fleet knows. */
  readonly nowMs: number;
  readonly memoryOf: (pid: number) => MemorySnapshot;
  readonly besideOf?: (id: AppId) => BesideStatus | undefined;
}

export function assembleSnapshot(parts: SnapshotParts): Snapshot {
  const { facts, fleet, answer, edge, listeners, takenAtMs, memoryOf } = parts;
  return {
    ...facts,
    takenAtMs,
    state: fleet.serviceState,
    reloadCount: fleet.reloadCount,
    edge: {
      ...edge,
      state: fleet.edge.state,
      answeredThreads: answer.answered,
      // Each thread tells the numbers of all, and the last one has the newest.
      traffic: answer.answered === 0 ? undefined : answer.reports.at(-1)?.traffic,
      memory: memoryOf(edge.pid),
    },
    listeners,
    apps: [...fleet.apps].map(([id, app]) => assembleApp(parts, id, app)),
  };
}

function assembleApp(parts: SnapshotParts, id: AppId, fleet: AppFleet): AppSnapshot {
  const { history, answer, apps } = parts;
  const beside = parts.besideOf?.(id);
  const { target = '', chdir = '', threads = fleet.settings.threads } = apps.find((app) => app.id === id) ?? {};
  const reports = answer.reports.flatMap((report) => report.apps.filter(({ app }) => app === id));
  const generation = fleet.generations.get(fleet.current ?? fleet.next ?? 0);
  const workers = [...fleet.workers.values()].toSorted((a, b) => a.seat - b.seat || a.id - b.id);
  return {
    id,
    target: generation?.facts?.app ?? target,
    interface: generation?.facts?.interface,
    membership: fleet.membership,
    isFailed: fleet.isFailed,
    isOld: fleet.isOld,
    chdir,
    python: generation?.python ?? '',
    workersWanted: fleet.target,
    threads,
    waiting: sumOf(reports, ({ waiting }) => waiting),
    oldestWaitMs: Math.max(0, ...reports.map(({ oldestWaitMs }) => oldestWaitMs)),
    staticRequests: sumOf(reports, ({ staticRequests }) => staticRequests),
    seats: history.seatsOf(id, fleet.target),
    workers: workers.map((worker) => assembleWorker(parts, { id, worker, reports })),
    ...(beside === undefined ? {} : { beside }),
  };
}

function assembleWorker(
  { history, nowMs, memoryOf }: SnapshotParts,
  { id, worker, reports }: { readonly id: AppId; readonly worker: FleetWorker; readonly reports: readonly AppReport[] },
): WorkerSnapshot {
  const units = joinUnits(reports.flatMap(({ workers }) => workers.filter((each) => each.worker === worker.id)));
  const counts: UnitCounts = newUnitCounts();
  for (const unit of units) {
    addCounts(counts, unit);
  }
  return {
    id: worker.id,
    name: worker.name,
    pid: worker.pid,
    seat: worker.seat,
    generation: worker.generation,
    state: worker.state,
    inStateMs: Math.max(0, nowMs - worker.sinceMs),
    spawnedAtMs: history.spawnedAtMs(id, worker.id),
    why: worker.why,
    memory: memoryOf(worker.pid),
    counts,
    runningCount: sumOf(units, ({ runningCount }) => runningCount),
    units,
  };
}

/** What the threads of the edge know of the same units, together. */
function joinUnits(workers: readonly WorkerReport[]): UnitReport[] {
  const units = new Map<number, UnitReport>();
  for (const unit of workers.flatMap((worker) => worker.units)) {
    const known = units.get(unit.unit);
    units.set(unit.unit, known === undefined ? unit : joinUnit(known, unit));
  }
  return [...units.values()].toSorted((a, b) => a.unit - b.unit);
}

function joinUnit(one: UnitReport, other: UnitReport): UnitReport {
  const counts = { ...one };
  addCounts(counts, other);
  return {
    ...counts,
    isStuck: one.isStuck || other.isStuck,
    runningCount: one.runningCount + other.runningCount,
    running: longestOf([...one.running, ...other.running]),
  };
}

function longestOf(running: readonly RunningRequest[]): readonly RunningRequest[] {
  return running.toSorted((a, b) => b.ms - a.ms).slice(0, REPORT_LIMITS.runningOfUnitMax);
}

function sumOf<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}
