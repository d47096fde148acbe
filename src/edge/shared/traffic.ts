/**
 * Connections and requests in numbers, over all threads: what `stub_status` tells. Each thread writes its own row of the shared memory, so nothing is locked and nothing
 * is lost. Numbers of other threads may be older by an instant; how many connections send a head is older by up to a second, because that is counted when it is asked for.
 */

const FIELD = { accepted: 0, handled: 1, requests: 2, writing: 3, reading: 4 } as const;
type Field = keyof typeof FIELD;
/** A row of 64 bytes is a line of the cache: threads do not wait for each other's. */
const ROW = 8;

export interface TrafficNumbers {
  /** Open connections. */
  readonly active: number;
  /** Since the edge was started. Those that were refused for want of room are accepted, and not handled. */
  readonly accepted: number;
  readonly handled: number;
  readonly requests: number;
  /** Connections by what they do: a head is coming, a request is being answered, nothing. */
  readonly reading: number;
  readonly writing: number;
  readonly waiting: number;
}

export function newTrafficRows(threads: number): Float64Array {
  return new Float64Array(new SharedArrayBuffer(threads * ROW * Float64Array.BYTES_PER_ELEMENT));
}

export class Traffic {
  readonly #rows: Float64Array;
  readonly #row: number;
  readonly #connections: Int32Array;
  /** Connections of this thread on which a head is coming. Whoever has them says how they are counted. */
  countReading: () => number = () => 0;

  /** `connections`: its first number is that of all open ones, over all threads. */
  constructor(rows: Float64Array, connections: Int32Array, thread: number) {
    this.#rows = rows;
    this.#connections = connections;
    this.#row = thread * ROW;
  }

  noteConnection(isHandled: boolean): void {
    this.#add('accepted', 1);
    this.#add('handled', isHandled ? 1 : 0);
  }

  beginRequest(): void {
    this.#add('requests', 1);
    this.#add('writing', 1);
  }

  endRequest(): void {
    this.#add('writing', -1);
  }

  /** For the other threads. */
  tellReading(): void {
    this.#rows[this.#row + FIELD.reading] = this.countReading();
  }

  numbers(): TrafficNumbers {
    this.tellReading();
    const active = Atomics.load(this.#connections, 0);
    const reading = this.#sum('reading');
    const writing = this.#sum('writing');
    return {
      active,
      accepted: this.#sum('accepted'),
      handled: this.#sum('handled'),
      requests: this.#sum('requests'),
      reading,
      writing,
      waiting: Math.max(0, active - reading - writing),
    };
  }

  #add(field: Field, count: number): void {
    const at = this.#row + FIELD[field];
    this.#rows[at] = (this.#rows[at] ?? 0) + count;
  }

  #sum(field: Field): number {
    let sum = 0;
    for (let at = FIELD[field]; at < this.#rows.length; at += ROW) {
      sum += this.#rows[at] ?? 0;
    }
    return sum;
  }
}
