/** What a listener looks like to applications. A listener has several origins: who the peer is and how it is connected decides which of them a request has. */

import type { BoundListener } from '../../protocol/control/edge.ts';
import type { Origin, TlsFacts } from '../../protocol/http/exchange.ts';
import type { ForwardedFamily } from '../../protocol/http/forwarded-fields.ts';
import type { PeerOrigins } from '../../protocol/http/peer.ts';

/** One object for each distinct origin: the parts of heads that are rendered for an origin are remembered by this object. */
export class ListenerOrigins {
  readonly #listener: BoundListener;
  readonly #believed: ForwardedFamily;
  readonly #plain: PeerOrigins;
  readonly #secure = new WeakMap<TlsFacts, PeerOrigins>();

  /** `believed`: which of their fields trusted peers are believed. */
  constructor(listener: BoundListener, believed: ForwardedFamily) {
    this.#listener = listener;
    this.#believed = believed;
    this.#plain = newOrigins(listener, believed, undefined);
  }

  of(tls: TlsFacts | undefined): PeerOrigins {
    if (tls === undefined) {
      return this.#plain;
    }
    const known = this.#secure.get(tls);
    if (known !== undefined) {
      return known;
    }
    const fresh = newOrigins(this.#listener, this.#believed, tls);
    this.#secure.set(tls, fresh);
    return fresh;
  }
}

function newOrigins(
  { kind, address, port }: BoundListener,
  believed: ForwardedFamily,
  tls: TlsFacts | undefined,
): PeerOrigins {
  const scheme = tls === undefined ? 'http' : 'https';
  const isNamed = kind === 'tcp' && address !== '0.0.0.0' && address !== '::';
  const unixPort = tls === undefined ? '80' : '443';
  const untrusted: Origin = {
    scheme,
    name: isNamed ? address : 'localhost',
    port: kind === 'unix' ? unixPort : String(port),
    believed: 'none',
    isContradictory: false,
    tls,
  };
  const trusted: Origin = { ...untrusted, believed };
  return {
    untrusted,
    trusted,
    trustedPlain: scheme === 'http' ? trusted : { ...trusted, scheme: 'http' },
    trustedSecure: scheme === 'https' ? trusted : { ...trusted, scheme: 'https' },
    contradictory: { ...untrusted, isContradictory: true },
  };
}
