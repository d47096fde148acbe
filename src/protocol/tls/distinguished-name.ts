/**
 * Names in certificates as RFC 4514 writes them, `CN=web,O=Example`, from what X509Certificate gives: a line for each relative
 * name in the order of the certificate, with the values escaped already, the parts of one of several joined by ` + `. Of an empty name
 * it gives undefined.
 */
export function renderDistinguishedName(lines: string | undefined): string {
  return (lines ?? '').split('\n').filter(Boolean).map(renderRelativeName).reverse().join(',');
}

/** A plus sign within a value has a backslash before it. */
function renderRelativeName(line: string): string {
  return line.split(' + ').join('+');
}

/** The same, as OpenSSL's older function writes it: `/O=Example/CN=web`, and what is no printable ASCII as `\xC3`. */
export function renderOneLineName(lines: string): string {
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `/${escapeOneLine(readEscapes(line))}`)
    .join('');
}

/** Escapes of RFC 2253: a backslash before a character, or before two digits of a byte. */
function readEscapes(line: string): string {
  return line.replace(/\\([\dA-Fa-f]{2}|.)/g, (_, escaped: string) =>
    escaped.length === 2 ? String.fromCharCode(Number.parseInt(escaped, 16)) : escaped,
  );
}

function escapeOneLine(text: string): string {
  return text.replace(/[^ -~]+/gu, (found) =>
    Array.from(Buffer.from(found), (byte) => `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}
