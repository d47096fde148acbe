/**
 * What `least_time` goes by: how long a peer is expected to need for what it has and one request more. Times that differ little count as equal, so that peers of one
 * kind take turns; very long ones do too, and then the number of requests decides.
 */

import type { TimedUntil } from '../../../config/model/upstream.ts';
import { PEER } from '../peer-fields.ts';
import type { PeerSlot } from '../peer-slot.ts';
import type { Cost } from './least.ts';

const STEP_MS = 20;
const LONGEST_MS = 5000;

export function expectedTime(until: TimedUntil): Cost {
  return (peer, nowMs) => expectedMs(averageOf(peer, until), peer, nowMs) * (1 + peer.read(PEER.active));
}

function averageOf(peer: PeerSlot, until: TimedUntil): number {
  switch (until) {
    case 'connect':
      return peer.read(PEER.connectMs);
    case 'header':
    case 'first-byte':
      return peer.read(PEER.headMs);
    case 'last-byte':
      return peer.read(PEER.wholeMs);
  }
}

function expectedMs(averageMs: number, peer: PeerSlot, nowMs: number): number {
  const { failTimeoutMs } = peer.rules;
  const idleMs = nowMs - peer.read(PEER.checkedMs);
  // A peer that was slow once gets a chance now and then: with each `fail_timeout` that nobody has asked it, half of the time is forgotten.
  const forgotten =
    idleMs > failTimeoutMs ? Math.trunc(averageMs / 2 ** Math.trunc(idleMs / (failTimeoutMs + 1000))) : averageMs;
  const ms = peer.read(PEER.unfinished) > 0 ? Math.max(forgotten, peer.read(PEER.unfinishedMs)) : forgotten;
  return ms > LONGEST_MS ? LONGEST_MS : ms + STEP_MS - (ms % STEP_MS);
}

/** Brings the average time of the requests that still wait up to date. */
export function ageUnfinished(peer: PeerSlot, nowMs: number): void {
  const count = peer.read(PEER.unfinished);
  if (count > 0) {
    const ms = peer.read(PEER.unfinishedSum) / count + (nowMs - peer.read(PEER.unfinishedChangedMs));
    peer.average(PEER.unfinishedMs, ms);
  }
}

export function beginUnfinished(peer: PeerSlot, nowMs: number): void {
  const count = peer.read(PEER.unfinished);
  if (count > 0) {
    peer.add(PEER.unfinishedSum, (nowMs - peer.read(PEER.unfinishedChangedMs)) * count);
  }
  peer.write(PEER.unfinishedChangedMs, nowMs);
  peer.write(PEER.unfinished, count + 1);
}

/** `ms`: how long the request has waited that has its response now. */
export function endUnfinished(peer: PeerSlot, ms: number, nowMs: number): void {
  const count = peer.read(PEER.unfinished);
  if (count <= 1) {
    peer.write(PEER.unfinishedSum, 0);
  } else {
    const sum = peer.read(PEER.unfinishedSum) + (nowMs - peer.read(PEER.unfinishedChangedMs)) * count - ms;
    peer.write(PEER.unfinishedSum, Math.max(0, sum));
    peer.write(PEER.unfinishedChangedMs, nowMs);
  }
  peer.write(PEER.unfinished, Math.max(0, count - 1));
}
