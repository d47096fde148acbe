import type { Clock } from '../../kernel/clock.ts';

const SECOND_MS = 1000;

/** Counts what a child says in a second. */
export class MessageRate {
  readonly #max: number;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  #sinceMs = Number.NEGATIVE_INFINITY;
  #count = 0;

  constructor(max: number, clock: Pick<Clock, 'monotonicMs'>) {
    this.#max = max;
    this.#clock = clock;
  }

  /** False: it is one more than there may be in this second. */
  takes(): boolean {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#sinceMs >= SECOND_MS) {
      this.#sinceMs = nowMs;
      this.#count = 0;
    }
    this.#count += 1;
    return this.#count <= this.#max;
  }
}
