/**
 * Who the client is, when a proxy in front says so. Believed only from peers of --forwarded-allow-ips: anyone else could claim to
 * be anybody. Of a chain of addresses the rightmost that is not such a peer itself is the client (RFC 7239 5.2, 7.4; nginx real_ip_recursive).
 */

import { BlockList, isIP } from 'node:net';
import type { FieldBlock } from '../protocol/http1/types.ts';

/** Peers that may say who the client is: IP addresses, networks in CIDR form, `*` for all. A Unix socket's peer is one always. */
export class TrustedPeers {
  readonly #list = new BlockList();
  readonly #all: boolean;

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

  has(address: string): boolean {
    return (
      this.#all ||
      address === '' ||
      (isIP(address) !== 0 && this.#list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4'))
    );
  }
}

export interface ForwardedClient {
  readonly address: string | undefined;
  readonly port: string;
  readonly scheme: 'http' | 'https' | undefined;
}

const NOTHING: ForwardedClient = { address: undefined, port: '', scheme: undefined };
const known = new WeakMap<FieldBlock, ForwardedClient>();

/** What the fields of a trusted peer say. `Forwarded` rules if it is there, for it is the standard's. */
export function readForwarded(block: FieldBlock, peers: TrustedPeers): ForwardedClient {
  const before = known.get(block);
  if (before !== undefined) {
    return before;
  }
  const forwarded = joined(block, 'forwarded');
  const found = forwarded === '' ? readXForwarded(block, peers) : readStandard(forwarded, peers);
  known.set(block, found);
  return found;
}

function joined(block: FieldBlock, lower: string): string {
  return block.fields
    .filter((field) => field.lower === lower)
    .map((field) => field.value)
    .join(',');
}

function readXForwarded(block: FieldBlock, peers: TrustedPeers): ForwardedClient {
  const chain = joined(block, 'x-forwarded-for');
  const scheme =
    toScheme(joined(block, 'x-forwarded-proto').split(',').at(-1)) ??
    toScheme(block.get('x-forwarded-protocol')) ??
    (block.get('x-forwarded-ssl') === 'on' ? 'https' : undefined);
  if (chain === '') {
    return scheme === undefined ? NOTHING : { address: undefined, port: '', scheme };
  }
  return { ...clientOf(chain.split(','), peers), scheme };
}

function readStandard(value: string, peers: TrustedPeers): ForwardedClient {
  const hops = value.split(',').map((hop) => new Map(hop.split(';').map((pair) => splitPair(pair))));
  return {
    ...clientOf(
      hops.map((hop) => hop.get('for') ?? ''),
      peers,
    ),
    scheme: toScheme(hops.at(-1)?.get('proto')),
  };
}

function splitPair(pair: string): [string, string] {
  const at = pair.indexOf('=');
  const value = pair.slice(at + 1).trim();
  return [pair.slice(0, at).trim().toLowerCase(), value.startsWith('"') ? value.slice(1, -1) : value];
}

function clientOf(hops: readonly string[], peers: TrustedPeers): { address: string | undefined; port: string } {
  let client: { address: string; port: string } | undefined;
  for (const hop of hops.toReversed()) {
    const node = readNode(hop.trim());
    if (node === undefined) {
      break;
    }
    client = node;
    if (!peers.has(node.address)) {
      break;
    }
  }
  return client ?? { address: undefined, port: '' };
}

/** `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]:80`; undefined for anything else (`unknown`, `_hidden`). */
function readNode(text: string): { address: string; port: string } | undefined {
  if (isIP(text) !== 0) {
    return { address: text, port: '' };
  }
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([0-9.]+))(?::([0-9]{1,5}))?$/.exec(text);
  const address = match?.[1] ?? match?.[2] ?? '';
  return isIP(address) === 0 ? undefined : { address, port: match?.[3] ?? '' };
}

function toScheme(text: string | undefined): 'http' | 'https' | undefined {
  const lower = text?.trim().toLowerCase();
  return lower === 'https' || lower === 'ssl' || lower === 'wss'
    ? 'https'
    : lower === 'http' || lower === 'ws'
      ? 'http'
      : undefined;
}
