/** Who asks: the connection's peer, or whom a trusted peer names, and by what id the request is known. */

import type { Client, Origin } from '../../protocol/http/exchange.ts';
import type { FieldBlock } from '../../protocol/http1/types.ts';
import type { TrustedPeers } from '../forwarded.ts';
import { readForwarded } from '../forwarded.ts';
import type { RequestIds } from '../request-id.ts';
import { isAcceptableId } from '../request-id.ts';
import type { Requester } from '../transport/http1-exchange.ts';

/** The origins of a listener: who the peer is decides which is used. */
export interface ListenerOrigins {
  readonly plain: Origin;
  readonly trusted: Origin;
  /** A trusted proxy said https. */
  readonly trustedSecure: Origin;
}

/** What is known of a connection before its first request. */
export interface Peer {
  readonly client: Client;
  readonly origins: ListenerOrigins;
  readonly isTrusted: boolean;
}

export function identify(peer: Peer, block: FieldBlock, trusted: TrustedPeers, ids: RequestIds): Requester {
  const { client, origins } = peer;
  if (!peer.isTrusted) {
    return { client, origin: origins.plain, requestId: ids.next() };
  }
  const said = readForwarded(block, trusted);
  const id = block.get('x-request-id');
  return {
    client: said.address === undefined ? client : { address: said.address, port: said.port },
    origin: said.scheme === 'https' ? origins.trustedSecure : origins.trusted,
    requestId: isAcceptableId(id) ? id : ids.next(),
  };
}
