/**
 * nginx's smooth weighted round robin: each round every peer grows by its weight, the one that has grown most is chosen and shrinks by what all have grown. So weights
 * 5, 1, 1 give a a b a c a a, not five a in a row. A peer that has failed counts for less until its weight has grown back.
 */

import { PEER } from '../peer-fields.ts';
import type { PeerList } from '../peer-list.ts';
import type { PeerSlot } from '../peer-slot.ts';
import type { Tried } from '../tried.ts';

export function roundRobin({ peers }: PeerList, tried: Tried, nowMs: number): PeerSlot | undefined {
  return nextInTurn(peers, tried, nowMs);
}

export function nextInTurn(peers: readonly PeerSlot[], tried: Tried, nowMs: number): PeerSlot | undefined {
  let best: PeerSlot | undefined;
  let total = 0;
  for (const peer of peers) {
    if (!tried.mayTake(peer, nowMs)) {
      continue;
    }
    total += grow(peer, nowMs);
    if (best === undefined || peer.read(PEER.currentWeight) > best.read(PEER.currentWeight)) {
      best = peer;
    }
  }
  best?.add(PEER.currentWeight, -total);
  return best;
}

/**
 * The turn of a peer that a client asks for. The others grow meanwhile, so they are chosen the more often by those who ask for none; but only as far as one round:
 * a peer that many ask for would else be asked by nobody else for long.
 */
export function turnTo(wanted: PeerSlot, { peers, totalWeight }: PeerList, tried: Tried, nowMs: number): void {
  if (wanted.read(PEER.currentWeight) <= wanted.rules.weight - totalWeight) {
    return;
  }
  let total = 0;
  for (const peer of peers) {
    if (tried.mayTake(peer, nowMs)) {
      total += grow(peer, nowMs);
    }
  }
  wanted.add(PEER.currentWeight, -total);
}

/** Gives how much the peer has grown in this round. */
function grow(peer: PeerSlot, nowMs: number): number {
  const effective = peer.read(PEER.effectiveWeight);
  const grown = effective * peer.share(nowMs);
  peer.add(PEER.currentWeight, grown);
  if (effective < peer.rules.weight) {
    peer.write(PEER.effectiveWeight, effective + 1);
  }
  return grown;
}
