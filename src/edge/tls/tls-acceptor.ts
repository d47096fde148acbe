/**
 * TLS for the connections that are given to it, by `node:tls`: 1.2 and 1.3, HTTP/1.1 by ALPN, sessions resumed by tickets that all
 * threads can open. A connection is in the table from the first byte on, so that caps and deadlines hold for handshakes too.
 */

import type { Socket } from 'node:net';
import type { Server, TLSSocket, TlsOptions } from 'node:tls';
import { createServer } from 'node:tls';
import type { TlsSettings } from '../../protocol/control/edge.ts';
import type { TlsFacts } from '../../protocol/http/exchange.ts';
import type { ConnectionTable, TrackedConnection } from '../connection-table.ts';
import { EDGE_LIMITS } from '../limits.ts';
import { carrierOf } from '../node-internals.ts';
import { factsOf } from './tls-facts.ts';

export type OnSecured = (socket: TLSSocket, facts: TlsFacts) => void;

interface AcceptorOptions {
  readonly settings: TlsSettings;
  readonly table: ConnectionTable;
  readonly log: (level: 'info', text: string) => void;
}

/** To a client that speaks HTTP where TLS is spoken; nginx answers it with 400 as well. */
const PLAIN_TEXT = 'This address speaks HTTPS: ask for it with https:// in front.\n';
const PLAIN_ANSWER = `HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: ${PLAIN_TEXT.length}\r\nConnection: close\r\n\r\n${PLAIN_TEXT}`;

export class TlsAcceptor {
  readonly #table: ConnectionTable;
  readonly #log: AcceptorOptions['log'];
  readonly #handshakes = new WeakMap<Socket, Handshake>();
  /** Never listens: it is given connections. */
  readonly #server: Server;
  /** Whether clients need a certificate. */
  readonly #clients: 'not asked' | 'optional' | 'required';

  constructor({ settings, table, log }: AcceptorOptions) {
    this.#table = table;
    this.#log = log;
    this.#clients = settings.caCerts === '' ? 'not asked' : settings.isClientOptional ? 'optional' : 'required';
    this.#server = createServer({
      ...optionsOf(settings),
      ALPNProtocols: ['http/1.1'],
      requestCert: this.#clients !== 'not asked',
      // Decided in `#onSecured`, which can say why.
      rejectUnauthorized: false,
    });
    this.#server.on('secureConnection', (socket) => this.#onSecured(socket));
    this.#server.on('tlsClientError', (error, socket) => this.#onFailed(error, socket));
  }

  /** `onSecured` is called when the handshake has succeeded; otherwise the connection is closed. */
  accept(socket: Socket, address: string, onSecured: OnSecured): void {
    const handshake = new Handshake(socket, address, this.#table.nowMs, onSecured);
    this.#handshakes.set(socket, handshake);
    this.#table.add(handshake);
    socket.on('close', () => this.#table.remove(handshake));
    socket.on('error', () => undefined); // 'close' follows
    this.#server.emit('connection', socket);
  }

  /** For handshakes that begin from now on. */
  renew(settings: TlsSettings): void {
    this.#server.setSecureContext(optionsOf(settings));
  }

  #onSecured(socket: TLSSocket): void {
    const carrier = carrierOf(socket);
    const handshake = carrier && this.#handshakes.get(carrier);
    if (handshake === undefined) {
      socket.destroy();
      return;
    }
    const fault = this.#faultOfClient(socket);
    if (fault === undefined) {
      handshake.onSecured(socket, factsOf(socket));
      // Behind it, for the edge may end with its last connection.
      this.#table.remove(handshake);
    } else {
      this.#tell(handshake, fault);
      socket.destroy();
    }
  }

  #faultOfClient(socket: TLSSocket): string | undefined {
    if (this.#clients === 'not asked') {
      return undefined;
    }
    // First: of a session of TLS 1.3 that is resumed, Node says that it is authorized, also if it never had a certificate.
    if (socket.getPeerX509Certificate() === undefined) {
      return this.#clients === 'optional' ? undefined : 'it has no certificate';
    }
    return socket.authorized ? undefined : `its certificate is refused (${String(socket.authorizationError)})`;
  }

  #onFailed(error: NodeJS.ErrnoException & { readonly reason?: string }, socket: TLSSocket): void {
    const carrier = carrierOf(socket);
    const handshake = carrier && this.#handshakes.get(carrier);
    if (error.code === 'ERR_SSL_HTTP_REQUEST') {
      carrier?.write(PLAIN_ANSWER);
    }
    // Who connects and leaves without a word has only looked whether somebody is there.
    if (handshake !== undefined && error.code !== 'ECONNRESET') {
      this.#tell(handshake, error.reason ?? error.code ?? error.message);
    }
  }

  #tell({ address }: Handshake, fault: string): void {
    this.#log('info', `no TLS with ${address || 'unix:'}: ${fault}`);
  }
}

class Handshake implements TrackedConnection {
  readonly address: string;
  readonly onSecured: OnSecured;
  readonly #socket: Socket;
  readonly #dueMs: number;

  constructor(socket: Socket, address: string, nowMs: number, onSecured: OnSecured) {
    this.#socket = socket;
    this.address = address;
    this.onSecured = onSecured;
    this.#dueMs = nowMs + EDGE_LIMITS.handshakeMs;
  }

  onTick(nowMs: number): void {
    if (nowMs >= this.#dueMs) {
      this.destroy();
    }
  }

  /** A client that has begun was let in. */
  closeIfIdle(): void {
    if (this.#socket.bytesRead === 0) {
      this.destroy();
    }
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

function optionsOf(settings: TlsSettings): TlsOptions {
  return {
    cert: settings.certificates,
    key: settings.key,
    minVersion: 'TLSv1.2',
    // By default made of the command line, which each thread has its own of.
    sessionIdContext: 'portico',
    ticketKeys: Buffer.from(settings.ticketKeys, 'base64'),
    ...(settings.caCerts === '' ? {} : { ca: settings.caCerts }),
    ...(settings.ciphers === '' ? {} : { ciphers: settings.ciphers }),
  };
}
