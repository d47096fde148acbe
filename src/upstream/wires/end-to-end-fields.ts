/** The fields of a response that concern more than the connection it came on (RFC 9110 7.6.1). Framing is not among them: whoever sends the response on frames it anew. */

import type { Field } from '../../protocol/http/fields.ts';
import { trimSpaces } from '../../protocol/http/grammar.ts';

const OF_THE_HOP: ReadonlySet<string> = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
  'content-length',
]);

const NONE: readonly string[] = [];

/** The same array if all of them are. */
export function endToEndFields(fields: readonly Field[]): readonly Field[] {
  let named = NONE;
  let isMixed = false;
  for (const { lower, value } of fields) {
    isMixed ||= OF_THE_HOP.has(lower);
    if (lower === 'connection') {
      named = named.concat(value.toLowerCase().split(',').map(trimSpaces));
    }
  }
  return isMixed ? fields.filter(({ lower }) => !OF_THE_HOP.has(lower) && !named.includes(lower)) : fields;
}
