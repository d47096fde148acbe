/**
 * Whether a client accepts a coding, as nginx and the modules for it read Accept-Encoding: the coding must be named, so `*` says nothing, and what is not well-formed
 * behind a name refuses it. Weights of codings that are accepted are compared (RFC 9110 12.5.3), which nginx, that has one coding, need not do.
 */

import { FILTER_LIMITS } from '../limits.ts';

export type CompressionCoding = 'gzip' | 'br' | 'zstd';

/** Weights in thousandths; 0: not accepted. */
export type AcceptedCodings = Readonly<Record<CompressionCoding, number>>;

const NONE: AcceptedCodings = { gzip: 0, br: 0, zstd: 0 };

export function readAcceptedCodings(field: string): AcceptedCodings {
  return { gzip: weightOf(field, 'gzip'), br: weightOf(field, 'br'), zstd: weightOf(field, 'zstd') };
}

/** Remembers what the few values that clients send mean. */
export class AcceptedCodingsMemory {
  readonly #known = new Map<string, AcceptedCodings>();

  recall(field: string | undefined): AcceptedCodings {
    if (field === undefined) {
      return NONE;
    }
    const known = this.#known.get(field);
    if (known !== undefined) {
      return known;
    }
    const accepted = readAcceptedCodings(field);
    if (field.length <= FILTER_LIMITS.acceptEncodingCharsMax) {
      if (this.#known.size >= FILTER_LIMITS.acceptEncodingsMax) {
        this.#known.clear();
      }
      this.#known.set(field, accepted);
    }
    return accepted;
  }
}

/** What follows a name: nothing, the next member, or a weight that may have been left out. */
const AFTER_NAME = /^ *(?:$|,|;(?: *$| *[qQ]=(1(?:\.0{0,3})?|0(?:\.\d{0,3})?)(?:[ ,]|$)))/;

/** Of the first member that has the name. */
function weightOf(field: string, coding: CompressionCoding): number {
  const lower = field.toLowerCase();
  for (let at = lower.indexOf(coding); at !== -1; at = lower.indexOf(coding, at + coding.length)) {
    const before = at === 0 ? ',' : lower[at - 1];
    if (before === ',' || before === ' ') {
      const after = AFTER_NAME.exec(field.slice(at + coding.length, at + coding.length + AFTER_NAME_CHARS_MAX));
      return after === null ? 0 : Math.round(Number(after[1] ?? '1') * 1000);
    }
  }
  return 0;
}

/** So much is looked at behind a name: a weight is not longer, whatever spaces are before it. */
const AFTER_NAME_CHARS_MAX = 64;
