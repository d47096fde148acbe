/** Statuses because of which the next server may be asked, in the words of `proxy_next_upstream`. */

const CAUSES: Readonly<Record<number, string>> = {
  403: 'http_403',
  404: 'http_404',
  429: 'http_429',
  500: 'http_500',
  502: 'http_502',
  503: 'http_503',
  504: 'http_504',
};

/** Undefined: no policy asks another server because of it. */
export function retryCauseOf(status: number): string | undefined {
  return CAUSES[status];
}

/** RFC 9110 9.2.2 has more methods that may not be sent twice; nginx asks for `non_idempotent` for these. What is unknown may do anything, so it counts among them. */
const IDEMPOTENT: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'PUT',
  'DELETE',
  'PROPFIND',
  'PROPPATCH',
  'MKCOL',
  'COPY',
  'MOVE',
  'UNLOCK',
]);

export function isIdempotent(method: string): boolean {
  return IDEMPOTENT.has(method);
}
