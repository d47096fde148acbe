/**
 * What bodies, or the messages of WebSockets, may take of the memory, on their way to applications: counted over all edge threads in shared
 * memory, here and in the workers that have not received them. Who holds something has a share and says how much it is.
 */

/** What is counted in: 2^31 of these are 128 GiB. */
const UNIT_BYTES = 64;

export function newMemoryCounter(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4));
}

export class MemoryBudget {
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

  /** All is taken: what can wait is to wait, or to go to a file. */
  get isFull(): boolean {
    return this.usedBytes >= this.#bytesMax;
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

  /** Whether whoever holds so many bytes may take more: beyond the budget only who holds next to nothing, so that what is read goes on. */
  mayGrow(bytes: number, leastBytes: number): boolean {
    return bytes <= leastBytes || !this.#budget.isFull;
  }
}
