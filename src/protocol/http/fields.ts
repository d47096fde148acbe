/** Fields of messages, as every version of HTTP has them (RFC 9110 5, 6.3). */

/** One field line. Immutable. */
export interface Field {
  /** As received, or as it is to be sent. */
  readonly name: string;
  readonly lower: string;
  /** latin-1: each character is one byte. Without whitespace around it. */
  readonly value: string;
}

/**
 * The field section of a request. Immutable. A connection that repeats its field section gets the same object again (unless it is very long), so whoever derives
 * something from it may key a WeakMap by it.
 */
export interface FieldBlock {
  readonly fields: readonly Field[];
  /** The first value of the field. */
  get(lower: string): string | undefined;
  /** Every value of the field, in order of arrival. */
  getAll(lower: string): readonly string[];
  /** It has fields that only a trusted proxy may send: X-Forwarded-* and the like, Forwarded, X-Request-ID. */
  readonly hasProxyFields: boolean;
  /** It has fields of condition-fields.ts. */
  readonly hasConditions: boolean;
}
