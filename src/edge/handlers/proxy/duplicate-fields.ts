/** Fields of which a response may have one: of several the first counts, as with nginx, so that nobody behind can take another one for it. */

import type { Field } from '../../../protocol/http/fields.ts';
import { escapeLog } from '../../access-log/line.ts';

const SINGLE: ReadonlySet<string> = new Set([
  'content-type',
  'date',
  'etag',
  'expires',
  'last-modified',
  'location',
  'refresh',
  'server',
  'status',
  'x-accel-expires',
  'x-accel-limit-rate',
  'x-accel-redirect',
]);

/** `say`: told of each that is left away, for the error log. The same list if there is none. */
export function withoutDuplicates(fields: readonly Field[], say: (text: string) => void): readonly Field[] {
  let seen: Map<string, Field> | undefined;
  let kept: Field[] | undefined;
  for (const [index, field] of fields.entries()) {
    const isSingle = SINGLE.has(field.lower);
    const before = isSingle ? seen?.get(field.lower) : undefined;
    if (before !== undefined) {
      say(`upstream sent duplicate header line: "${lineOf(field)}", previous value: "${lineOf(before)}", ignored`);
      kept ??= fields.slice(0, index);
      continue;
    }
    if (isSingle) {
      seen ??= new Map();
      seen.set(field.lower, field);
    }
    kept?.push(field);
  }
  return kept ?? fields;
}

function lineOf({ name, value }: Field): string {
  return escapeLog(`${name}: ${value}`);
}
