/** Whoever has connected, before anything that it says is believed. */

import type { ProxyHeader } from '../proxy-protocol/header.ts';
import type { FrontRequest } from './front-request.ts';
import type { Client, Origin } from './origin.ts';
import type { PeerTls } from './peer-tls.ts';

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

/** What a socket knows of its own end. */
export interface LocalEnd {
  readonly localAddress?: string | undefined;
}

let lastNumber = 0;

/** Of a connection, from 1 on in each thread: by it lines of logs are told to belong together. */
export function nextConnectionNumber(): number {
  lastNumber += 1;
  return lastNumber;
}

/** One for each connection. */
export class Peer {
  readonly client: Client;
  readonly origins: PeerOrigins;
  readonly number: number = nextConnectionNumber();
  /** What the balancer in front has said of its client, believed or not. Set by whoever has read it. */
  proxyHeader: ProxyHeader | undefined;
  /** Of the one request that the connection brings: what a server in front says that speaks another protocol than HTTP. */
  front: FrontRequest | undefined;
  /** Undefined: nothing is said of TLS where the client has connected to. */
  readonly tls: PeerTls | undefined;
  readonly #socket: LocalEnd;
  #asked: PeerList | undefined;
  #isOnIt = false;

  constructor(client: Client, origins: PeerOrigins, socket: LocalEnd = {}, tls?: PeerTls) {
    this.client = client;
    this.origins = origins;
    this.tls = tls;
    this.#socket = socket;
  }

  /** The address that the client has connected to, which is asked of the system each time; '' on a Unix socket, and once the connection is gone. */
  get localAddress(): string {
    const address = this.#socket.localAddress ?? '';
    return address.startsWith('::ffff:') && address.includes('.') ? address.slice('::ffff:'.length) : address;
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
