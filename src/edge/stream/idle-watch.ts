/** Ends what has been silent for too long. One timer for each session, which is not touched when bytes come: it looks how long ago they came. */

import type { Clock } from '../../kernel/clock.ts';

/** A timer that comes so much later than it was asked for tells of a thread, or a machine, that stood still: what was sent meanwhile is read first. */
const LATE_MS = 1_000;

export class IdleWatch {
  readonly #clock: Clock;
  readonly #limitMs: number;
  readonly #onIdle: () => void;
  #lastMs: number;
  #dueMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(clock: Clock, limitMs: number, onIdle: () => void) {
    this.#clock = clock;
    this.#limitMs = limitMs;
    this.#onIdle = onIdle;
    this.#lastMs = clock.monotonicMs();
    this.#arm(this.#lastMs, limitMs);
  }

  note(): void {
    this.#lastMs = this.#clock.monotonicMs();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #arm(nowMs: number, delayMs: number): void {
    this.#dueMs = nowMs + delayMs;
    this.#timer = setTimeout(() => this.#look(), delayMs);
  }

  #look(): void {
    const nowMs = this.#clock.monotonicMs();
    const leftMs = this.#lastMs + this.#limitMs - nowMs;
    if (leftMs > 0) {
      this.#arm(nowMs, leftMs);
    } else if (nowMs - this.#dueMs > LATE_MS) {
      this.#arm(nowMs, LATE_MS);
    } else {
      this.#onIdle();
    }
  }
}
