/** How fast one side may be read, as nginx counts it: so many bytes in each second since the beginning, of which the present one counts in full. */

import type { Clock } from '../../kernel/clock.ts';

export class FlowRate {
  readonly #bytesPerSecond: number;
  readonly #clock: Clock;
  readonly #startedS: number;

  constructor(bytesPerSecond: number, clock: Clock) {
    this.#bytesPerSecond = bytesPerSecond;
    this.#clock = clock;
    this.#startedS = this.#seconds();
  }

  /** How many bytes may be read at once; 0 or less: none yet. `received`: those that have been. */
  allowed(received: number): number {
    return this.#bytesPerSecond * (this.#seconds() - this.#startedS + 1) - received;
  }

  /** How long nothing is read when so many are too many. */
  delayMs(bytes: number): number {
    return Math.floor((bytes * 1000) / this.#bytesPerSecond);
  }

  #seconds(): number {
    return Math.floor(this.#clock.monotonicMs() / 1000);
  }
}
