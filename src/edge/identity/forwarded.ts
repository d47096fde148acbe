/**
 * What a proxy's fields say of its client: the address, and the scheme. Of the two families (forwarded-fields.ts) one is read, because a proxy that writes one
 * hands the other on as the client has sent it. Each proxy has added its own peer to the end of a chain. So the chain is read from its end, as long as the
 * proxy that wrote an entry is trusted: the client is the last address that was found so (RFC 7239 7.4; nginx `real_ip_recursive`).
 */

import type { FieldBlock } from '../../protocol/http/fields.ts';
import type { ForwardedElement } from '../../protocol/http/forwarded-elements.ts';
import { parseForwarded } from '../../protocol/http/forwarded-elements.ts';
import type { ForwardedFamily } from '../../protocol/http/forwarded-fields.ts';
import { parseForwardedNode } from '../../protocol/http/forwarded-node.ts';
import { trimSpaces } from '../../protocol/http/grammar.ts';
import { EDGE_LIMITS } from '../limits.ts';
import type { Scheme } from './forwarded-scheme.ts';
import { readScheme, toScheme } from './forwarded-scheme.ts';
import type { TrustedPeers } from './trusted-peers.ts';
import { canonicalAddress } from './trusted-peers.ts';

export interface ForwardedClient {
  /** Undefined: the fields name no client. */
  readonly address: string | undefined;
  /** '' if the port is not known. */
  readonly port: string;
  readonly scheme: Scheme | undefined;
  /** `malformed`: nothing of the fields is believed. `contradictory`: they say two things of the scheme. */
  readonly fault: 'malformed' | 'contradictory' | undefined;
}

interface Node {
  readonly address: string | undefined;
  readonly port: string;
}

const NOBODY: Node = { address: undefined, port: '' };
const MALFORMED: ForwardedClient = { ...NOBODY, scheme: undefined, fault: 'malformed' };

export class ForwardedReader {
  readonly family: ForwardedFamily;
  readonly #peers: TrustedPeers;
  /** A proxy's connection repeats its fields: each block is read once. */
  readonly #known = new WeakMap<FieldBlock, ForwardedClient>();

  constructor(family: ForwardedFamily, peers: TrustedPeers) {
    this.family = family;
    this.#peers = peers;
  }

  read(block: FieldBlock): ForwardedClient {
    const before = this.#known.get(block);
    if (before !== undefined) {
      return before;
    }
    const found = this.#readFamily(block);
    this.#known.set(block, found);
    return found;
  }

  #readFamily(block: FieldBlock): ForwardedClient {
    switch (this.family) {
      case 'x-forwarded': {
        const scheme = readScheme(block);
        const client = this.#endOfChain(block.getAll('x-forwarded-for').join(','));
        return scheme === 'contradictory'
          ? { ...client, scheme: undefined, fault: scheme }
          : { ...client, scheme, fault: undefined };
      }
      case 'forwarded': {
        const elements = parseForwarded(block.getAll('forwarded'));
        return elements === undefined ? MALFORMED : this.#readElements(elements);
      }
      case 'none':
        return { ...NOBODY, scheme: undefined, fault: undefined };
    }
  }

  /** `text`: addresses with commas between them. */
  #endOfChain(text: string): Node {
    let client = NOBODY;
    let end = text.length;
    for (let hops = 0; hops < EDGE_LIMITS.forwardedHopsMax && end > 0; hops += 1) {
      const comma = text.lastIndexOf(',', end - 1);
      const node = toNode(trimSpaces(text.slice(comma + 1, end)));
      if (node === undefined) {
        break;
      }
      client = node;
      if (!this.#peers.has(node.address)) {
        break;
      }
      end = comma;
    }
    return client;
  }

  #readElements(elements: readonly ForwardedElement[]): ForwardedClient {
    const nodes = elements.map((element) => readFor(element));
    if (nodes.includes(undefined)) {
      return MALFORMED;
    }
    let client = NOBODY;
    let scheme: Scheme | undefined;
    const last = elements.length - 1;
    for (let at = last; at >= 0 && last - at < EDGE_LIMITS.forwardedHopsMax; at -= 1) {
      // The proxy that wrote this element is trusted. If the element does not tell the scheme, the element behind it has told it.
      scheme = toScheme(elements[at]?.get('proto')) ?? scheme;
      const node = nodes[at];
      if (node?.address === undefined) {
        break;
      }
      client = node;
      if (!this.#peers.has(node.address)) {
        break;
      }
    }
    return { ...client, scheme, fault: undefined };
  }
}

/** Nobody if the element hides or leaves out its client; undefined if its `for` is no node. */
function readFor(element: ForwardedElement): Node | undefined {
  const text = element.get('for');
  if (text === undefined) {
    return NOBODY;
  }
  const node = parseForwardedNode(text);
  if (node === undefined) {
    return undefined;
  }
  if (node.address === '') {
    return NOBODY;
  }
  const address = canonicalAddress(node.address);
  return address === undefined ? undefined : { address, port: node.port };
}

/** An entry of X-Forwarded-For: an address, also IPv6 without brackets; some proxies add a port, or quotes. Undefined for anything else. */
function toNode(text: string): { readonly address: string; readonly port: string } | undefined {
  const bare = canonicalAddress(text);
  if (bare !== undefined) {
    return { address: bare, port: '' };
  }
  const node = parseForwardedNode(/^"(.*)"$/.exec(text)?.[1] ?? text);
  const address = canonicalAddress(node?.address ?? '');
  return address === undefined ? undefined : { address, port: node?.port ?? '' };
}
