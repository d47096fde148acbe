/** Opens TLS connections to servers. They tell of `secureConnect` when the server is trusted, and end with a `TlsFault` where it is not. */

import type { OnReadOpts, Socket, SocketConnectOpts } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { connect } from 'node:tls';
import { GuardedSocket } from '../../relay/sockets/guarded-socket.ts';
import type { SecureDialler } from '../connections/dial.ts';
import { TlsFault } from '../connections/tls-fault.ts';
import type { Peer } from '../peer-choice.ts';
import type { HandshakeRequest, TlsClient } from './tls-client.ts';

export class TlsDialler implements SecureDialler {
  readonly #client: TlsClient;
  readonly #request: Omit<HandshakeRequest, 'peer'>;
  readonly #probes: boolean;

  /** `probes`: SO_KEEPALIVE. */
  constructor(client: TlsClient, request: Omit<HandshakeRequest, 'peer'>, probes: boolean) {
    this.#client = client;
    this.#request = request;
    this.#probes = probes;
  }

  open(where: SocketConnectOpts, reading: OnReadOpts, { name }: Peer): Socket {
    const begun = this.#client.begin({ ...this.#request, peer: name });
    if (!begun.ok) {
      return new GuardedSocket().destroy(new TlsFault(begun.fault));
    }
    const handshake = begun.value;
    // The types leave out some of what Node takes where it makes the socket that carries TLS itself.
    const options: unknown = { ...where, ...handshake.options, allowHalfOpen: true, onread: reading };
    const socket = connect(options as ConnectionOptions);
    socket.once('connect', () => {
      socket.setNoDelay(true);
      if (this.#probes) {
        socket.setKeepAlive(true);
      }
    });
    socket.once('secureConnect', () => {
      const fault = handshake.onSecured(socket);
      if (fault !== undefined) {
        socket.destroy(new TlsFault(fault));
      }
    });
    socket.on('session', (session: Buffer) => handshake.onSession(session));
    return socket;
  }
}
