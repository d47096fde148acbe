/** How many requests a second the server has had lately: the sums of now and of a moment ago. Time is the caller's. */

import type { RequestRate } from '../../protocol/control/operator.ts';

interface Sample {
  readonly atMs: number;
  readonly requests: number;
}

/** Ten seconds, and the time between two samples at the most. */
const OVER_MS = 10_000;

export class RequestRates {
  #samples: Sample[] = [];

  /** Every few seconds, or when somebody asks. */
  note(sample: Sample): void {
    const last = this.#samples.at(-1);
    // Another edge counts from 0.
    this.#samples = last !== undefined && sample.requests < last.requests ? [] : this.#samples;
    this.#samples.push(sample);
    while ((this.#samples[1]?.atMs ?? sample.atMs) <= sample.atMs - OVER_MS) {
      this.#samples.shift();
    }
  }

  /** Undefined: nothing to compare with. */
  get rate(): RequestRate | undefined {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    const overMs = (last?.atMs ?? 0) - (first?.atMs ?? 0);
    return first === undefined || last === undefined || overMs <= 0
      ? undefined
      : { perSecond: ((last.requests - first.requests) * 1000) / overMs, overMs };
  }
}
