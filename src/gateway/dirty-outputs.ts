/** The lanes of a gateway on which something is to be sent: what one turn of the event loop brings leaves behind it. */

import type { LaneOutput } from './lane-output.ts';

export class DirtyOutputs {
  readonly #outputs: LaneOutput[] = [];
  readonly #flush = (): void => {
    for (const output of this.#outputs) {
      output.flush();
    }
    this.#outputs.length = 0;
  };

  add(output: LaneOutput): void {
    if (this.#outputs.length === 0) {
      setImmediate(this.#flush);
    }
    this.#outputs.push(output);
  }
}
