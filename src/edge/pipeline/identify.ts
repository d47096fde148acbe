/** Finds out who asks (the connection's peer, or the client that a trusted peer names), and the id of the request. */

import type { Client, Origin } from '../../protocol/http/exchange.ts';
import type { FieldBlock } from '../../protocol/http/fields.ts';
import type { CountedLog } from '../counted-log.ts';
import type { Disbelief } from '../disbelief.ts';
import type { ForwardedClient, ForwardedReader } from '../forwarded.ts';
import type { RequestIds } from '../request-id.ts';
import { acceptableId } from '../request-id.ts';
import type { Requester } from '../transport/http1-exchange.ts';
import type { PeerOrigins } from './origins.ts';

/** What is known of a connection before its first request. */
export interface Peer {
  readonly client: Client;
  readonly origins: PeerOrigins;
  readonly isTrusted: boolean;
}

export interface IdentifierParts {
  readonly reader: ForwardedReader;
  readonly ids: RequestIds;
  readonly disbelief: Disbelief;
  /** Faults in fields of trusted peers. */
  readonly faults: CountedLog;
}

const REASONS = {
  malformed: 'Forwarded breaks the grammar of RFC 7239 or says something twice, so nothing of it is believed',
  contradictory:
    'X-Forwarded-Proto and its relatives say http and https at once: answered with 400. Have the proxy set X-Forwarded-Proto, not add to it, and pass on no other one',
} as const;

/** Identifies the requests of a thread. One for each thread. */
export class Identifier {
  readonly #reader: ForwardedReader;
  readonly #ids: RequestIds;
  readonly #disbelief: Disbelief;
  readonly #faults: CountedLog;

  constructor({ reader, ids, disbelief, faults }: IdentifierParts) {
    this.#reader = reader;
    this.#ids = ids;
    this.#disbelief = disbelief;
    this.#faults = faults;
  }

  identify(peer: Peer, block: FieldBlock): Requester {
    const { client, origins, isTrusted } = peer;
    if (isTrusted && block.hasProxyFields) {
      const said = this.#reader.read(block);
      if (said.fault !== undefined) {
        this.#faults.tell(client.address, REASONS[said.fault]);
      } else if (said.address === undefined) {
        this.#disbelief.tellUnread(client.address, block, said);
      }
      return {
        client: said.address === undefined ? client : { address: said.address, port: said.port },
        origin: originSaid(origins, said),
        requestId: idSaid(block) ?? this.#ids.next(),
      };
    }
    if (block.hasProxyFields && this.#disbelief.mayTell(client.address)) {
      this.#disbelief.tell(client.address, origins.untrusted.scheme, this.#reader.read(block));
    }
    return { client, origin: isTrusted ? origins.trusted : origins.untrusted, requestId: this.#ids.next() };
  }
}

/** Most proxies give no id, and then no list is made. */
function idSaid(block: FieldBlock): string | undefined {
  return block.get('x-request-id') === undefined ? undefined : acceptableId(block.getAll('x-request-id'));
}

function originSaid(origins: PeerOrigins, { scheme, fault }: ForwardedClient): Origin {
  switch (fault) {
    case 'malformed':
      // The fields are believed in nothing, so the application is not to believe them either.
      return origins.untrusted;
    case 'contradictory':
      return origins.contradictory;
    case undefined:
      break;
  }
  switch (scheme) {
    case 'http':
      return origins.trustedPlain;
    case 'https':
      return origins.trustedSecure;
    case undefined:
      return origins.trusted;
  }
}
