/**
 * gzip_proxied: whether the answer to a request that came through a proxy (it has Via) may be compressed. A proxy that does not know Vary would give it to clients
 * that cannot read it, so each word says for which answers a proxy keeps none. The order of the questions is nginx's.
 */

import { splitList } from '../../../protocol/http/list.ts';
import type { ResponseFields } from '../../../protocol/http/response-fields.ts';
import { parseHttpDate } from '../../handlers/static/dates.ts';

export type ProxiedRule = (fields: ResponseFields, hasAuthorization: boolean, nowMs: number) => boolean;

export function compileProxiedRule(words: readonly string[]): ProxiedRule {
  const has = new Set(words);
  if (has.size === 0 || has.has('off')) {
    return () => false;
  }
  if (has.has('any')) {
    return () => true;
  }
  return (fields, hasAuthorization, nowMs) => {
    if (hasAuthorization && has.has('auth')) {
      return true;
    }
    const expires = fields.get('expires');
    if (expires !== undefined) {
      return has.has('expired') && isExpired(expires, fields.get('date'), nowMs);
    }
    const control = fields.getAll('cache-control');
    if (control.length > 0) {
      return CACHE_WORDS.some((word) => has.has(word) && namesDirective(control, word));
    }
    return !(has.has('no_last_modified') && fields.has('last-modified')) && !(has.has('no_etag') && fields.has('etag'));
  };
}

const CACHE_WORDS = ['no-cache', 'no-store', 'private'];

function namesDirective(values: readonly string[], directive: string): boolean {
  return splitList(values).some((member) => member.split('=', 1)[0]?.toLowerCase() === directive);
}

function isExpired(expires: string, date: string | undefined, nowMs: number): boolean {
  const end = parseHttpDate(expires, nowMs);
  const now = date === undefined ? Math.floor(nowMs / 1000) : parseHttpDate(date, nowMs);
  return end !== undefined && now !== undefined && end < now;
}
