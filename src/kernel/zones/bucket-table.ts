/**
 * A table in shared memory that all edge threads change: numbers by key. It is divided into buckets of a few entries, each with a lock of its own; the hash of the
 * key chooses the bucket, and what the bucket has no room for is the caller's to decide. A key is known by its keyed hash of 64 bits, so an entry has one size
 * whatever its key is.
 *
 * Why locks and not atomic operations alone: an entry is several numbers that belong together, and two threads that meet a new key in the same moment must not
 * make two entries of it. The entries are numbers without references to each other, so the worst that is left of the work of a thread that was ended with a lock
 * (see spin-lock.ts) is one wrong count.
 */

import { randomBytes } from '../random-bytes.ts';
import { KeyedHash } from './keyed-hash.ts';
import { giveLock, takeLock } from './spin-lock.ts';

/** Entries of a bucket: so many that with half of all entries in use less than one bucket in two hundred is full. */
const WAYS = 16;
/** Words (32 bits) before a bucket's entries: the lock, and one that keeps the entries aligned. */
const BUCKET_HEAD = 2;
/** Words before the first bucket: the secret, and how many threads have opened the table. */
const TABLE_HEAD = 4;
const THREADS = 2;
/** Words of an entry before the caller's numbers: the hash. */
const ENTRY_HEAD = 2;
/** Words of one of the caller's numbers, which are 64 bits wide. */
const NUMBER = 2;
const BYTES = 4;

export interface TableShape {
  /** How many keys it is made for. It has room for about twice as many. */
  readonly keys: number;
  /** Numbers of an entry. */
  readonly fields: number;
}

/** A new table, to be opened in each thread. */
export function newTableMemory(shape: TableShape): SharedArrayBuffer {
  const memory = new SharedArrayBuffer((TABLE_HEAD + bucketCount(shape) * bucketWords(shape)) * BYTES);
  const secret = randomBytes(2 * BYTES);
  new Int32Array(memory).set([secret.readInt32LE(0), secret.readInt32LE(BYTES)]);
  return memory;
}

function bucketCount({ keys }: TableShape): number {
  return Math.max(1, Math.ceil((2 * keys) / WAYS));
}

function entryWords({ fields }: TableShape): number {
  return ENTRY_HEAD + NUMBER * fields;
}

function bucketWords(shape: TableShape): number {
  return BUCKET_HEAD + WAYS * entryWords(shape);
}

export class BucketTable {
  /** The caller's numbers; those of an entry begin at its index. */
  readonly numbers: Float64Array;
  readonly #words: Int32Array;
  readonly #hash: KeyedHash;
  readonly #buckets: number;
  readonly #bucketWords: number;
  readonly #entryWords: number;
  readonly #fields: number;
  /** What this thread writes into a lock. */
  readonly #self: number;
  #locked = -1;

  constructor(memory: SharedArrayBuffer, shape: TableShape) {
    this.#words = new Int32Array(memory);
    this.numbers = new Float64Array(memory);
    this.#hash = new KeyedHash(this.#words[0] ?? 0, this.#words[1] ?? 0);
    this.#buckets = bucketCount(shape);
    this.#bucketWords = bucketWords(shape);
    this.#entryWords = entryWords(shape);
    this.#fields = shape.fields;
    this.#self = Atomics.add(this.#words, THREADS, 1) + 1;
  }

  /** Locks the bucket of a key. Every other call is about that bucket, until `unlock`. */
  lock(key: string): void {
    this.#hash.of(key);
    this.#acquire(TABLE_HEAD + ((this.#hash.high >>> 0) % this.#buckets) * this.#bucketWords);
  }

  /** Locks the bucket of an entry, whose index `find` or `add` has given earlier. */
  lockEntry(index: number): void {
    const word = index * NUMBER - TABLE_HEAD;
    this.#acquire(TABLE_HEAD + (word - (word % this.#bucketWords)));
  }

  unlock(): void {
    giveLock(this.#words, this.#locked, this.#self);
    this.#locked = -1;
  }

  /** The index of the key's numbers, or -1. */
  find(): number {
    const first = this.#locked + BUCKET_HEAD;
    const low = this.#lowHash();
    const { high } = this.#hash;
    for (let way = 0; way < WAYS; way += 1) {
      const word = first + way * this.#entryWords;
      if (this.#words[word] === low && this.#words[word + 1] === high) {
        return (word + ENTRY_HEAD) / NUMBER;
      }
    }
    return -1;
  }

  /** Makes an entry for the key, of zeros; -1 if the bucket is full. */
  add(): number {
    const first = this.#locked + BUCKET_HEAD;
    for (let way = 0; way < WAYS; way += 1) {
      const word = first + way * this.#entryWords;
      if (this.#words[word] === 0) {
        return this.#write(word);
      }
    }
    return -1;
  }

  /** Gives the place of an entry to the key; the numbers become zeros. */
  replace(index: number): number {
    return this.#write(index * NUMBER - ENTRY_HEAD);
  }

  remove(index: number): void {
    this.#words[index * NUMBER - ENTRY_HEAD] = 0;
  }

  /** The entry of the full bucket that has the least of a number, among those that have 0 in another; -1 if none has. */
  leastBy(field: number, zeroField: number): number {
    let found = -1;
    const first = this.#locked + BUCKET_HEAD;
    for (let way = 0; way < WAYS; way += 1) {
      const index = (first + way * this.#entryWords + ENTRY_HEAD) / NUMBER;
      const isFree = this.numbers[index + zeroField] === 0;
      if (isFree && (found < 0 || this.#numberOf(index + field) < this.#numberOf(found + field))) {
        found = index;
      }
    }
    return found;
  }

  #numberOf(index: number): number {
    return this.numbers[index] ?? 0;
  }

  #write(word: number): number {
    this.#words[word] = this.#lowHash();
    this.#words[word + 1] = this.#hash.high;
    const index = (word + ENTRY_HEAD) / NUMBER;
    this.numbers.fill(0, index, index + this.#fields);
    return index;
  }

  /** 0 says that an entry is free. */
  #lowHash(): number {
    return this.#hash.low === 0 ? 1 : this.#hash.low;
  }

  #acquire(lock: number): void {
    takeLock(this.#words, lock, this.#self);
    this.#locked = lock;
  }
}
