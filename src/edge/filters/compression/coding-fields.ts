/** What the fields of a response say against a coding, and what they say of it. */

import { splitList } from '../../../protocol/http/list.ts';
import type { ResponseFields } from '../../../protocol/http/response-fields.ts';
import type { Answer } from '../../pipeline/filters/answer.ts';

/** Says of what `Content-Encoding` would change that it is as it left the application (RFC 9530; RFC 3230 before it). */
const DIGESTS = ['content-digest', 'repr-digest', 'digest', 'content-md5'];

/** The application wants its bytes to arrive as they are (RFC 9110 7.7), or has said what they add up to. */
export function forbidsTransforms(fields: ResponseFields): boolean {
  return (
    (fields.has('cache-control') &&
      splitList(fields.getAll('cache-control')).some((directive) => directive.toLowerCase() === 'no-transform')) ||
    DIGESTS.some((name) => fields.has(name))
  );
}

/** `Vary: Accept-Encoding`, unless it says so. */
export function addVary(answer: Answer): void {
  const named = splitList(answer.fields.getAll('vary')).map((name) => name.toLowerCase());
  if (!named.includes('accept-encoding') && !named.includes('*')) {
    answer.fields = answer.fields.with('Vary', 'Accept-Encoding');
  }
}
