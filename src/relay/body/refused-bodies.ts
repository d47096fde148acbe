/** Requests whose bodies were refused: the log tells at once, then once a second how many, because a client can send a body that is too long often. */

import { RELAY_LIMITS } from '../limits.ts';

type Log = (level: 'info' | 'error', text: string) => void;

export class RefusedBodies {
  readonly #log: Log;
  readonly #monotonicMs: () => number;
  #untold = 0;
  #toldMs = -Infinity;

  constructor(log: Log, monotonicMs: () => number) {
    this.#log = log;
    this.#monotonicMs = monotonicMs;
  }

  tell(level: 'info' | 'error', text: string): void {
    const nowMs = this.#monotonicMs();
    if (nowMs - this.#toldMs < RELAY_LIMITS.overloadLogMs) {
      this.#untold += 1;
      return;
    }
    this.#log(level, this.#untold === 0 ? text : `${text} (and ${this.#untold} more like it before)`);
    this.#untold = 0;
    this.#toldMs = nowMs;
  }
}
