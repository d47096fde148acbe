/**
 * A path as locations are compared with it: without `.` and `..` (RFC 3986 5.2.4), and with runs of slashes merged into one unless the site says otherwise. Escapes
 * were decoded before, so `%2e%2e%2f` is as good as `../`.
 */

const SUSPICIOUS = /\/[./]|^[^/]/;

/** Undefined: the path leads out of the root, or does not begin with a slash. */
export function normalizePath(decoded: string, mergesSlashes: boolean): string | undefined {
  if (!SUSPICIOUS.test(decoded)) {
    return decoded === '' ? undefined : decoded;
  }
  if (!decoded.startsWith('/')) {
    return undefined;
  }
  const kept: string[] = [];
  const segments = decoded.split('/').slice(1);
  const last = segments.length - 1;
  for (const [index, segment] of segments.entries()) {
    if (segment === '..') {
      if (kept.pop() === undefined) {
        return undefined;
      }
    } else if (segment !== '.' && (segment !== '' || index === last || !mergesSlashes)) {
      kept.push(segment);
    }
    if (index === last && (segment === '.' || segment === '..')) {
      kept.push('');
    }
  }
  return `/${kept.join('/')}`;
}
