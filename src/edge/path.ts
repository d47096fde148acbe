/** Percent-decoding of a request path (RFC 3986 2.1): each character of the result is one byte, as PEP 3333 wants PATH_INFO. */

/** Undefined if an escape is malformed or stands for NUL, which no path has: refused, as nginx does. */
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
