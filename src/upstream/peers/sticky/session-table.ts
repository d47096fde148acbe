/** Which peer the sessions of `sticky learn` belong to, in memory that all edge threads share. A session that was not seen for the longest time makes room. */

import type { TableShape } from '../../../kernel/zones/bucket-table.ts';
import { BucketTable, newTableMemory } from '../../../kernel/zones/bucket-table.ts';

/** nginx's documentation: a zone of 1 MB has room for about 4,000 sessions. */
const BYTES_A_SESSION = 256;

const SEEN = 0;
const HELD = 1;
const SERVER = 2;
const FIELDS = 3;

function shapeOf(bytes: number): TableShape {
  return { keys: Math.ceil(bytes / BYTES_A_SESSION), fields: FIELDS };
}

export function newSessionMemory(bytes: number): SharedArrayBuffer {
  return newTableMemory(shapeOf(bytes));
}

export class SessionTable {
  readonly #table: BucketTable;
  readonly #timeoutMs: number;

  constructor(memory: SharedArrayBuffer, bytes: number, timeoutMs: number) {
    this.#table = new BucketTable(memory, shapeOf(bytes));
    this.#timeoutMs = timeoutMs;
  }

  /** The server of a session that was seen not too long ago; undefined: there is none. */
  serverOf(session: string, nowMs: number): number | undefined {
    const table = this.#table;
    table.lock(session);
    const at = table.find();
    const isKnown = at >= 0 && this.#isYoung(at, nowMs);
    const server = isKnown ? table.numbers[at + SERVER] : undefined;
    table.unlock();
    return server;
  }

  /** A server has answered a request of the session. `creates`: it may have begun just now. */
  note(session: string, server: number, creates: boolean, nowMs: number): void {
    const table = this.#table;
    table.lock(session);
    const found = table.find();
    if (creates || (found >= 0 && this.#isYoung(found, nowMs))) {
      const at = found >= 0 ? found : this.#newEntry();
      table.numbers[at + SEEN] = nowMs;
      table.numbers[at + SERVER] = server;
    }
    table.unlock();
  }

  #isYoung(at: number, nowMs: number): boolean {
    return nowMs - (this.#table.numbers[at + SEEN] ?? 0) < this.#timeoutMs;
  }

  #newEntry(): number {
    const added = this.#table.add();
    // Nothing is held: all entries of a full bucket may make room.
    return added >= 0 ? added : this.#table.replace(this.#table.leastBy(SEEN, HELD));
  }
}
