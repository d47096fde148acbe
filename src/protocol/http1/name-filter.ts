/**
 * Leaves away the fields of a head whose names have characters that a configuration does not take, as nginx does with all but letters, digits and hyphens: to a program
 * that makes variables of names, `X-User` and `X_User` are one, and the second is nobody's but the client's.
 */

import { ParsedBlock } from './field-block.ts';

/** `ignore_invalid_headers on`, without and with `underscores_in_headers on`. */
export const PLAIN_NAMES: RegExp = /^[A-Za-z0-9-]+$/;
export const NAMES_WITH_UNDERSCORES: RegExp = /^[A-Za-z0-9_-]+$/;

export class NameFilter {
  readonly #taken: RegExp;
  /** The fields of a connection's heads repeat, so the last block is remembered with what became of it. */
  #last: ParsedBlock | undefined;
  #kept: ParsedBlock | undefined;

  constructor(taken: RegExp) {
    this.#taken = taken;
  }

  /** The block itself where all of it is taken. */
  apply(block: ParsedBlock): ParsedBlock {
    if (block === this.#last && this.#kept !== undefined) {
      return this.#kept;
    }
    const kept = block.fields.filter(({ lower }) => this.#taken.test(lower));
    this.#last = block;
    this.#kept = kept.length === block.fields.length ? block : new ParsedBlock(kept);
    return this.#kept;
  }
}
