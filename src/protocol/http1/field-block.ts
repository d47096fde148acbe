/** A field section and what its fields say together. */

import { trimSpaces } from '../http/grammar.ts';
import type { FieldLine } from './field.ts';
import { ROLE } from './field.ts';
import type { Http1Block } from './types.ts';

const NOTHING: readonly string[] = [];

const CONDITIONS =
  ROLE.ifMatch | ROLE.ifNoneMatch | ROLE.ifModifiedSince | ROLE.ifUnmodifiedSince | ROLE.ifRange | ROLE.range;

export class ParsedBlock implements Http1Block {
  readonly fields: readonly FieldLine[];
  readonly contentLength: number | undefined;
  readonly transferCodings: readonly string[];
  readonly connection: readonly string[];
  readonly host: string | undefined;
  readonly expect: string | undefined;
  readonly upgrade: string | undefined;
  readonly hasProxyFields: boolean;
  readonly hasConditions: boolean;
  /** The roles that more than one line plays. */
  readonly repeatedRoles: number;

  constructor(fields: readonly FieldLine[]) {
    let seen = 0;
    let repeated = 0;
    let contentLength: number | undefined;
    let host: string | undefined;
    let transferCodings = NOTHING;
    let connection = NOTHING;
    let expect: string | undefined;
    let upgrade: string | undefined;
    for (const { role, value, number } of fields) {
      repeated |= seen & role;
      seen |= role;
      switch (role) {
        case ROLE.contentLength:
          contentLength = number;
          break;
        case ROLE.host:
          host ??= value;
          break;
        case ROLE.transferEncoding:
          transferCodings = transferCodings.concat(toList(value));
          break;
        case ROLE.connection:
          connection = connection.concat(toList(value));
          break;
        case ROLE.expect:
          expect = expect === undefined ? value : `${expect}, ${value}`;
          break;
        case ROLE.upgrade:
          upgrade = upgrade === undefined ? value : `${upgrade}, ${value}`;
          break;
      }
    }
    this.fields = fields;
    this.contentLength = contentLength;
    this.transferCodings = transferCodings;
    this.connection = connection;
    this.host = host;
    this.expect = expect;
    this.upgrade = upgrade;
    this.hasProxyFields = (seen & ROLE.proxy) !== 0;
    this.hasConditions = (seen & CONDITIONS) !== 0;
    this.repeatedRoles = repeated;
  }

  get(lower: string): string | undefined {
    for (const field of this.fields) {
      if (field.lower === lower) {
        return field.value;
      }
    }
    return undefined;
  }

  getAll(lower: string): readonly string[] {
    return this.fields.filter((field) => field.lower === lower).map((field) => field.value);
  }
}

/** The elements of a list in lower case. Empty ones stay: bodyFraming() refuses them in Transfer-Encoding, and in Connection they match no option. */
function toList(value: string): string[] {
  return value.toLowerCase().split(',').map(trimSpaces);
}
