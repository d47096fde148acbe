/** Who asks: the connection's peer, or whom a trusted peer names, and by what id the request is known. */

import type { Client, Origin } from '../../protocol/http/exchange.ts';
import type { FieldBlock } from '../../protocol/http1/types.ts';
import type { TrustedPeers } from '../forwarded.ts';
import { readForwarded } from '../forwarded.ts';
import type { RequestIds } from '../request-id.ts';
import { isAcceptableId } from '../request-id.ts';
import type { Requester } from '../transport/http1-exchange.ts';
import type { PeerOrigins } from './origins.ts';

/** What is known of a connection before its first request. */
export interface Peer {
  readonly client: Client;
  readonly origins: PeerOrigins;
  readonly isTrusted: boolean;
}

export function identify(peer: Peer, block: FieldBlock, trusted: TrustedPeers, ids: RequestIds): Requester {
  const { client, origins } = peer;
  if (!peer.isTrusted) {
    return { client, origin: origins.untrusted, requestId: ids.next() };
  }
  const said = readForwarded(block, trusted);
  const id = block.get('x-request-id');
  return {
    client: said.address === undefined ? client : { address: said.address, port: said.port },
    origin: originSaid(origins, said.scheme),
    requestId: isAcceptableId(id) ? id : ids.next(),
  };
}

function originSaid(origins: PeerOrigins, scheme: Origin['scheme'] | undefined): Origin {
  switch (scheme) {
    case 'http':
      return origins.trustedPlain;
    case 'https':
      return origins.trustedSecure;
    case undefined:
      return origins.trusted;
  }
}
