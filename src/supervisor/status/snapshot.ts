/**
 * What is known of a running server at one moment: one shape, which the stats server, the control socket and whoever else tells of the server render. A number that
 * is not in here does not exist.
 */

import type { AppId } from '../../config/model/app.ts';
import type { BesideStatus } from '../../protocol/control/beside-status.ts';
import type { TrafficReport, UnitCounts, UnitReport } from '../../protocol/control/report.ts';
import type { EdgeState, Membership, ServiceState, WorkerState } from '../fleet/fleet-types.ts';

export interface Snapshot {
  readonly version: string;
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
  /** Where the server was started. */
  readonly cwd: string;
  /** Wall time, milliseconds since 1970, as all `…AtMs`. */
  readonly takenAtMs: number;
  readonly startedAtMs: number;
  readonly state: ServiceState;
  readonly reloadCount: number;
  readonly edge: EdgeSnapshot;
  readonly listeners: readonly ListenerSnapshot[];
  readonly apps: readonly AppSnapshot[];
}

export interface EdgeSnapshot {
  /** 0 while there is none. */
  readonly pid: number;
  readonly state: EdgeState['state'];
  readonly threads: number;
  /** Threads that have answered in time. With fewer than all, what is told of requests is not all, and counts are those that were told last. */
  readonly answeredThreads: number;
  /** Undefined: no thread has answered. */
  readonly traffic: TrafficReport | undefined;
  readonly memory: MemorySnapshot;
}

/** 0 where the system does not tell. */
export interface MemorySnapshot {
  readonly rssBytes: number;
  readonly vszBytes: number;
}

export interface ListenerSnapshot {
  /** `127.0.0.1:8000`, `/run/site.sock` */
  readonly address: string;
  readonly speaks: 'http' | 'https' | 'uwsgi' | 'stream';
  /** Connections that the kernel has accepted and the edge has not; undefined where the system does not tell, as of Unix sockets. */
  readonly queue: number | undefined;
  readonly queueMax: number;
}

export interface AppSnapshot {
  readonly id: AppId;
  /** `mysite.wsgi:application` */
  readonly target: string;
  /** `wsgi`, `asgi`; undefined until it is loaded. */
  readonly interface: string | undefined;
  readonly membership: Membership;
  /** It could not be loaded, and its requests are refused. */
  readonly isFailed: boolean;
  /** The last reload has failed: an older version serves. */
  readonly isOld: boolean;
  readonly chdir: string;
  readonly python: string;
  readonly workersWanted: number;
  /** Of each worker. */
  readonly threads: number;
  /** Requests that wait for a worker, and how long the first of them has. */
  readonly waiting: number;
  readonly oldestWaitMs: number;
  /** Requests that were answered with files, without the application. */
  readonly staticRequests: number;
  /** By seat: what outlives the worker that has it. */
  readonly seats: readonly SeatSnapshot[];
  /** In the order of their seats; two may have the same while one replaces the other. */
  readonly workers: readonly WorkerSnapshot[];
  /** Mules, spoolers, daemons, crons and caches of uWSGI's; undefined where there is none. */
  readonly beside?: BesideStatus;
}

export interface SeatSnapshot {
  readonly seat: number;
  /** Workers that were started in it. */
  readonly spawnCount: number;
  readonly lastSpawnAtMs: number;
  /** Requests that have run into the timeout. */
  readonly stuckCount: number;
  /** Of the workers that have ended, by unit. */
  readonly ended: readonly UnitSums[];
  /** The worker that was in it before; undefined: there was none. */
  readonly lastEnd: WorkerEnd | undefined;
}

export type UnitSums = { readonly unit: number } & Readonly<UnitCounts>;

export interface WorkerEnd {
  readonly worker: number;
  readonly name: string;
  readonly pid: number;
  readonly atMs: number;
  /** In words: why it was replaced, and how it has ended. */
  readonly why: string;
  /** Exit code, or signal (`SIGKILL`); null for both where nobody has seen its end. */
  readonly code: number | null;
  readonly signal: string | null;
}

export interface WorkerSnapshot {
  readonly id: number;
  /** `w2`, or `shop:w2` */
  readonly name: string;
  readonly pid: number;
  readonly seat: number;
  readonly generation: number;
  readonly state: WorkerState;
  /** How long it has been in this state. */
  readonly inStateMs: number;
  readonly spawnedAtMs: number;
  /** Why it is retiring, draining or stopping; '' where that needs no reason. */
  readonly why: string;
  readonly memory: MemorySnapshot;
  /** Sums over its units. */
  readonly counts: Readonly<UnitCounts>;
  readonly runningCount: number;
  /** In the order of their numbers: every thread, or the event loop. */
  readonly units: readonly UnitReport[];
}
