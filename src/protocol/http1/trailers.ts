/**
 * Trailers come after everything was decided, so they may not decide anything (RFC 9110 6.5.1). Those that would change the
 * framing or the route of the message are an attack or a broken sender: refused. The others that must not be trailers are
 * dropped, and what is left is for whoever asked for trailers.
 */

import { isProxyField } from '../http/forwarded-fields.ts';
import type { Fault } from './faults.ts';
import { fault } from './faults.ts';
import type { Field } from './types.ts';

const REFUSED: ReadonlySet<string> = new Set(['content-length', 'host', 'transfer-encoding']);

const DROPPED: ReadonlySet<string> = new Set([
  // Authentication. (Fields that say who the client is are those of isProxyField().)
  'authorization',
  'cookie',
  'proxy',
  'proxy-authenticate',
  'proxy-authorization',
  'set-cookie',
  'www-authenticate',
  // The connection.
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'upgrade',
  // Request modifiers and response control.
  'age',
  'cache-control',
  'date',
  'expect',
  'expires',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'location',
  'max-forwards',
  'pragma',
  'range',
  'retry-after',
  'vary',
  'warning',
  // How to process the content.
  'content-encoding',
  'content-range',
  'content-type',
]);

const NONE: readonly Field[] = [];

export function keepTrailers(fields: readonly Field[]): readonly Field[] | Fault {
  for (const field of fields) {
    if (REFUSED.has(field.lower)) {
      return fault('http1.forbidden-trailer', 'a trailer that would change framing or routing', field.lower);
    }
  }
  const kept = fields.filter(({ lower }) => !DROPPED.has(lower) && !isProxyField(lower));
  return kept.length === 0 ? NONE : kept;
}
