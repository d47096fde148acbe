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
