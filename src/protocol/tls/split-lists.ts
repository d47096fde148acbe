const LIST = /-----BEGIN X509 CRL-----[^-]+-----END X509 CRL-----/g;

/** Lists of revoked certificates in PEM, of each authority its own: Node.js reads but the first of a text. */
export function splitLists(text: string): string[] {
  return text.match(LIST) ?? [text];
}
