/**
 * The scheme that a client used with its proxy, from the fields by which proxies tell it. A proxy that sets one of these fields hands the others on, and a
 * field to which a proxy adds still has the client's value in it. So all of them have to agree, as in gunicorn.
 */

import type { FieldBlock } from '../../protocol/http/fields.ts';
import { trimSpaces } from '../../protocol/http/grammar.ts';

export type Scheme = 'http' | 'https';

const NAMES: ReadonlyMap<string, Scheme> = new Map([
  ['http', 'http'],
  ['https', 'https'],
  ['ssl', 'https'],
  ['ws', 'http'],
  ['wss', 'https'],
]);
const SWITCH: ReadonlyMap<string, Scheme> = new Map([
  ['on', 'https'],
  ['off', 'http'],
]);

interface SchemeField {
  readonly words: ReadonlyMap<string, Scheme>;
  /** The scheme is taken from this field. The other fields may not contradict it, because an application might look at them. */
  readonly isRead: boolean;
}

const FIELDS: ReadonlyMap<string, SchemeField> = new Map([
  ['x-forwarded-proto', { words: NAMES, isRead: true }],
  ['x-forwarded-protocol', { words: NAMES, isRead: true }],
  ['x-forwarded-ssl', { words: SWITCH, isRead: true }],
  ['x-forwarded-scheme', { words: NAMES, isRead: false }],
  ['x-scheme', { words: NAMES, isRead: false }],
  ['x-url-scheme', { words: NAMES, isRead: false }],
  ['front-end-https', { words: SWITCH, isRead: false }],
]);

/** Undefined: the fields say nothing that is understood. */
export function readScheme(block: FieldBlock): Scheme | 'contradictory' | undefined {
  let first: Scheme | 'unknown' | undefined;
  let isRead = false;
  for (const { lower, value } of block.fields) {
    const field = FIELDS.get(lower);
    if (field === undefined) {
      continue;
    }
    for (const element of value.split(',')) {
      const text = trimSpaces(element).toLowerCase();
      if (text === '') {
        continue;
      }
      const said = field.words.get(text) ?? 'unknown';
      first ??= said;
      if (said !== first) {
        return 'contradictory';
      }
      isRead ||= field.isRead;
    }
  }
  return isRead && first !== 'unknown' ? first : undefined;
}

/** One scheme by its name. */
export function toScheme(text: string | undefined): Scheme | undefined {
  return text === undefined ? undefined : NAMES.get(text.toLowerCase());
}
