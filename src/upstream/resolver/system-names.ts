/**
 * Names that the system looks up (hosts file, name servers of resolv.conf): those of servers without `resolve`, once at the start. A look-up blocks a thread of the
 * pool that files are read with too, for ten seconds and more where no name server answers: so only a few go on at a time.
 */

import type { LookupAddress } from 'node:dns';

/** Of four threads in the pool. */
const AT_ONCE = 2;

/** Addresses, those of IPv4 first, or why there are none: `ENOTFOUND`. */
export type FoundAddresses = readonly string[] | { readonly code: string };

export type SystemLookup = (name: string) => Promise<FoundAddresses>;

let running = 0;
const waiting: (() => void)[] = [];

export async function systemLookup(name: string): Promise<FoundAddresses> {
  while (running >= AT_ONCE) {
    await new Promise<void>((resolve) => waiting.push(resolve));
  }
  running += 1;
  try {
    return await lookup(name);
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

function lookup(name: string): Promise<FoundAddresses> {
  const dns = process.getBuiltinModule('node:dns');
  return new Promise((resolve) => {
    dns.lookup(name, { all: true, order: 'ipv4first', hints: dns.ADDRCONFIG }, (error, found: LookupAddress[]) => {
      resolve(
        error === null ? [...new Set(found.map(({ address }) => address))] : { code: error.code ?? error.message },
      );
    });
  });
}
