/**
 * Which lane gets the next request. Pure: it sees counters and times, never a socket.
 *
 * An idle unit is best, the one used last, whose caches are warm. If none is idle, a busy one may be handed requests ahead
 * (prefetch): as many as it runs in about a millisecond, one at least, so that it need not wait for the edge between two requests
 * (a Django page of a millisecond: 9 % of the rate). While requests wait, it gets more of them at once, and answers them together:
 * each wake-up that this saves costs the worker, the edge and the client (the same page, two workers on two cores: a quarter of the
 * rate). A slow application gets none ahead.
 */

import type { UnitTables } from '../unit-tables.ts';

export const SCHEDULE = {
  /** So much work may be sent ahead. */
  prefetchBudgetUs: 1000,
  /** … or so much while requests wait: twice what a worker answers together (unit.py), so that it never runs dry … */
  saturatedBudgetUs: 20_000,
  /** … halved with each recall, for behind a request that holds the interpreter even a recall has to wait; it grows back in so long. */
  budgetGrowthMs: 1000,
  /** … and nothing to a unit that has answered nothing for so much longer than all that is on it should take: it may have the slow one of a hundred. */
  lateMeans: 2,
  /** An application that takes longer gets nothing ahead: a request is better off in the queue, for whichever worker is free first. */
  prefetchMeanMaxUs: 5000,
  /** Each request ahead saves a wake-up of the worker. Hello world at 64 connections: 17.4 µs of CPU a request at 16, 14.2 at 32, 13.8 at 64. */
  prefetchDepthMax: 128,
  /** A lane whose first request is older than this gives back what it has not started … */
  recallAfterMs: 12,
  /** … or than so many mean service times, if that is longer, or than twice what the other threads' requests on the unit should take, … */
  recallAfterMeans: 4,
  /** … or than twice what the worker may hold back an answer for those behind it (HELD_S in unit.py), if there is so much. */
  heldMs: 10,
  /** Weight of the newest sample in the mean service time: follows a change within some ten samples. */
  meanWeight: 0.1,
} as const;

/** What scheduling knows of a lane. */
export interface LaneLoad {
  /** Index of its unit in the tables of units. */
  readonly slot: number;
  /** Requests of this edge thread on it. */
  readonly depth: number;
  /** Mean service time in microseconds; Infinity until one was measured, so that nothing is sent ahead blindly. */
  readonly meanServiceUs: number;
  /** When it was last given a request: a counter that only grows. */
  readonly usedAt: number;
  /** Being recalled or drained: it gets nothing. */
  readonly isOpen: boolean;
}

/** How many requests of all threads together a unit may hold, the one that runs included. */
export function prefetchDepth(meanServiceUs: number): number {
  return 1 + Math.min(SCHEDULE.prefetchDepthMax, Math.floor(SCHEDULE.prefetchBudgetUs / meanServiceUs));
}

/** What a thread knows when it looks for a lane. */
export interface ThreadLoad {
  /** Its requests that wait for a unit. */
  waiting: number;
  /** Edge threads that share the units. */
  readonly threads: number;
  /** Work that may be sent ahead while requests wait. */
  budgetUs: number;
  /** Asked for only if no unit is idle. */
  monotonicMs(): number;
}

/** What `budgetUs` becomes in `tookMs`, in which something was recalled or not. */
export function nextBudgetUs(budgetUs: number, tookMs: number, hasRecalled: boolean): number {
  return hasRecalled
    ? budgetUs / 2
    : Math.min(SCHEDULE.saturatedBudgetUs, budgetUs + (SCHEDULE.saturatedBudgetUs * tookMs) / SCHEDULE.budgetGrowthMs);
}

/**
 * How many requests one thread may hold on a busy unit, whatever the other threads do: so none can keep another from a unit by filling it.
 * At most half of an even share of what waits: the rest is for whichever unit is free first (guided self-scheduling), so that a unit which
 * happened to get the slow ones does not hold what an idle one could run.
 */
export function ownDepth(meanServiceUs: number, units: number, { waiting, threads, budgetUs }: ThreadLoad): number {
  const sharedUs = meanServiceUs * threads;
  if (sharedUs > SCHEDULE.prefetchMeanMaxUs) {
    return 0;
  }
  const ahead = Math.min(Math.floor(budgetUs / sharedUs), Math.floor(waiting / (2 * units)));
  return 1 + Math.max(1, Math.min(SCHEDULE.prefetchDepthMax, ahead));
}

/** The lane to use, or undefined if all are as full as they may be. */
export function pickLane<L extends LaneLoad>(
  lanes: readonly L[],
  units: UnitTables,
  thread: ThreadLoad,
): L | undefined {
  let idle: L | undefined;
  let ahead: L | undefined;
  let aheadLoad = Infinity;
  for (const lane of lanes) {
    if (!lane.isOpen) {
      continue;
    }
    const load = units.loads[lane.slot] ?? 0;
    if (load <= 0) {
      if (idle === undefined || lane.usedAt > idle.usedAt) {
        idle = lane;
      }
    } else if (
      idle === undefined &&
      load < aheadLoad &&
      (load < prefetchDepth(lane.meanServiceUs) || lane.depth < ownDepth(lane.meanServiceUs, lanes.length, thread)) &&
      !isLate(lane, load, units, thread)
    ) {
      ahead = lane;
      aheadLoad = load;
    }
  }
  return idle ?? ahead;
}

/** What runs on the unit takes longer than was to be expected of all that is there. */
function isLate({ slot, meanServiceUs }: LaneLoad, load: number, units: UnitTables, thread: ThreadLoad): boolean {
  const sinceUs = (thread.monotonicMs() * 1000 - (units.progressUs[slot] ?? 0)) | 0;
  return sinceUs > SCHEDULE.prefetchBudgetUs + SCHEDULE.lateMeans * meanServiceUs * load;
}

export function nextMean(meanUs: number, sampleUs: number): number {
  return meanUs === Infinity ? sampleUs : meanUs + (sampleUs - meanUs) * SCHEDULE.meanWeight;
}

/**
 * How long the first request of a lane may take before the ones behind it are recalled. `depth`: requests on the lane; `others`: of other
 * edge threads on the unit, which may be run before it.
 */
export function recallAfterMs(meanServiceUs: number, depth: number, others: number): number {
  const { recallAfterMs: leastMs, recallAfterMeans, heldMs } = SCHEDULE;
  if (meanServiceUs === Infinity) {
    return leastMs;
  }
  const meanMs = meanServiceUs / 1000;
  return Math.max(leastMs, Math.max(recallAfterMeans, 2 * others) * meanMs, 2 * Math.min(heldMs, depth * meanMs));
}
