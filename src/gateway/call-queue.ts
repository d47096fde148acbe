/** Calls that wait for a lane, oldest first. Bounded: what is too many or waits too long is refused by the gateway. */

import { Deque } from '../kernel/deque.ts';
import type { Call } from './call.ts';

export class CallQueue<C extends Call> {
  readonly #calls = new Deque<C>();
  readonly #max: number;
  readonly #onCount: (count: number) => void;
  /** Without the calls that were dropped and have not come to the front yet. */
  #count = 0;
  /** Who takes the calls while there is no lane for them. */
  #other: ((call: C) => void) | undefined;

  constructor(max: number, onCount: (count: number) => void) {
    this.#max = max;
    this.#onCount = onCount;
  }

  get count(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return this.#other === undefined && this.#count >= this.#max;
  }

  /** Calls that wait, and those that come to wait, are given away until `admitAll`: there will be no lane for them. */
  giveAll(take: (call: C) => void): void {
    this.#other = take;
    for (let call = this.peek(); call !== undefined; call = this.peek()) {
      this.shift();
      take(call);
    }
  }

  admitAll(): void {
    this.#other = undefined;
  }

  push(call: C): void {
    if (this.#other !== undefined) {
      this.#other(call);
      return;
    }
    this.#change(1);
    this.#calls.push(call);
    if (this.#calls.size > 2 * this.#max) {
      this.#forgetDropped();
    }
  }

  /** Puts calls to the front, in their order: they were sent once and never begun. */
  putBack(calls: readonly C[]): void {
    if (this.#other !== undefined) {
      calls.forEach(this.#other);
      return;
    }
    for (const call of calls.toReversed()) {
      this.#change(1);
      this.#calls.unshift(call);
    }
  }

  /** The call that waits longest. */
  peek(): C | undefined {
    for (let call = this.#calls.peek(); call !== undefined; call = this.#calls.peek()) {
      if (!call.isOver) {
        return call;
      }
      this.#calls.shift();
    }
    return undefined;
  }

  /** Takes out what `peek` gave. */
  shift(): void {
    this.#calls.shift();
    this.#change(-1);
  }

  /** Takes out calls from the front for as long as each is placed. */
  takeWhile(place: (call: C) => boolean): void {
    for (let call = this.peek(); call !== undefined && place(call); call = this.peek()) {
      this.shift();
    }
  }

  /** Takes out, one after another, the calls that have waited since before `sinceMs`, or just then. */
  *takeOlder(sinceMs: number): Generator<C> {
    for (let call = this.peek(); call !== undefined && call.queuedAtMs <= sinceMs; call = this.peek()) {
      this.shift();
      yield call;
    }
  }

  /** The edge was away for so long: the calls have not waited for workers in that time. */
  forgive(awayMs: number, nowMs: number): void {
    for (const call of this.#calls.takeAll()) {
      call.queuedAtMs = Math.min(nowMs, call.queuedAtMs + awayMs);
      this.#calls.push(call);
    }
  }

  /** A waiting call is over: it counts no longer. */
  onDropped(): void {
    this.#change(-1);
  }

  #change(by: 1 | -1): void {
    this.#count += by;
    this.#onCount(this.#count);
  }

  #forgetDropped(): void {
    for (const call of this.#calls.takeAll()) {
      if (!call.isOver) {
        this.#calls.push(call);
      }
    }
  }
}
