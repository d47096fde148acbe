/**
 * TLS for the connections that are given to it, by `node:tls`: 1.2 and 1.3, HTTP/1.1 by ALPN, sessions resumed by tickets that all
 * threads can open. A connection is in the table from the first byte on, so that caps and deadlines hold for handshakes too.
 */

import type { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Server, TLSSocket } from 'node:tls';
import { createServer } from 'node:tls';
import type { TlsSettings } from '../../protocol/control/edge.ts';
import type { TlsFacts } from '../../protocol/http/exchange.ts';
import { contextOptions } from '../../protocol/tls/context-options.ts';
import { carrierOf } from '../../relay/sockets/node-internals.ts';
import type { ConnectionTable, TrackedConnection } from '../connections/connection-table.ts';
import type { CountedLog } from '../faults/counted-log.ts';
import { EDGE_LIMITS } from '../limits.ts';
import { factsOf } from './tls-facts.ts';

export type OnSecured = (socket: TLSSocket, facts: TlsFacts) => void;

interface AcceptorOptions {
  readonly settings: TlsSettings;
  readonly table: ConnectionTable;
  /** As RFC 9110 5.6.7 writes it. */
  readonly date: () => string;
  /** What is told of clients with whom there is no TLS. */
  readonly faults: CountedLog;
  readonly onBug: (what: string, error: unknown) => void;
}

/** Bodies of answers with 400, which nginx gives too: to a client that speaks plain HTTP, and to one without a certificate that is known. */
const TO_PLAIN = 'This address speaks HTTPS: ask for it with https:// in front.\n';
const TO_STRANGER = 'This address is for clients with a certificate that it knows.\n';

/** Other settings are another acceptor's: a handshake ends by those by which it began. */
export class TlsAcceptor {
  readonly #table: ConnectionTable;
  readonly #date: () => string;
  readonly #onBug: AcceptorOptions['onBug'];
  readonly #faults: CountedLog;
  readonly #handshakes = new WeakMap<Socket, Handshake>();
  /** Never listens: it is given connections. */
  readonly #server: Server;
  /** Whether clients need a certificate. */
  readonly #clients: 'not asked' | 'optional' | 'required';

  constructor({ settings, table, date, faults, onBug }: AcceptorOptions) {
    this.#table = table;
    this.#date = date;
    this.#onBug = onBug;
    this.#faults = faults;
    this.#clients = settings.caCerts === '' ? 'not asked' : settings.isClientOptional ? 'optional' : 'required';
    this.#server = createServer({
      ...contextOptions(settings),
      ALPNProtocols: ['http/1.1', 'http/1.0'],
      requestCert: this.#clients !== 'not asked',
      // Whether a certificate is accepted is decided in `#onSecured`, which can say why.
      rejectUnauthorized: false,
    });
    this.#server.on('secureConnection', (socket) => this.#guard(socket, () => this.#onSecured(socket)));
    this.#server.on('tlsClientError', (error, socket) => this.#guard(socket, () => this.#onFailed(error, socket)));
  }

  /** `onSecured` is called when the handshake has succeeded; otherwise the connection is closed. */
  accept(socket: Socket, address: string, onSecured: OnSecured): void {
    const handshake = new Handshake(socket, address, {
      dueMs: this.#table.nowMs + EDGE_LIMITS.handshakeMs,
      onSecured,
      onOverdue: () => this.#faults.tell(address, 'it took too long'),
      onBug: (error) => this.#onBug('a TLS handshake', error),
    });
    this.#handshakes.set(socket, handshake);
    this.#table.add(handshake);
    socket.on('close', () => this.#table.remove(handshake));
    socket.on('error', () => undefined); // 'close' follows
    this.#server.emit('connection', socket);
  }

  #onSecured(socket: TLSSocket): void {
    const handshake = this.#handshakeOf(socket);
    if (handshake === undefined) {
      socket.destroy();
      return;
    }
    // The certificate is asked for once: what Node makes of it takes the chain out of the connection.
    const certificate = socket.getPeerX509Certificate();
    const fault = this.#faultOfClient(socket, certificate);
    if (fault !== undefined) {
      this.#faults.tell(handshake.address, fault);
      socket.on('error', () => socket.destroy()).resume();
      socket.end(this.#refusal(TO_STRANGER));
      return;
    }
    // A client may go on reading when it sends no more. (In a handshake, a client that has closed its sending side has gone.)
    socket.allowHalfOpen = true;
    try {
      handshake.onSecured(socket, factsOf(socket, certificate));
    } finally {
      // The handshake leaves the table after the connection has come into it: an edge that stops ends as soon as its table is empty.
      this.#table.remove(handshake);
    }
  }

  /** An error of ours ends the handshake in which it is made. */
  #guard(socket: TLSSocket, act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#onBug('a TLS handshake', error);
      socket.destroy();
    }
  }

  #refusal(text: string): string {
    const fields = `Date: ${this.#date()}\r\nContent-Type: text/plain\r\nContent-Length: ${text.length}\r\nConnection: close\r\n`;
    return `HTTP/1.1 400 Bad Request\r\n${fields}\r\n${text}`;
  }

  #handshakeOf(socket: TLSSocket): Handshake | undefined {
    const carrier = carrierOf(socket);
    return carrier && this.#handshakes.get(carrier);
  }

  #faultOfClient(socket: TLSSocket, certificate: X509Certificate | undefined): string | undefined {
    if (this.#clients === 'not asked') {
      return undefined;
    }
    // This comes first: Node says of a resumed session of TLS 1.3 that it is authorized, also if it never had a certificate.
    if (certificate === undefined) {
      return this.#clients === 'optional' ? undefined : 'it has no certificate';
    }
    return socket.authorized ? undefined : `its certificate is refused (${String(socket.authorizationError)})`;
  }

  #onFailed(error: NodeJS.ErrnoException & { readonly reason?: string }, socket: TLSSocket): void {
    if (error.code === 'ERR_SSL_HTTP_REQUEST') {
      carrierOf(socket)?.write(this.#refusal(TO_PLAIN));
    }
    const handshake = this.#handshakeOf(socket);
    // A client that connects and leaves without a word has only looked whether somebody is there.
    if (handshake !== undefined && error.code !== 'ECONNRESET') {
      this.#faults.tell(handshake.address, error.reason ?? error.code ?? error.message);
    }
  }
}

interface HandshakeOptions {
  readonly dueMs: number;
  readonly onSecured: OnSecured;
  readonly onOverdue: () => void;
  readonly onBug: (error: unknown) => void;
}

class Handshake implements TrackedConnection {
  readonly address: string;
  readonly onSecured: OnSecured;
  readonly #socket: Socket;
  readonly #options: HandshakeOptions;

  constructor(socket: Socket, address: string, options: HandshakeOptions) {
    this.#socket = socket;
    this.address = address;
    this.onSecured = options.onSecured;
    this.#options = options;
  }

  onTick(nowMs: number): void {
    if (nowMs >= this.#options.dueMs) {
      this.#options.onOverdue();
      this.destroy();
    }
  }

  /** A client that has begun its handshake was let in, and is served. */
  closeIfIdle(): void {
    if (this.#socket.bytesRead === 0) {
      this.destroy();
    }
  }

  destroy(): void {
    this.#socket.destroy();
  }
  onBug(error: unknown): void {
    this.#options.onBug(error);
    this.destroy();
  }
}
