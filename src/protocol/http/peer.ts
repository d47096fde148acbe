/** Whoever has connected, before anything that it says is believed. */

import type { Client, Origin } from './origin.ts';

/** What the listener looks like to applications, by how far its peer is believed. */
export interface PeerOrigins {
  readonly untrusted: Origin;
  readonly trusted: Origin;
  /** A trusted proxy said http, or https. */
  readonly trustedPlain: Origin;
  readonly trustedSecure: Origin;
  /** A trusted proxy said both. */
  readonly contradictory: Origin;
}

/** Addresses of peers that are believed. */
export interface PeerList {
  has(address: string): boolean;
}

/** One for each connection. */
export class Peer {
  readonly client: Client;
  readonly origins: PeerOrigins;
  #asked: PeerList | undefined;
  #isOnIt = false;

  constructor(client: Client, origins: PeerOrigins) {
    this.client = client;
    this.origins = origins;
  }

  /** To look an address up costs about as much as all else that is found out about a request, so the last answer is kept. */
  isOn(list: PeerList): boolean {
    if (list !== this.#asked) {
      this.#asked = list;
      this.#isOnIt = list.has(this.client.address);
    }
    return this.#isOnIt;
  }
}
