/** Accept-Encoding, RFC 9110 12.5.3: which of a file's representations (itself and its compressed siblings) a client gets. */

import { TOKEN } from '../../../kernel/token.ts';
import { STATIC_LIMITS } from './limits.ts';

export type Coding = 'identity' | 'br' | 'gzip' | 'zstd';

/** Weights in thousandths; 0 refuses. */
export type Acceptance = Readonly<Record<Coding, number>>;

export interface Encoded {
  readonly coding: Coding;
  readonly size: number;
  /** Sent whatever the client accepts. */
  readonly isForced: boolean;
}

/** A compressed file beside another. */
export interface Sibling {
  readonly coding: Coding;
  readonly suffix: string;
  /** Served in the place of the file whatever the client accepts. */
  readonly always: boolean;
}

/** Identity is acceptable unless refused, but comes behind everything that the client took the trouble to list. */
const IMPLIED = 0.5;

/** The weight of what the client has no say in: none is higher. */
const FORCED = 1000;

export const IDENTITY_ONLY: Acceptance = { identity: IMPLIED, br: 0, gzip: 0, zstd: 0 };

/** `( codings [ weight ] )` of RFC 9110 12.5.3, 12.4.2. */
const MEMBER = new RegExp(`^[\\t ]*(${TOKEN})[\\t ]*(?:;[\\t ]*[qQ]=(0(?:\\.\\d{0,3})?|1(?:\\.0{0,3})?)[\\t ]*)?$`);

/** A member that is malformed says nothing. */
export function parseAcceptEncoding(field: string | undefined): Acceptance {
  // RFC 9110 would allow any coding without the field; a client that does not speak of codings may not know them.
  if (field === undefined) {
    return IDENTITY_ONLY;
  }
  const weights = new Map<string, number>();
  for (const text of field.split(',')) {
    const [, coding, weight = '1'] = MEMBER.exec(text) ?? [];
    if (coding !== undefined) {
      weights.set(canonicalCoding(coding), Math.round(Number(weight) * 1000));
    }
  }
  const others = weights.get('*');
  return {
    identity: weights.get('identity') ?? others ?? IMPLIED,
    br: weights.get('br') ?? others ?? 0,
    gzip: weights.get('gzip') ?? others ?? 0,
    zstd: weights.get('zstd') ?? others ?? 0,
  };
}

/** The acceptable one of the highest weight, the earliest among equals; undefined when none is acceptable. */
export function chooseEncoded<T extends Encoded>(representations: readonly T[], acceptance: Acceptance): T | undefined {
  let chosen: T | undefined;
  let weight = 0;
  for (const representation of representations) {
    const own = representation.isForced ? FORCED : acceptance[representation.coding];
    if (own > weight) {
      chosen = representation;
      weight = own;
    }
  }
  return chosen;
}

/** Remembers what the few values that clients send mean. */
export class AcceptanceMemory {
  readonly #known = new Map<string, Acceptance>();

  recall(field: string | undefined): Acceptance {
    if (field === undefined) {
      return IDENTITY_ONLY;
    }
    return this.#known.get(field) ?? this.#learn(field);
  }

  #learn(field: string): Acceptance {
    const acceptance = parseAcceptEncoding(field);
    if (field.length > STATIC_LIMITS.acceptEncodingCharsMax) {
      return acceptance;
    }
    if (this.#known.size >= STATIC_LIMITS.acceptEncodingsMax) {
      this.#known.clear();
    }
    this.#known.set(field, acceptance);
    return acceptance;
  }
}

/** RFC 9110 8.4.1.3: x-gzip is gzip. */
function canonicalCoding(coding: string): string {
  const lower = coding.toLowerCase();
  return lower === 'x-gzip' ? 'gzip' : lower;
}
