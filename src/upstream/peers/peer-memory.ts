/**
 * The numbers of all peers of all upstreams, in memory that the edge threads share and that each plan goes on with: a peer is found again by the name of its upstream
 * and its own address, so a reload, or an answer of a name server, that leaves it in its place leaves it its numbers.
 *
 * Each upstream has an entry of its own with a lock, under which the numbers of its peers are read and changed: the choice between peers is made of all their numbers.
 */

import { BucketTable, newTableMemory } from '../../kernel/zones/bucket-table.ts';
import { giveLock, takeLock } from '../../kernel/zones/spin-lock.ts';
import { GROUP, PEER, PEER_FIELDS } from './peer-fields.ts';

/** So many peers and upstreams have room, and about twice as many before there is none: 11 MB, of which the system gives what is written to. */
const KEYS_MAX = 16_384;
const SHAPE = { keys: KEYS_MAX, fields: PEER_FIELDS } as const;
const WORDS_A_NUMBER = 2;

export function newPeerMemory(): SharedArrayBuffer {
  return newTableMemory(SHAPE);
}

export class PeerMemory {
  readonly numbers: Float64Array;
  /** The same memory, for what is changed by atomic operations. */
  readonly words: Int32Array;
  /** Of this thread, in locks. */
  readonly self: number;
  readonly #table: BucketTable;

  constructor(memory: SharedArrayBuffer, self: number) {
    this.#table = new BucketTable(memory, SHAPE);
    this.numbers = this.#table.numbers;
    this.words = new Int32Array(memory);
    this.self = self + 1;
  }

  /** The place of an upstream; -1 where the memory is full. What is opened is to be closed. */
  openGroup(name: string, nowMs: number): number {
    return this.#open(`${name}\0`, nowMs);
  }

  openPeer(group: string, peer: string, nowMs: number): number {
    return this.#open(`${group}\0${peer}`, nowMs);
  }

  #open(key: string, nowMs: number): number {
    const table = this.#table;
    table.lock(key);
    const at = this.#placeOf();
    if (at >= 0) {
      table.numbers[at + PEER.seen] = nowMs;
      table.numbers[at + PEER.references] = (table.numbers[at + PEER.references] ?? 0) + 1;
    }
    table.unlock();
    return at;
  }

  #placeOf(): number {
    const table = this.#table;
    const found = table.find();
    if (found >= 0) {
      return found;
    }
    const added = table.add();
    if (added >= 0) {
      return added;
    }
    const oldest = table.leastBy(PEER.seen, PEER.references);
    return oldest < 0 ? -1 : table.replace(oldest);
  }

  /** What was opened is not used here any more. Its numbers stay until their place is needed. */
  close(at: number): void {
    this.#table.lockEntry(at);
    this.#table.numbers[at + PEER.references] = Math.max(0, (this.#table.numbers[at + PEER.references] ?? 0) - 1);
    this.#table.unlock();
  }

  lock(group: number): void {
    takeLock(this.words, (group + GROUP.lock) * WORDS_A_NUMBER, this.self);
  }

  unlock(group: number): void {
    giveLock(this.words, (group + GROUP.lock) * WORDS_A_NUMBER, this.self);
  }
}

/** The place of a whole word among the numbers of an upstream. */
export function wordAt(group: number, field: number, word: 0 | 1): number {
  return (group + field) * WORDS_A_NUMBER + word;
}
