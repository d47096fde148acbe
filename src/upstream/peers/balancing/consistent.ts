/**
 * `hash KEY consistent`: each server has points on a ring, and a key belongs to the next one. A server that comes or goes changes the keys of its own points only. The
 * points are those of ketama as Cache::Memcached::Fast and nginx have them: 160 for each unit of weight, from the server's name as it is written.
 */

import type { PeerList } from '../peer-list.ts';
import type { PeerSlot } from '../peer-slot.ts';
import type { Tried } from '../tried.ts';
import type { Balancer } from './balancer.ts';
import { crc32, crc32OfWord } from './crc32.ts';
import { MISSES_MAX } from './hashed.ts';
import { nextInTurn, roundRobin } from './round-robin.ts';

const POINTS_A_WEIGHT = 160;
/** Servers whose weights come to more points have fewer for each unit: 64 MB, and a second in which nobody is answered, are enough. */
const POINTS_MAX = 2 ** 22;
/** A point has 32 bits, and what a number has beside them is room for so many servers. */
const SERVERS_MAX = 2 ** 20;

interface Ring {
  /** In their order. */
  readonly points: Uint32Array;
  /** By point, the index of its server. */
  readonly owners: Uint32Array;
  /** The addresses of each. */
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
      ring = newRing(list.peers, list.totalWeight);
      rings.set(list, ring);
    }
    return takeOnRing(ring, list, tried, nowMs);
  };
}

function takeOnRing(ring: Ring, list: PeerList, tried: Tried, nowMs: number): PeerSlot | undefined {
  const { points, owners, servers } = ring;
  if (tried.hash < 0) {
    tried.hash = firstPoint(points, crc32(tried.key));
  }
  while (points.length > 0 && tried.misses <= MISSES_MAX) {
    const found = nextInTurn(servers[owners[tried.hash % points.length] ?? 0] ?? [], tried, nowMs);
    if (found !== undefined) {
      return found;
    }
    tried.hash += 1;
    tried.misses += 1;
  }
  return roundRobin(list, tried, nowMs);
}

function newRing(peers: readonly PeerSlot[], totalWeight: number): Ring {
  const servers = new Map<string, { readonly index: number; readonly peers: PeerSlot[] }>();
  const pointsAWeight = Math.min(POINTS_A_WEIGHT, POINTS_MAX / totalWeight);
  const counts = peers.map(({ rules }) => Math.max(1, Math.floor(rules.weight * pointsAWeight)));
  // A point and its server as one number, so that millions of them are sorted without an object for each.
  const numbers = new Float64Array(counts.reduce((sum, count) => sum + count, 0));
  let at = 0;
  for (const [which, peer] of peers.entries()) {
    const { text } = peer.rules;
    const server = servers.get(text) ?? { index: servers.size, peers: [] };
    servers.set(text, server);
    server.peers.push(peer);
    const base = baseOf(text);
    let hash = 0;
    for (const end = at + (counts[which] ?? 0); at < end; at += 1) {
      hash = crc32OfWord(hash, base);
      numbers[at] = hash * SERVERS_MAX + server.index;
    }
  }
  return ringOf(
    numbers.sort(),
    Array.from(servers.values(), (server) => server.peers),
  );
}

/** Of points that are the same the first one counts. */
function ringOf(numbers: Float64Array, servers: readonly (readonly PeerSlot[])[]): Ring {
  const points = new Uint32Array(numbers.length);
  const owners = new Uint32Array(numbers.length);
  let count = 0;
  for (const number of numbers) {
    const point = Math.floor(number / SERVERS_MAX);
    if (count === 0 || points[count - 1] !== point) {
      points[count] = point;
      owners[count] = number % SERVERS_MAX;
      count += 1;
    }
  }
  return { points: points.subarray(0, count), owners: owners.subarray(0, count), servers };
}

/** What all hashes of a server begin with. */
function baseOf(text: string): number {
  const [, host = text, port = ''] = /^unix:/i.test(text)
    ? [text, text.slice('unix:'.length)]
    : (/^(.*):(\d*)$/s.exec(text) ?? []);
  return crc32(`${host}\0${port}`);
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
