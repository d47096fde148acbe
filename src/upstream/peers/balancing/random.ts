/** A peer by chance and weight, or the better one of two: with many edges that know nothing of each other, better than that all choose the same best one. */

import type { PeerList } from '../peer-list.ts';
import type { PeerSlot } from '../peer-slot.ts';
import type { Balancer } from './balancer.ts';
import { MISSES_MAX, peerAtWeight, takeNamed } from './hashed.ts';
import type { Cost } from './least.ts';
import { compareCosts } from './least.ts';
import { roundRobin } from './round-robin.ts';

/** `chance`: from 0 to below 1. */
export function random(chance: () => number): Balancer {
  const next = (list: PeerList): PeerSlot | undefined => peerAtWeight(list, Math.trunc(chance() * list.totalWeight));
  return (list, tried, nowMs) => takeNamed(list, tried, nowMs, next);
}

export function randomOfTwo(costOf: Cost, chance: () => number): Balancer {
  return (list, tried, nowMs) => {
    let first: PeerSlot | undefined;
    while (tried.misses <= MISSES_MAX && list.peers.length > 1) {
      const peer = peerAtWeight(list, Math.trunc(chance() * list.totalWeight));
      if (peer === undefined || peer === first || !tried.mayTake(peer, nowMs)) {
        tried.misses += 1;
      } else if (first === undefined) {
        first = peer;
      } else {
        return compareCosts(peer, first, costOf, nowMs) > 0 ? first : peer;
      }
    }
    return roundRobin(list, tried, nowMs);
  };
}
