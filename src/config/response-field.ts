/** A field that every response is to have, as it is written in a setting: `Name: value` (RFC 9110 5). */

import type { Outcome } from '../kernel/outcome.ts';
import { failure, success } from '../kernel/outcome.ts';
import { TOKEN } from '../kernel/token.ts';
import type { ResponseField } from './serve-options.ts';

const FORM = new RegExp(`^(${TOKEN}):[\\t ]*([\\t\\x20-\\x7e]*?)[\\t ]*$`);
/** They frame the response, or belong to the connection (RFC 9110 7.6.1); and RFC 9110 6.6.1. */
const WRITTEN_BY_SERVER: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

export function parseResponseField(text: string): Outcome<ResponseField> {
  const [, name, value = ''] = FORM.exec(text) ?? [];
  if (name === undefined) {
    return failure(`${JSON.stringify(text)} is not of the form NAME:VALUE`);
  }
  return WRITTEN_BY_SERVER.has(name.toLowerCase())
    ? failure(`${name} is a field that the server writes itself`)
    : success([name, value] as const);
}
