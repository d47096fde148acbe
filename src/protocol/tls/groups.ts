/** Groups of the key exchange (RFC 8446 4.2.7), by the names that OpenSSL and nginx have for their numbers. */

import type { ClientHello } from './client-hello.ts';

const GROUPS: ReadonlyMap<number, string> = new Map([
  [0x0015, 'secp224r1'],
  [0x0017, 'prime256v1'],
  [0x0018, 'secp384r1'],
  [0x0019, 'secp521r1'],
  [0x001a, 'brainpoolP256r1'],
  [0x001b, 'brainpoolP384r1'],
  [0x001c, 'brainpoolP512r1'],
  [0x001d, 'X25519'],
  [0x001e, 'X448'],
  [0x0100, 'ffdhe2048'],
  [0x0101, 'ffdhe3072'],
  [0x0102, 'ffdhe4096'],
  [0x0103, 'ffdhe6144'],
  [0x0104, 'ffdhe8192'],
  [0x0200, 'MLKEM512'],
  [0x0201, 'MLKEM768'],
  [0x0202, 'MLKEM1024'],
  [0x11eb, 'SecP256r1MLKEM768'],
  [0x11ec, 'X25519MLKEM768'],
  [0x11ed, 'SecP384r1MLKEM1024'],
]);
/** What else people call them. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ['p-256', 'prime256v1'],
  ['secp256r1', 'prime256v1'],
  ['p-384', 'secp384r1'],
  ['p-521', 'secp521r1'],
]);

/** What OpenSSL takes where nothing is said. */
const USUAL = 'X25519MLKEM768:X25519:prime256v1:X448:secp384r1:secp521r1:ffdhe2048:ffdhe3072';

/**
 * The group that a handshake has agreed on, as OpenSSL chooses it: one of the server's for which the client has sent its part, else the first of the client's.
 * Node.js has no way to ask OpenSSL. '' where none fits. `curves`: the server's; '' for the usual ones.
 */
export function agreedGroup(hello: Pick<ClientHello, 'groups' | 'keyShares'>, curves: string): string {
  const allowed = new Set(groupNumbers(curves || USUAL));
  const found = [...hello.keyShares, ...hello.groups].find((group) => allowed.has(group));
  return found === undefined ? '' : groupName(found);
}

/** One that nobody knows is its number: `0x8a8a`. */
export function groupName(number: number): string {
  return GROUPS.get(number) ?? `0x${number.toString(16).padStart(4, '0')}`;
}

/** The numbers of a list with colons between its names; those that are not known here are left out. */
export function groupNumbers(list: string): number[] {
  const wanted = list.split(':').map((name) => OTHER_NAMES.get(name.toLowerCase()) ?? name);
  return wanted.flatMap((name) =>
    [...GROUPS].filter(([, known]) => known.toLowerCase() === name.toLowerCase()).map(([number]) => number),
  );
}
