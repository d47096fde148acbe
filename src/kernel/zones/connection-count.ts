/** How many requests of one key are under way, over all edge threads. */

import type { TableShape } from './bucket-table.ts';
import { BucketTable, newTableMemory } from './bucket-table.ts';

/** nginx on a machine of 64 bits takes 64 bytes of a zone for a key of usual length. */
const NGINX_BYTES_A_KEY = 64;
const COUNT = 0;

function shapeOf(zoneBytes: number): TableShape {
  return { keys: Math.ceil(zoneBytes / NGINX_BYTES_A_KEY), fields: 1 };
}

/** The memory of a zone of nginx's `size`. */
export function newCountMemory(zoneBytes: number): SharedArrayBuffer {
  return newTableMemory(shapeOf(zoneBytes));
}

export class ConnectionCounts {
  readonly #table: BucketTable;

  constructor(memory: SharedArrayBuffer, zoneBytes: number) {
    this.#table = new BucketTable(memory, shapeOf(zoneBytes));
  }

  /** The entry that `leave` is to be given; `busy` if there are `max` already; `full` if there is no room for the key. */
  enter(key: string, max: number): number | 'busy' | 'full' {
    const table = this.#table;
    table.lock(key);
    const found = table.find();
    const entry = found < 0 ? table.add() : found;
    const count = entry < 0 ? 0 : (table.numbers[entry + COUNT] ?? 0);
    if (entry >= 0 && count < max) {
      table.numbers[entry + COUNT] = count + 1;
    } else if (found < 0 && entry >= 0) {
      table.remove(entry);
    }
    table.unlock();
    if (entry < 0) {
      return 'full';
    }
    return count < max ? entry : 'busy';
  }

  leave(entry: number): void {
    const { numbers } = this.#table;
    this.#table.lockEntry(entry);
    const count = (numbers[entry + COUNT] ?? 0) - 1;
    numbers[entry + COUNT] = Math.max(0, count);
    if (count <= 0) {
      this.#table.remove(entry);
    }
    this.#table.unlock();
  }
}
