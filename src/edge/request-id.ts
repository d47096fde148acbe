/** Names of requests: unique across threads and restarts, cheap to make. Not secret: nothing may rely on nobody guessing one. */

import { randomBytes } from 'node:crypto';
import { EDGE_LIMITS } from './limits.ts';

const ACCEPTABLE = /^[0-9A-Za-z._~+/=-]+$/;

export class RequestIds {
  readonly #prefix = randomBytes(8).toString('hex');
  #count = 0;

  /** 32 hexadecimal digits: 16 random ones of this thread, and a count. */
  next(): string {
    this.#count += 1;
    const count = this.#count.toString(16);
    return this.#prefix + '0000000000000000'.slice(count.length) + count;
  }
}

/** A trusted peer's id is kept if it can go into a log, a field and an environment unescaped. */
export function isAcceptableId(id: string | undefined): id is string {
  return id !== undefined && id.length <= EDGE_LIMITS.requestIdLengthMax && ACCEPTABLE.test(id);
}
