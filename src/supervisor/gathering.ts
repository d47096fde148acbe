/**
 * Does what is asked for at once. What is asked for again soon after that is done only once, when a while has passed: signals may come by the
 * hundred, and each reload starts a Python.
 */

import type { Clock } from '../kernel/clock.ts';

export class Gathering {
  readonly #everyMs: number;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #act: (why: string) => void;
  #lastMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(everyMs: number, clock: Pick<Clock, 'monotonicMs'>, act: (why: string) => void) {
    this.#everyMs = everyMs;
    this.#clock = clock;
    this.#act = act;
  }

  ask(why: string): void {
    if (this.#timer !== undefined) {
      return;
    }
    const waitMs = this.#lastMs + this.#everyMs - this.#clock.monotonicMs();
    if (waitMs <= 0) {
      this.#do(why);
    } else {
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        this.#do(why);
      }, waitMs);
    }
  }

  /** What waits to be done is dropped. */
  forget(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #do(why: string): void {
    this.#lastMs = this.#clock.monotonicMs();
    this.#act(why);
  }
}
