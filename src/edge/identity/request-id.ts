/** Names of requests: unique across threads and restarts, cheap to make. Not secret: nothing may rely on nobody guessing one. */

import { randomBytes } from '../../kernel/random-bytes.ts';
import { EDGE_LIMITS } from '../limits.ts';

const ACCEPTABLE = /^[0-9A-Za-z._~+/=-]+$/;

/** The last three digits of all ids. */
const ENDINGS = Array.from({ length: 4096 }, (_, count) => count.toString(16).padStart(3, '0'));

export class RequestIds {
  readonly #prefix = randomBytes(8).toString('hex');
  /** All but the last digits of the next ids. */
  #beginning = '';
  #round = -1;
  #ending: number = ENDINGS.length;

  /** 32 hexadecimal digits: 16 random ones of this thread, and a count. */
  next(): string {
    if (this.#ending === ENDINGS.length) {
      this.#ending = 0;
      this.#round += 1;
      this.#beginning = this.#prefix + this.#round.toString(16).padStart(13, '0');
    }
    const ending = ENDINGS[this.#ending] ?? '';
    this.#ending += 1;
    return this.#beginning + ending;
  }
}

/** The id that a trusted peer gave, if it can go into a log, a field and an environment unescaped. Of two ids, neither is taken. */
export function acceptableId(given: readonly string[]): string | undefined {
  const [id = ''] = given;
  return given.length === 1 && id.length <= EDGE_LIMITS.requestIdLengthMax && ACCEPTABLE.test(id) ? id : undefined;
}
