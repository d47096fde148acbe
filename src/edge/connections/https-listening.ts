/** What becomes of a client's connection to an address of HTTP whose handshake was made. */

import type { Socket } from 'node:net';
import type { Client, TlsFacts } from '../../protocol/http/exchange.ts';
import { Peer } from '../../protocol/http/peer.ts';
import type { PeerTls } from '../../protocol/http/peer-tls.ts';
import type { ProxyHeader } from '../../protocol/proxy-protocol/header.ts';
import { takeTls } from '../../relay/sockets/direct-tls-socket.ts';
import { failSocket, guardSocket } from '../../relay/sockets/guarded-socket.ts';
import { carrierOf } from '../../relay/sockets/node-internals.ts';
import type { ListenerOrigins } from '../pipeline/origins.ts';
import type { TlsListening } from '../tls/tls-acceptor.ts';
import type { TlsStream } from '../tls/tls-stream.ts';
import type { ConnectionServices, HandshakeSites } from '../transport/connection-services.ts';
import type { Http1Connection } from '../transport/http1-connection.ts';
import type { ReadBuffers } from './fair-reading.ts';
import { readFairly } from './fair-reading.ts';

/** One for all connections to the address. */
export interface HttpsAddress {
  readonly services: ConnectionServices;
  readonly origins: ListenerOrigins;
  readonly buffers: ReadBuffers;
  /** The connection is in the table then. */
  connect(socket: Socket, peer: Peer): Http1Connection;
}

export class HttpsListening implements TlsListening {
  readonly #address: HttpsAddress;
  readonly #client: Client;
  readonly #header: ProxyHeader | undefined;

  /** `header`: what stood before the handshake. */
  constructor(address: HttpsAddress, client: Client, header: ProxyHeader | undefined) {
    this.#address = address;
    this.#client = client;
    this.#header = header;
  }

  get sites(): HandshakeSites | undefined {
    return this.#address.services.pipeline.handshakes;
  }

  get patience(): TlsListening['patience'] {
    const { services } = this.#address;
    // Where the address is served no more, the connection itself knows how long a request may still come.
    return services.isClosing ? undefined : { services, firstByteMs: services.rules.firstByteMs };
  }

  onSecured(socket: TlsStream, { facts, tls, first }: Parameters<TlsListening['onSecured']>[1]): void {
    const { buffers, services } = this.#address;
    const connection = this.#connect(socket, facts, tls);
    const receive = readFairly(socket, buffers, services.monotonicMs, (buffer, length) =>
      connection.onBytes(buffer, length),
    );
    if (!takeTls(socket, buffers.usual, { owner: connection, receive })) {
      socket.on('data', (bytes: Buffer) => connection.onBytes(bytes, bytes.length));
    }
    if (first !== undefined) {
      try {
        connection.onBytes(first, first.length);
      } catch (error) {
        failSocket(socket, connection, error);
      }
    }
  }

  onPlain(carrier: Socket, tls: PeerTls): void {
    const connection = this.#connect(carrier, undefined, tls);
    guardSocket(carrier, connection);
    carrier.on('data', (bytes: Buffer) => connection.onBytes(bytes, bytes.length)).resume();
  }

  #connect(socket: Socket, facts: TlsFacts | undefined, tls: PeerTls): Http1Connection {
    const { origins } = this.#address;
    const peer = new Peer(this.#client, origins.of(facts), carrierOf(socket) ?? socket, tls);
    peer.proxyHeader = this.#header;
    return this.#address.connect(socket, peer);
  }
}
