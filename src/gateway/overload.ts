/** Requests for which there is no room: each is answered 503, and the log says how many, once a second. */

import type { Call } from './call.ts';
import { GATEWAY_LIMITS } from './limits.ts';

export interface OverloadOptions {
  readonly queueMax: number;
  monotonicMs(): number;
  log(level: 'warning', text: string): void;
}

export class Overload {
  readonly #options: OverloadOptions;
  #refused = 0;
  #loggedMs = -Infinity;

  constructor(options: OverloadOptions) {
    this.#options = options;
  }

  /** `waiting`: how many requests are in the queue. */
  refuse(call: Call, waiting: number): void {
    const { queueMax } = this.#options;
    this.#refused += 1;
    const nowMs = this.#options.monotonicMs();
    if (nowMs - this.#loggedMs >= GATEWAY_LIMITS.overloadLogMs) {
      this.#options.log(
        'warning',
        `overload: ${this.#refused} requests refused with 503, ${waiting} waiting in the queue (limit ${queueMax})`,
      );
      this.#refused = 0;
      this.#loggedMs = nowMs;
    }
    call.fail(503, undefined, `Retry-After: ${GATEWAY_LIMITS.retryAfterS}\r\n`);
  }
}
