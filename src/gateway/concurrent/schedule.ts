/** Which event loop gets the next request. Pure: it sees counters, never a socket. */

import type { UnitTables } from '../unit-tables.ts';

/** What scheduling knows of a lane whose unit runs requests side by side. */
export interface ConcurrentLoad {
  readonly slot: number;
  /** Streams at a time, of all edge threads. */
  readonly capacity: number;
  readonly usedAt: number;
  readonly isOpen: boolean;
}

/**
 * The lane of the unit with the least requests that run, or with the least WebSockets: most of these are idle, and a worker that has
 * many of them has not more to do. Among equals the one with the least of the other kind, then the one used last; undefined if all are full.
 */
export function pickConcurrentLane<L extends ConcurrentLoad>(
  lanes: readonly L[],
  { loads, webSockets }: UnitTables,
  isWebSocket: boolean,
): L | undefined {
  let best: L | undefined;
  let bestAlike = Infinity;
  let bestLoad = Infinity;
  for (const lane of lanes) {
    const load = loads[lane.slot] ?? 0;
    if (!lane.isOpen || load >= lane.capacity) {
      continue;
    }
    const sockets = webSockets[lane.slot] ?? 0;
    const alike = isWebSocket ? sockets : load - sockets;
    const order = alike - bestAlike || load - bestLoad || (best?.usedAt ?? 0) - lane.usedAt;
    if (order < 0) {
      best = lane;
      bestAlike = alike;
      bestLoad = load;
    }
  }
  return best;
}
