/** Handshakes that fail, told at once and then once a second: whoever looks for open ports makes many. */

import { EDGE_LIMITS } from '../limits.ts';

export class HandshakeFaults {
  readonly #log: (text: string) => void;
  #untold = 0;
  #last = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(log: (text: string) => void) {
    this.#log = log;
  }

  /** `address`: '' on a Unix socket. */
  tell(address: string, reason: string): void {
    const text = `${address || 'a Unix socket'}: ${reason}`;
    if (this.#timer === undefined) {
      this.#log(`no TLS with ${text}`);
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
      this.#log(`no TLS with ${this.#untold} more, the last ${this.#last}`);
      this.#untold = 0;
    }
  }
}
