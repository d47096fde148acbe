/**
 * What outlives a worker: how often its seat was filled and why, and the sums of those that were in it. It follows the steps of the fleet, and decides nothing.
 */

import type { AppId } from '../../config/model/app.ts';
import type { EdgeReport, UnitCounts, WorkerCounted } from '../../protocol/control/report.ts';
import { addCounts, newUnitCounts } from '../../protocol/control/report.ts';
import { describeExit } from '../fleet/exit-words.ts';
import type { AppFleet, Exit, FleetEvent, FleetWorker, ServerFleet } from '../fleet/fleet-types.ts';
import type { SeatSnapshot, WorkerEnd } from './snapshot.ts';

/** A step of the fleet, on the wall clock. */
export interface FleetStep {
  readonly before: Pick<ServerFleet, 'apps'>;
  readonly event: FleetEvent;
  readonly after: Pick<ServerFleet, 'apps'>;
  readonly atMs: number;
}

interface Seat {
  spawnCount: number;
  lastSpawnAtMs: number;
  stuckCount: number;
  readonly ended: Map<number, UnitCounts>;
  lastEnd: WorkerEnd | undefined;
}

interface Past {
  readonly seats: Map<number, Seat>;
  /** By worker, those that have ended and whose last sums may still come among them. */
  readonly seatOf: Map<number, number>;
  readonly spawnedAtMs: Map<number, number>;
}

/** Of workers that have ended, so many are remembered: the edge tells their last sums within a second. */
const ENDED_MAX = 1000;
/** A code other than that of an orderly end, and the end of the process was not seen. */
const UNSEEN: Exit = { code: null, signal: null };

export class WorkerHistory {
  readonly #apps = new Map<AppId, Past>();

  follow({ before, event, after, atMs }: FleetStep): void {
    for (const [id, fleet] of before.apps) {
      if (after.apps.has(id)) {
        this.#noteEnds(this.#pastOf(id), { before: fleet, after: after.apps.get(id), event, atMs });
      } else {
        this.#apps.delete(id);
      }
    }
    if ('worker' in event) {
      this.#note(event, after, atMs);
    }
  }

  #note(event: Extract<FleetEvent, { worker: number }>, after: FleetStep['after'], atMs: number): void {
    const worker = after.apps.get(event.app)?.workers.get(event.worker);
    if (worker === undefined) {
      return;
    }
    const past = this.#pastOf(event.app);
    past.seatOf.set(worker.id, worker.seat);
    const seat = seatIn(past, worker.seat);
    if (event.kind === 'worker-spawned') {
      seat.spawnCount += 1;
      seat.lastSpawnAtMs = atMs;
      past.spawnedAtMs.set(worker.id, atMs);
    } else if (event.kind === 'request-stuck') {
      seat.stuckCount += 1;
    }
  }

  #noteEnds(
    past: Past,
    {
      before,
      after,
      event,
      atMs,
    }: {
      readonly before: AppFleet;
      readonly after: AppFleet | undefined;
      readonly event: FleetEvent;
      readonly atMs: number;
    },
  ): void {
    for (const worker of before.workers.values()) {
      if (after?.workers.has(worker.id) !== true) {
        const isSeen = event.kind === 'worker-exited' && event.worker === worker.id;
        seatIn(past, worker.seat).lastEnd = {
          ...{ worker: worker.id, name: worker.name, pid: worker.pid, atMs },
          why: whyEnded(worker, isSeen ? event : undefined),
          ...(({ code, signal }) => ({ code, signal }))(isSeen ? event.cause : UNSEEN),
        };
        past.spawnedAtMs.delete(worker.id);
      }
    }
    forgetOldest(past.seatOf);
  }

  /** The last sums of a worker that has ended, from one thread of the edge. */
  onCounted({ app, worker, units }: Pick<WorkerCounted, 'app' | 'worker' | 'units'>): void {
    const past = this.#apps.get(app);
    const seat = past?.seatOf.get(worker);
    if (past === undefined || seat === undefined) {
      return;
    }
    const { ended } = seatIn(past, seat);
    for (const { unit, ...counts } of units) {
      const sum = ended.get(unit) ?? newUnitCounts();
      ended.set(unit, sum);
      addCounts(sum, counts);
    }
  }

  /** The edge has ended. Workers go on with the next one, which begins to count anew. */
  onEdgeGone(last: readonly EdgeReport[]): void {
    for (const { apps } of last) {
      for (const { app, workers } of apps) {
        for (const { worker, units } of workers) {
          this.onCounted({ app, worker, units: units.map(sumsOf) });
        }
      }
    }
  }

  /** In their order, without gaps: as many as are wanted, or were once. */
  seatsOf(app: AppId, wanted: number): SeatSnapshot[] {
    const past = this.#apps.get(app);
    const count = Math.max(wanted, ...[...(past?.seats.keys() ?? [])].map((seat) => seat + 1));
    return Array.from({ length: count }, (_, index) => {
      const { ended, ...seat } = past?.seats.get(index) ?? newSeat();
      return { seat: index, ...seat, ended: [...ended].map(([unit, counts]) => ({ unit, ...counts })) };
    });
  }

  spawnedAtMs(app: AppId, worker: number): number {
    return this.#apps.get(app)?.spawnedAtMs.get(worker) ?? 0;
  }

  #pastOf(app: AppId): Past {
    const past = this.#apps.get(app) ?? { seats: new Map(), seatOf: new Map(), spawnedAtMs: new Map() };
    this.#apps.set(app, past);
    return past;
  }
}

function newSeat(): Seat {
  return { spawnCount: 0, lastSpawnAtMs: 0, stuckCount: 0, ended: new Map(), lastEnd: undefined };
}

function seatIn({ seats }: Past, index: number): Seat {
  const seat = seats.get(index) ?? newSeat();
  seats.set(index, seat);
  return seat;
}

/** In words: why it was to end, and how it has. */
function whyEnded({ why }: FleetWorker, exited: { readonly cause: Exit; readonly reason: string } | undefined): string {
  const end = exited === undefined ? 'was ended with its zygote' : describeExit(exited.cause);
  const reason = exited?.reason ?? '';
  return [why, reason === '' ? end : `${end}: ${reason}`].filter((words) => words !== '').join('; ');
}

function sumsOf({
  unit,
  requests,
  exceptions,
  bytes,
  busyUs,
  meanUs,
}: { readonly unit: number } & Readonly<UnitCounts>) {
  return { unit, requests, exceptions, bytes, busyUs, meanUs };
}

function forgetOldest(map: Map<number, unknown>): void {
  for (const key of map.keys()) {
    if (map.size <= ENDED_MAX) {
      return;
    }
    map.delete(key);
  }
}
