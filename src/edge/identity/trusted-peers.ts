/** Peers that may say who the client is: those of --forwarded-allow-ips, and whoever has connected to a Unix socket. */

import { BlockList, isIP, SocketAddress } from 'node:net';

const MAPPED = '::ffff:';
/** Of addresses looked up before. A front that makes a connection for each request asks of the same few again and again, and to look one up takes ten microseconds. */
const REMEMBERED_MAX = 1024;

export class TrustedPeers {
  readonly #list = new BlockList();
  readonly #all: boolean;
  readonly #remembered = new Map<string, boolean>();

  /** IP addresses, networks in CIDR form, `*` for all. */
  constructor(entries: readonly string[]) {
    this.#all = entries.includes('*');
    for (const entry of entries) {
      const [address = '', bits] = entry.split('/');
      const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
      if (isIP(address) === 0) {
        continue;
      }
      if (bits === undefined) {
        this.#list.addAddress(address, family);
      } else {
        this.#list.addSubnet(address, Number(bits), family);
      }
    }
  }

  /** An IPv4 address that is written as IPv6 (RFC 4291 2.5.5.2) is the same address, in the list and in what is looked up. */
  has(address: string): boolean {
    return this.#all || address === '' || (this.#remembered.get(address) ?? this.#look(address));
  }

  #look(address: string): boolean {
    const family = isIP(address);
    const isTrusted = family !== 0 && this.#list.check(address, family === 6 ? 'ipv6' : 'ipv4');
    if (this.#remembered.size >= REMEMBERED_MAX) {
      this.#remembered.clear();
    }
    if (family !== 0) {
      this.#remembered.set(address, isTrusted);
    }
    return isTrusted;
  }
}

/**
 * An address in the one form that logs, limits and applications compare: IPv4 out of its IPv6 wrapping, IPv6 as RFC 5952 writes it. Undefined for text that is
 * no address, and for an address with a zone, which means something only on the machine that wrote it.
 */
export function canonicalAddress(text: string): string | undefined {
  switch (isIP(text)) {
    case 4:
      return text;
    case 6: {
      if (text.includes('%')) {
        return undefined;
      }
      const { address } = new SocketAddress({ address: text, family: 'ipv6' });
      return address.startsWith(MAPPED) && address.includes('.') ? address.slice(MAPPED.length) : address;
    }
    default:
      return undefined;
  }
}
