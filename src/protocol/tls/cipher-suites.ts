/**
 * The numbers of cipher suites in IANA's registry, by OpenSSL's names, which is what a connection tells: all that Node.js offers
 * without pre-shared keys or passwords.
 */

const CIPHER_SUITES: ReadonlyMap<string, number> = new Map([
  ['AES128-SHA', 0x002f],
  ['DHE-RSA-AES128-SHA', 0x0033],
  ['AES256-SHA', 0x0035],
  ['DHE-RSA-AES256-SHA', 0x0039],
  ['AES128-SHA256', 0x003c],
  ['AES256-SHA256', 0x003d],
  ['DHE-RSA-AES128-SHA256', 0x0067],
  ['DHE-RSA-AES256-SHA256', 0x006b],
  ['AES128-GCM-SHA256', 0x009c],
  ['AES256-GCM-SHA384', 0x009d],
  ['DHE-RSA-AES128-GCM-SHA256', 0x009e],
  ['DHE-RSA-AES256-GCM-SHA384', 0x009f],
  ['TLS_AES_128_GCM_SHA256', 0x1301],
  ['TLS_AES_256_GCM_SHA384', 0x1302],
  ['TLS_CHACHA20_POLY1305_SHA256', 0x1303],
  ['TLS_AES_128_CCM_SHA256', 0x1304],
  ['TLS_AES_128_CCM_8_SHA256', 0x1305],
  ['ECDHE-ECDSA-AES128-SHA', 0xc009],
  ['ECDHE-ECDSA-AES256-SHA', 0xc00a],
  ['ECDHE-RSA-AES128-SHA', 0xc013],
  ['ECDHE-RSA-AES256-SHA', 0xc014],
  ['ECDHE-ECDSA-AES128-SHA256', 0xc023],
  ['ECDHE-ECDSA-AES256-SHA384', 0xc024],
  ['ECDHE-RSA-AES128-SHA256', 0xc027],
  ['ECDHE-RSA-AES256-SHA384', 0xc028],
  ['ECDHE-ECDSA-AES128-GCM-SHA256', 0xc02b],
  ['ECDHE-ECDSA-AES256-GCM-SHA384', 0xc02c],
  ['ECDHE-RSA-AES128-GCM-SHA256', 0xc02f],
  ['ECDHE-RSA-AES256-GCM-SHA384', 0xc030],
  ['ECDHE-RSA-CHACHA20-POLY1305', 0xcca8],
  ['ECDHE-ECDSA-CHACHA20-POLY1305', 0xcca9],
  ['DHE-RSA-CHACHA20-POLY1305', 0xccaa],
]);

const NAMES: ReadonlyMap<number, string> = new Map([...CIPHER_SUITES].map(([name, number]) => [number, name]));

const VERSIONS: ReadonlyMap<string, number> = new Map([
  ['TLSv1', 0x0301],
  ['TLSv1.1', 0x0302],
  ['TLSv1.2', 0x0303],
  ['TLSv1.3', 0x0304],
]);

export function cipherSuiteNumber(name: string): number | undefined {
  return CIPHER_SUITES.get(name);
}

/** As OpenSSL names it; one that is not known here is its number: `0x0a0a`. */
export function cipherSuiteName(number: number): string {
  return NAMES.get(number) ?? `0x${number.toString(16).padStart(4, '0')}`;
}

/** The number of a protocol version on the wire (RFC 8446 4.2.1). */
export function tlsVersionNumber(name: string): number | undefined {
  return VERSIONS.get(name);
}
