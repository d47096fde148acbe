/**
 * A time by which something has to happen, and which is moved on whenever something does. To move it is to write a number: the timer of the system is set anew
 * only when it has run out, or when the new time is earlier. So a connection that carries a thousand requests a second has a timer set once a minute.
 */

import type { Clock } from '../../kernel/clock.ts';

/** Node's timers end the wait for whole milliseconds; what is left below that is not waited for once more. */
const SLACK_MS = 1;
/** The longest time that a timer of Node takes. */
const TIMER_MS_MAX = 2_147_483_647;

export class LazyTimer {
  readonly #clock: Clock;
  readonly #onDue: () => void;
  #dueMs = Infinity;
  /** When the system's timer runs out. */
  #armedMs = Infinity;
  #timer: NodeJS.Timeout | undefined;

  constructor(clock: Clock, onDue: () => void) {
    this.#clock = clock;
    this.#onDue = onDue;
  }

  /** From now on so many milliseconds are given. `nowMs`: where the caller knows it, for to ask costs as much as all the rest. */
  set(forMs: number, nowMs: number = this.#clock.monotonicMs()): void {
    this.#dueMs = nowMs + forMs;
    if (this.#dueMs < this.#armedMs) {
      this.#arm(nowMs);
    }
  }

  /** Nothing is waited for. The timer of the system goes on: the next `set` will most likely be later than that. */
  clear(): void {
    this.#dueMs = Infinity;
  }

  /** Nothing will be waited for any more. */
  close(): void {
    this.#dueMs = Infinity;
    this.#armedMs = Infinity;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #arm(nowMs: number): void {
    clearTimeout(this.#timer);
    const forMs = Math.min(Math.max(this.#dueMs - nowMs, 0), TIMER_MS_MAX);
    this.#armedMs = nowMs + forMs;
    this.#timer = setTimeout(() => this.#look(), forMs).unref();
  }

  #look(): void {
    this.#timer = undefined;
    this.#armedMs = Infinity;
    const nowMs = this.#clock.monotonicMs();
    if (this.#dueMs === Infinity) {
      return;
    }
    if (this.#dueMs - nowMs > SLACK_MS) {
      this.#arm(nowMs);
      return;
    }
    // A process that was stopped finds the time over, and behind that all that has come meanwhile: this is read first.
    setImmediate(() => this.#judge());
  }

  #judge(): void {
    const nowMs = this.#clock.monotonicMs();
    if (this.#dueMs === Infinity || this.#timer !== undefined) {
      return;
    }
    if (this.#dueMs - nowMs > SLACK_MS) {
      this.#arm(nowMs);
      return;
    }
    this.#dueMs = Infinity;
    this.#onDue();
  }
}
