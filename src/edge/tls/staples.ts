/** The words of authorities that are sent with certificates: of one thread. */

import type { Clock } from '../../kernel/clock.ts';
import type { Staple } from '../../protocol/control/staple.ts';

interface Held {
  readonly response: Buffer;
  readonly untilMs: number;
}

export class Staples {
  readonly #clock: Clock;
  #held: ReadonlyMap<string, Held> = new Map();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** In place of those before. */
  set(staples: readonly Staple[]): void {
    this.#held = new Map(
      staples.map(({ key, response, untilMs }) => [
        key,
        { response: Buffer.from(response, 'base64'), untilMs: untilMs ?? Infinity },
      ]),
    );
  }

  /** A client that is sent an old one may refuse the connection, where it takes one without. */
  find(key: string): Buffer | undefined {
    const held = this.#held.get(key);
    return held !== undefined && this.#clock.nowMs() < held.untilMs ? held.response : undefined;
  }
}
