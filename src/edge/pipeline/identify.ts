/** Finds out who asks (the connection's peer, or the client that a trusted peer names), and the id of the request. */

import type { Origin } from '../../protocol/http/exchange.ts';
import type { FieldBlock } from '../../protocol/http/fields.ts';
import type { IncomingExchange } from '../../protocol/http/incoming-exchange.ts';
import type { PeerList, PeerOrigins } from '../../protocol/http/peer.ts';
import type { CountedLog } from '../faults/counted-log.ts';
import type { Disbelief } from '../identity/disbelief.ts';
import type { ForwardedClient, ForwardedReader } from '../identity/forwarded.ts';
import type { RequestIds } from '../identity/request-id.ts';
import { acceptableId } from '../identity/request-id.ts';

export interface IdentifierParts {
  /** Undefined: nobody is believed. */
  readonly trusted: PeerList | undefined;
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
  readonly #trusted: PeerList | undefined;
  readonly #reader: ForwardedReader;
  readonly #ids: RequestIds;
  readonly #disbelief: Disbelief;
  readonly #faults: CountedLog;

  constructor({ trusted, reader, ids, disbelief, faults }: IdentifierParts) {
    this.#trusted = trusted;
    this.#reader = reader;
    this.#ids = ids;
    this.#disbelief = disbelief;
    this.#faults = faults;
  }

  identify(exchange: IncomingExchange): void {
    const { peer, block } = exchange;
    const { client, origins } = peer;
    const isTrusted = this.#trusted !== undefined && peer.isOn(this.#trusted);
    if (block.hasProxyFields) {
      if (isTrusted) {
        this.#believe(exchange);
        return;
      }
      if (this.#disbelief.mayTell(client.address)) {
        this.#disbelief.tell(client.address, origins.untrusted.scheme, this.#reader.read(block));
      }
    }
    exchange.origin = isTrusted ? origins.trusted : origins.untrusted;
    exchange.requestId = this.#ids.next();
  }

  #believe(exchange: IncomingExchange): void {
    const { peer, block } = exchange;
    const { client, origins } = peer;
    const said = this.#reader.read(block);
    if (said.fault !== undefined) {
      this.#faults.tell(client.address, REASONS[said.fault]);
    } else if (said.address === undefined) {
      this.#disbelief.tellUnread(client.address, block, said);
    }
    if (said.address !== undefined) {
      exchange.client = { address: said.address, port: said.port };
    }
    exchange.origin = originSaid(origins, said);
    exchange.requestId = idSaid(block) ?? this.#ids.next();
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
