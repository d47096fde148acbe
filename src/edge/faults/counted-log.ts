/** Faults of clients, told at once and then once a second with their number: somebody who means to fill a disk makes them often. */

import { EDGE_LIMITS } from '../limits.ts';

export type RenderFault = (address: string, reason: string) => string;

export class CountedLog {
  readonly #subject: string;
  readonly #render: RenderFault;
  readonly #log: (text: string) => void;
  #untold = 0;
  #last = '';
  #timer: NodeJS.Timeout | undefined;

  /** `subject`: what a line begins with, before the address or the number. `render`: how one fault is told. */
  constructor(subject: string, log: (text: string) => void, render: RenderFault = renderFault) {
    this.#subject = subject === '' ? '' : `${subject} `;
    this.#log = log;
    this.#render = render;
  }

  /** `address`: '' on a Unix socket. */
  tell(address: string, reason: string): void {
    const text = this.#render(address, reason);
    if (this.#timer === undefined) {
      this.#log(this.#subject + text);
      this.#timer = setTimeout(() => this.#tellRest(), EDGE_LIMITS.refusalLogMs);
      this.#timer.unref();
    } else {
      this.#untold += 1;
      this.#last = text;
    }
  }

  #tellRest(): void {
    this.#timer = undefined;
    if (this.#untold > 0) {
      this.#log(`${this.#subject}${this.#untold} more, the last ${this.#last}`);
      this.#untold = 0;
    }
  }
}

function renderFault(address: string, reason: string): string {
  return `${address || 'a Unix socket'}: ${reason}`;
}
