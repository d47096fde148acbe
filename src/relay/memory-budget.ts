/**
 * How much memory bodies, or messages of WebSockets, may take on their way to applications. They are counted over all edge threads in shared memory, while they
 * are in the edge and in workers whose application has not received them. Each request or WebSocket has a share, and says how much it is.
 */

import { MemoryLine } from './memory-line.ts';

/** The unit that is counted: 2^31 of these are 128 GiB. */
const UNIT_BYTES = 64;

export function newMemoryCounter(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4));
}

export class MemoryBudget {
  /** Of this edge thread's WebSockets: each thread has a leader of its own. */
  readonly line: MemoryLine = new MemoryLine();
  readonly #counter: Int32Array;
  readonly #bytesMax: number;

  /** `bytesMax` 0: no limit. */
  constructor(counter: Int32Array = new Int32Array(1), bytesMax = 0) {
    this.#counter = counter;
    this.#bytesMax = bytesMax === 0 ? Infinity : bytesMax;
  }

  get usedBytes(): number {
    return Atomics.load(this.#counter, 0) * UNIT_BYTES;
  }

  /** The budget is used up: what can wait waits, or goes to a file. */
  get isFull(): boolean {
    return this.usedBytes >= this.#bytesMax;
  }

  /** Less than one part in `share` is used. */
  hasPlenty(share: number): boolean {
    return this.usedBytes * share < this.#bytesMax;
  }

  add(units: number): void {
    Atomics.add(this.#counter, 0, units);
  }
}

export interface MemoryBudgets {
  readonly bodies: MemoryBudget;
  readonly webSockets: MemoryBudget;
}

/** What one request or WebSocket holds. */
export class MemoryShare {
  readonly #budget: MemoryBudget;
  #units = 0;

  constructor(budget: MemoryBudget) {
    this.#budget = budget;
  }

  set(bytes: number): void {
    const units = Math.ceil(bytes / UNIT_BYTES);
    if (units !== this.#units) {
      this.#budget.add(units - this.#units);
      this.#units = units;
    }
  }

  /** Whether the holder of so many bytes may take more. Beyond the budget only a holder of less than `leastBytes` may, so that everybody gets on. */
  mayGrow(bytes: number, leastBytes: number): boolean {
    return bytes <= leastBytes || !this.#budget.isFull;
  }

  /** Whether the holder may take as much as it needs: there is memory, or it leads those that wait for some. Once it has given that back, it is to leave the line. */
  mayTake(holdsMemory: boolean): boolean {
    if (this.#budget.isFull) {
      return this.#budget.line.mayGoOn(this, holdsMemory);
    }
    this.leaveLine();
    return true;
  }

  leaveLine(): void {
    this.#budget.line.leave(this);
  }
}
