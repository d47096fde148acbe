/**
 * Which lane gets the next request. Pure: it sees counters and times, never a socket.
 *
 * An idle unit is best, the one used last, whose caches are warm. If none is idle, a busy one may be handed requests ahead
 * (prefetch): as many as it runs in about a millisecond, one at least, so that it need not wait for the edge between two requests
 * (a Django page of a millisecond: 9 % of the rate). A slow application gets none ahead.
 */

export const SCHEDULE = {
  /** So much work may be sent ahead. */
  prefetchBudgetUs: 1000,
  /** An application that takes longer gets nothing ahead: a request is better off in the queue, for whichever worker is free first. */
  prefetchMeanMaxUs: 5000,
  /** Each request ahead saves a wake-up of the worker. Hello world at 64 connections: 17.4 µs of CPU a request at 16, 14.2 at 32, 13.8 at 64. */
  prefetchDepthMax: 128,
  /** A lane whose first request is older than this gives back what it has not started … */
  recallAfterMs: 10,
  /** … or than so many mean service times, if that is longer. */
  recallAfterMeans: 4,
  /** Weight of the newest sample in the mean service time: follows a change within some ten samples. */
  meanWeight: 0.1,
} as const;

/** What scheduling knows of a lane. */
export interface LaneLoad {
  /** Index of its unit in the shared load table. */
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

/**
 * How many requests a unit may hold, the one that runs included. `leastAhead` is 1, or 0 where edge threads share the units: a place
 * that one thread always keeps filled would never be free for another.
 */
export function prefetchDepth(meanServiceUs: number, leastAhead: number): number {
  if (meanServiceUs > SCHEDULE.prefetchMeanMaxUs) {
    return 1;
  }
  const ahead = Math.floor(SCHEDULE.prefetchBudgetUs / meanServiceUs);
  return 1 + Math.max(leastAhead, Math.min(SCHEDULE.prefetchDepthMax, ahead));
}

/** The lane to use, or undefined if all are as full as they may be. `loads[slot]` counts the requests of all edge threads on a unit. */
export function pickLane<L extends LaneLoad>(lanes: readonly L[], loads: Int32Array, leastAhead = 1): L | undefined {
  let idle: L | undefined;
  let ahead: L | undefined;
  let aheadLoad = Infinity;
  for (const lane of lanes) {
    if (!lane.isOpen) {
      continue;
    }
    const load = loads[lane.slot] ?? 0;
    if (load <= 0) {
      if (idle === undefined || lane.usedAt > idle.usedAt) {
        idle = lane;
      }
    } else if (load < aheadLoad && load < prefetchDepth(lane.meanServiceUs, leastAhead)) {
      ahead = lane;
      aheadLoad = load;
    }
  }
  return idle ?? ahead;
}

export function nextMean(meanUs: number, sampleUs: number): number {
  return meanUs === Infinity ? sampleUs : meanUs + (sampleUs - meanUs) * SCHEDULE.meanWeight;
}

/** How long the first request of a lane may take before the ones behind it are recalled. */
export function recallAfterMs(meanServiceUs: number): number {
  return meanServiceUs === Infinity
    ? SCHEDULE.recallAfterMs
    : Math.max(SCHEDULE.recallAfterMs, (SCHEDULE.recallAfterMeans * meanServiceUs) / 1000);
}
