/**
 * Heads as bytes (RFC 9112 2.1). A name or value that would end its line early is a bug of the caller, who has checked what came
 * from outside, and throws: a head is never sent with a line in it that nobody meant.
 */

import { isFieldValue, isToken } from '../http/grammar.ts';
import { reasonPhrase } from '../http/reason-phrases.ts';
import type { Field } from './types.ts';

export type RenderedField = Pick<Field, 'name' | 'value'>;

/** Sent as it is: `target` and `method` are those of a parsed request, or made by us. A target may have bytes above ASCII, as lenient readers take them. */
export function renderRequestHead(
  method: string,
  target: string,
  fields: readonly RenderedField[],
  minor: 0 | 1 = 1,
): string {
  if (!isToken(method) || !/^[\x21-\x7e\x80-\xff]+$/.test(target)) {
    throw new TypeError('not a request line');
  }
  return `${method} ${target} HTTP/1.${minor}\r\n${renderFields(fields)}\r\n`;
}

/** `reason` undefined takes the registered phrase. Always HTTP/1.1, to 1.0 clients too (RFC 9110 2.5). */
export function renderResponseHead(
  status: number,
  reason: string | undefined,
  fields: readonly RenderedField[],
): string {
  const phrase = reason ?? reasonPhrase(status);
  if (!Number.isInteger(status) || status < 100 || status > 999 || !isFieldValue(phrase)) {
    throw new TypeError('not a status line');
  }
  return `HTTP/1.1 ${status} ${phrase}\r\n${renderFields(fields)}\r\n`;
}

/** Field lines, each ended by CRLF. */
export function renderFields(fields: readonly RenderedField[]): string {
  let text = '';
  for (const { name, value } of fields) {
    if (!isToken(name) || !isFieldValue(value)) {
      throw new TypeError('not a field');
    }
    text += `${name}: ${value}\r\n`;
  }
  return text;
}
