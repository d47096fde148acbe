/** What has become of requests, by worker and unit: the sums of lanes that are open, and of those that have been closed until their worker is gone. */

import type {
  RunningRequest,
  UnitCounts,
  UnitReport,
  WorkerCounted,
  WorkerReport,
} from '../protocol/control/report.ts';
import { addCounts, newUnitCounts } from '../protocol/control/report.ts';
import type { LaneIdentity } from './lanes/lane-identity.ts';

/** A lane as it is told of. */
export interface TalliedLane {
  readonly identity: Pick<LaneIdentity, 'worker' | 'unit'>;
  readonly counts: UnitCounts;
}

/** What runs on a lane, and how it gets on. */
export interface LaneReport {
  readonly lane: TalliedLane;
  readonly isStuck: boolean;
  readonly runningCount: number;
  /** The one that runs longest first. */
  readonly running: readonly RunningRequest[];
}

type ByUnit<T> = Map<number, T>;

export class WorkerTally {
  /** By worker: sums of lanes that have been closed. */
  readonly #closed = new Map<number, ByUnit<UnitCounts>>();

  onClosed({ identity, counts }: TalliedLane): void {
    const units = this.#closed.get(identity.worker) ?? new Map<number, UnitCounts>();
    this.#closed.set(identity.worker, units);
    const sum = units.get(identity.unit) ?? newUnitCounts();
    units.set(identity.unit, sum);
    addCounts(sum, counts);
  }

  /** The worker is gone, and is spoken of no more. */
  take(worker: number): WorkerCounted['units'] {
    const units = this.#closed.get(worker);
    this.#closed.delete(worker);
    return [...(units ?? [])].map(([unit, counts]) => ({ unit, ...counts }));
  }

  report(lanes: readonly LaneReport[]): WorkerReport[] {
    const workers = new Map<number, ByUnit<UnitReport>>();
    for (const [worker, closed] of this.#closed) {
      const units = [...closed].map(([unit, counts]): [number, UnitReport] => [
        unit,
        { unit, ...counts, isStuck: false, runningCount: 0, running: [] },
      ]);
      workers.set(worker, new Map(units));
    }
    for (const { lane, ...rest } of lanes) {
      const { worker, unit } = lane.identity;
      const units = workers.get(worker) ?? new Map<number, UnitReport>();
      workers.set(worker, units);
      const counts = { ...lane.counts };
      const before = units.get(unit);
      if (before !== undefined) {
        addCounts(counts, before);
      }
      units.set(unit, { unit, ...counts, ...rest });
    }
    return [...workers].map(([worker, units]) => ({ worker, units: [...units.values()] }));
  }
}
