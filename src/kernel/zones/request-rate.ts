/**
 * How fast requests of one key come, by nginx's leaky bucket: what a key has had too much (`excess`, in thousandths of a request) grows by a request each time and
 * shrinks by the rate. The arithmetic is nginx's to the last thousandth: whole numbers, and what does not make a whole one is lost.
 */

import type { TableShape } from './bucket-table.ts';
import { BucketTable, newTableMemory } from './bucket-table.ts';

/** nginx on a machine of 64 bits takes 128 bytes of a zone for a key of usual length. */
const NGINX_BYTES_A_KEY = 128;

const EXCESS = 0;
/** When the excess was last computed. */
const LAST = 1;
/** When the key was last seen: the one that was not seen for the longest time makes room. */
const SEEN = 2;
/** Requests that have looked at the key and wait for what other zones say: it must stay. */
const HELD = 3;
const FIELDS = 4;

const REQUEST = 1000;
const SECOND_MS = 1000;
/** A clock that seems to have gone back further than this has been set. */
const CLOCK_JUMP_MS = 60_000;

function shapeOf(zoneBytes: number): TableShape {
  return { keys: Math.ceil(zoneBytes / NGINX_BYTES_A_KEY), fields: FIELDS };
}

/** The memory of a zone of nginx's `size`. */
export function newRateMemory(zoneBytes: number): SharedArrayBuffer {
  return newTableMemory(shapeOf(zoneBytes));
}

/** nginx's form of a rate: `rate=10r/s` is 10,000 thousandths a second, `30r/m` is 500. */
export function rateOf(requests: number, seconds: 1 | 60): number {
  return Math.trunc((requests * REQUEST) / seconds);
}

export class RequestRates {
  /** Of the key that was looked at last. */
  excess = 0;
  /** Its entry, for `settle` and `release`. */
  entry = -1;
  readonly #table: BucketTable;

  constructor(memory: SharedArrayBuffer, zoneBytes: number) {
    this.#table = new BucketTable(memory, shapeOf(zoneBytes));
  }

  /**
   * Looks at a key without counting the request yet: `settle` counts it, or `release` forgets it. `busy` if it would be too much; `full` if there is no room for
   * the key.
   */
  look(key: string, rate: number, burst: number, nowMs: number): 'ok' | 'busy' | 'full' {
    return this.#visit(key, rate, burst, nowMs, false);
  }

  /** As `look`, and counts the request if it is not too much. */
  take(key: string, rate: number, burst: number, nowMs: number): 'ok' | 'busy' | 'full' {
    return this.#visit(key, rate, burst, nowMs, true);
  }

  /** Counts a request that `look` has let pass; gives the excess that it makes. */
  settle(entry: number, rate: number, nowMs: number): number {
    const { numbers } = this.#table;
    this.#table.lockEntry(entry);
    const passedMs = this.#passed(entry, nowMs);
    const excess = Math.max(0, this.#grown(entry, rate, passedMs));
    numbers[entry + EXCESS] = excess;
    if (passedMs !== 0) {
      numbers[entry + LAST] = nowMs;
    }
    this.#letGo(entry);
    this.#table.unlock();
    return excess;
  }

  release(entry: number): void {
    this.#table.lockEntry(entry);
    this.#letGo(entry);
    this.#table.unlock();
  }

  #visit(key: string, rate: number, burst: number, nowMs: number, counts: boolean): 'ok' | 'busy' | 'full' {
    const table = this.#table;
    const { numbers } = table;
    table.lock(key);
    const found = table.find();
    const entry = found < 0 ? this.#newEntry() : found;
    this.entry = entry;
    this.excess = 0;
    if (entry < 0) {
      table.unlock();
      return 'full';
    }
    numbers[entry + SEEN] = nowMs;
    if (found >= 0) {
      const passedMs = this.#passed(entry, nowMs);
      this.excess = Math.max(0, this.#grown(entry, rate, passedMs));
      if (this.excess > burst) {
        table.unlock();
        return 'busy';
      }
      if (counts) {
        numbers[entry + EXCESS] = this.excess;
        if (passedMs !== 0) {
          numbers[entry + LAST] = nowMs;
        }
      }
    } else if (counts) {
      numbers[entry + LAST] = nowMs;
    } else {
      // The first request of a key that is counted later finds an excess that has shrunk for ages: it costs nothing either.
      numbers[entry + LAST] = Number.NEGATIVE_INFINITY;
    }
    if (!counts) {
      numbers[entry + HELD] = (numbers[entry + HELD] ?? 0) + 1;
    }
    table.unlock();
    return 'ok';
  }

  #newEntry(): number {
    const added = this.#table.add();
    if (added >= 0) {
      return added;
    }
    const oldest = this.#table.leastBy(SEEN, HELD);
    return oldest < 0 ? -1 : this.#table.replace(oldest);
  }

  #letGo(entry: number): void {
    const { numbers } = this.#table;
    numbers[entry + HELD] = Math.max(0, (numbers[entry + HELD] ?? 0) - 1);
  }

  #passed(entry: number, nowMs: number): number {
    const passedMs = nowMs - (this.#table.numbers[entry + LAST] ?? 0);
    if (passedMs >= 0) {
      return passedMs;
    }
    return passedMs < -CLOCK_JUMP_MS ? 1 : 0;
  }

  #grown(entry: number, rate: number, passedMs: number): number {
    const before = this.#table.numbers[entry + EXCESS] ?? 0;
    return before - Math.trunc((rate * passedMs) / SECOND_MS) + REQUEST;
  }
}
