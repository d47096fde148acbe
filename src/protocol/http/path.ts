/**
 * The path of a request: its escapes are decoded here and nowhere else, once, and it is brought into the form in which locations are compared with it. Each character of
 * a decoded path is one byte (latin-1), as PEP 3333 wants PATH_INFO.
 */

/** Percent-decoding (RFC 3986 2.1). Undefined if an escape is malformed or stands for NUL, which no path has: refused, as nginx does. */
export function decodePath(raw: string): string | undefined {
  if (raw.indexOf('%') === -1) {
    return raw;
  }
  let bad = false;
  const decoded = raw.replace(/%(..?)?/gs, (_, digits: string | undefined) => {
    if (digits === undefined || !/^[0-9A-Fa-f]{2}$/.test(digits) || digits === '00') {
      bad = true;
      return '';
    }
    return String.fromCharCode(Number.parseInt(digits, 16));
  });
  return bad ? undefined : decoded;
}

/**
 * Without `.` and `..` (RFC 3986 5.2.4), and with runs of slashes merged into one unless the site says otherwise. Escapes were decoded before, so `%2e%2e%2f` is as good
 * as `../`. Undefined: the path leads out of the root, or does not begin with a slash.
 */
export function normalizePath(decoded: string, mergesSlashes: boolean): string | undefined {
  if (!decoded.startsWith('/')) {
    return undefined;
  }
  // Looking for two texts takes a third of what a regex does.
  if (!decoded.includes('/.') && !decoded.includes('//')) {
    return decoded;
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

/** What is left of a path below the one at which something is mounted: '', or it begins with a slash. Undefined: the path is not below it. */
export function pathBelow(path: string, mount: string): string | undefined {
  const rest = path.startsWith(mount) ? path.slice(mount.length) : undefined;
  return rest === undefined || rest === '' || rest.startsWith('/') ? rest : undefined;
}
