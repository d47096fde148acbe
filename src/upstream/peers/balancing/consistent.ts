/**
 * `hash KEY consistent`: each server has points on a ring, and a key belongs to the next one. A server that comes or goes changes the keys of its own points only. The
 * points are those of ketama as Cache::Memcached::Fast and nginx have them: 160 for each unit of weight, from the server's name as it is written.
 */

import type { PeerList } from '../peer-list.ts';
import type { PeerSlot } from '../peer-slot.ts';
import type { Tried } from '../tried.ts';
import type { Balancer } from './balancer.ts';
import { crc32 } from './crc32.ts';
import { MISSES_MAX } from './hashed.ts';
import { nextInTurn, roundRobin } from './round-robin.ts';

const POINTS_A_WEIGHT = 160;

interface Ring {
  /** In their order. */
  readonly points: Uint32Array;
  /** By point, the addresses of its server. */
  readonly servers: readonly (readonly PeerSlot[])[];
}

/** Rings are made when a list is first asked: a name that is looked up again brings new lists. */
export function newConsistentHash(): Balancer {
  const rings = new WeakMap<PeerList, Ring>();
  return (list, tried, nowMs) => {
    if (tried.key === '' || list.isSingle) {
      return roundRobin(list, tried, nowMs);
    }
    let ring = rings.get(list);
    if (ring === undefined) {
      ring = newRing(list.peers);
      rings.set(list, ring);
    }
    return takeOnRing(ring, list, tried, nowMs);
  };
}

function takeOnRing(ring: Ring, list: PeerList, tried: Tried, nowMs: number): PeerSlot | undefined {
  const { points, servers } = ring;
  if (tried.hash < 0) {
    tried.hash = firstPoint(points, crc32(tried.key));
  }
  while (points.length > 0 && tried.misses <= MISSES_MAX) {
    const found = nextInTurn(servers[tried.hash % points.length] ?? [], tried, nowMs);
    if (found !== undefined) {
      return found;
    }
    tried.hash += 1;
    tried.misses += 1;
  }
  return roundRobin(list, tried, nowMs);
}

function newRing(peers: readonly PeerSlot[]): Ring {
  const byServer = new Map<string, PeerSlot[]>();
  for (const peer of peers) {
    const same = byServer.get(peer.rules.text);
    if (same === undefined) {
      byServer.set(peer.rules.text, [peer]);
    } else {
      same.push(peer);
    }
  }
  const points = peers.flatMap((peer) => pointsOf(peer, byServer.get(peer.rules.text) ?? []));
  points.sort((one, other) => one.hash - other.hash);
  const distinct = points.filter(({ hash }, index) => index === 0 || hash !== points[index - 1]?.hash);
  return { points: Uint32Array.from(distinct, ({ hash }) => hash), servers: distinct.map(({ server }) => server) };
}

interface Point {
  readonly hash: number;
  readonly server: readonly PeerSlot[];
}

function pointsOf({ rules: { text, weight } }: PeerSlot, server: readonly PeerSlot[]): readonly Point[] {
  const [, host = text, port = ''] = /^unix:/i.test(text)
    ? [text, text.slice('unix:'.length)]
    : (/^(.*):(\d*)$/s.exec(text) ?? []);
  const base = crc32(`${host}\0${port}`);
  const points: Point[] = [];
  let hash = 0;
  for (let count = 0; count < weight * POINTS_A_WEIGHT; count += 1) {
    hash = crc32(String.fromCharCode(hash & 0xff, (hash >>> 8) & 0xff, (hash >>> 16) & 0xff, hash >>> 24), base);
    points.push({ hash, server });
  }
  return points;
}

/** The first point that is not below the hash. */
function firstPoint(points: Uint32Array, hash: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle] ?? 0) < hash) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
