/**
 * Balancing by hashes, as nginx has it: the hash names a peer by the weights; where that one cannot be taken the hash is gone on with, and after twenty misses it is the
 * next one's turn. A client that comes from nginx finds the server that it had there.
 */

import { newAddress, parseAddress } from '../../../kernel/addresses/parse-address.ts';
import type { PeerList } from '../peer-list.ts';
import type { PeerSlot } from '../peer-slot.ts';
import type { Tried } from '../tried.ts';
import type { Balancer } from './balancer.ts';
import { crc32 } from './crc32.ts';
import { roundRobin } from './round-robin.ts';

/** How often a peer that cannot be taken is named before it is the next one's turn. */
export const MISSES_MAX = 20;

/** The peer that has so much of the weight of all before it. */
export function peerAtWeight(list: PeerList, weight: number): PeerSlot | undefined {
  let left = weight;
  for (const peer of list.peers) {
    left -= peer.rules.weight;
    if (left < 0) {
      return peer;
    }
  }
  return undefined;
}

/** Asks `next` for peers until one can be taken. */
export function takeNamed(
  list: PeerList,
  tried: Tried,
  nowMs: number,
  next: (list: PeerList, tried: Tried) => PeerSlot | undefined,
): PeerSlot | undefined {
  while (tried.misses <= MISSES_MAX && list.peers.length > 1) {
    const peer = next(list, tried);
    if (peer !== undefined && tried.mayTake(peer, nowMs)) {
      return peer;
    }
    tried.misses += 1;
  }
  return roundRobin(list, tried, nowMs);
}

const IP_HASH_START = 89;
const IP_HASH_FACTOR = 113;
const IP_HASH_MODULUS = 6271;

/** Clients of one /24 of IPv4 share a server; of IPv6 the whole address counts. */
export const ipHash: Balancer = (list, tried, nowMs) => takeNamed(list, tried, nowMs, nextOfAddress);

function nextOfAddress(list: PeerList, tried: Tried): PeerSlot | undefined {
  let hash = tried.hash < 0 ? IP_HASH_START : tried.hash;
  const bytes = hashedBytes(tried.request.clientAddress);
  for (let index = 0; index < bytes; index += 1) {
    hash = (hash * IP_HASH_FACTOR + addressByte(index)) % IP_HASH_MODULUS;
  }
  tried.hash = hash;
  return peerAtWeight(list, hash % list.totalWeight);
}

const address = newAddress();

/** Reads the address of the client; gives how many bytes of it count. One that comes through a Unix socket has three zeros. */
function hashedBytes(text: string): number {
  if (!parseAddress(text.split('%')[0] ?? '', address)) {
    address.words.fill(0);
    return 3;
  }
  return address.family === 4 ? 3 : 16;
}

function addressByte(index: number): number {
  return ((address.words[index >> 2] ?? 0) >>> (24 - 8 * (index & 3))) & 0xff;
}

/** `hash KEY`: the hash of Cache::Memcached, `((crc32([REHASH] KEY) >> 16) & 0x7fff) + PREVIOUS`. */
export const keyHash: Balancer = (list, tried, nowMs) =>
  tried.key === '' ? roundRobin(list, tried, nowMs) : takeNamed(list, tried, nowMs, nextOfKey);

function nextOfKey(list: PeerList, tried: Tried): PeerSlot | undefined {
  const before = tried.rehash === 0 ? 0 : crc32(String(tried.rehash));
  tried.hash = Math.max(0, tried.hash) + ((crc32(tried.key, before) >>> 16) & 0x7fff);
  tried.rehash += 1;
  return peerAtWeight(list, tried.hash % list.totalWeight);
}
