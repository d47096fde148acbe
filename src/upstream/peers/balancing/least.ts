/** The peer with the least of something by its weight; round robin among those that have equally little. */

import { PEER } from '../peer-fields.ts';
import type { PeerSlot } from '../peer-slot.ts';
import type { Balancer } from './balancer.ts';
import { nextInTurn } from './round-robin.ts';

/** Of a peer, at this moment. */
export type Cost = (peer: PeerSlot, nowMs: number) => number;

export const activeRequests: Cost = (peer) => peer.read(PEER.active);

/** Whether `one` is cheaper (below 0) than `other`, or both cost the same (0). */
export function compareCosts(one: PeerSlot, other: PeerSlot, costOf: Cost, nowMs: number): number {
  return (
    costOf(one, nowMs) * other.rules.weight * other.share(nowMs) -
    costOf(other, nowMs) * one.rules.weight * one.share(nowMs)
  );
}

export function least(costOf: Cost): Balancer {
  return (list, tried, nowMs) => {
    let best: PeerSlot | undefined;
    let hasEquals = false;
    for (const peer of list.peers) {
      if (!tried.mayTake(peer, nowMs)) {
        continue;
      }
      const compared = best === undefined ? -1 : compareCosts(peer, best, costOf, nowMs);
      if (compared < 0) {
        best = peer;
        hasEquals = false;
      } else if (compared === 0) {
        hasEquals = true;
      }
    }
    const cheapest = best;
    if (cheapest === undefined || !hasEquals) {
      return cheapest;
    }
    const equals = list.peers.filter((peer) => compareCosts(peer, cheapest, costOf, nowMs) === 0);
    return nextInTurn(equals, tried, nowMs);
  };
}
