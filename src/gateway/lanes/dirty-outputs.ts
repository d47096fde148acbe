/** The lanes of a gateway on which something is to be sent: what one turn of the event loop brings leaves behind it. */

import type { LaneOutput } from './lane-output.ts';

export class DirtyOutputs {
  readonly #outputs: LaneOutput[] = [];
  readonly #onBug: (error: unknown) => void;
  readonly #flush = (): void => {
    for (const output of this.#outputs) {
      try {
        output.flush();
      } catch (error) {
        this.#onBug(error);
        output.abandon();
      }
    }
    this.#outputs.length = 0;
  };

  /** `onBug`: an error of ours, by which the lane ends. */
  constructor(onBug: (error: unknown) => void) {
    this.#onBug = onBug;
  }

  add(output: LaneOutput): void {
    if (this.#outputs.length === 0) {
      setImmediate(this.#flush);
    }
    this.#outputs.push(output);
  }
}
