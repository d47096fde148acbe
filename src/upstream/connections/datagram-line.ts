/**
 * Datagrams to one server, and from it, by a socket of their own. It is connected, so that the kernel leaves out whatever comes from another address, and tells if nobody
 * listens there.
 */

import type { Socket } from 'node:dgram';
import type { OwnAddress } from '../../config/own-address.ts';

export interface DatagramServer {
  /** An IP address. */
  readonly host: string;
  readonly port: number;
}

export interface DatagramLineEvents {
  /** Not at once. */
  onConnected?(): void;
  onMessage(message: Buffer): void;
  /** At most once, and nothing after it. */
  onLost(error: NodeJS.ErrnoException): void;
}

interface Waiting {
  readonly message: Buffer;
  readonly onSent: (() => void) | undefined;
}

export class DatagramLine {
  readonly #socket: Socket;
  readonly #events: DatagramLineEvents;
  /** Until the socket is connected. Whoever sends bounds it. */
  #waiting: Waiting[] | undefined = [];
  #isClosed = false;

  constructor({ host, port }: DatagramServer, events: DatagramLineEvents, own?: OwnAddress) {
    const { createSocket } = process.getBuiltinModule('node:dgram');
    const family = host.includes(':') ? 6 : 4;
    // The host is an address: nothing has to be looked up, which would be done in a thread of the pool.
    const socket = createSocket({
      type: `udp${family}`,
      lookup: (address, _, done) => process.nextTick(done, null, address, family),
    });
    this.#socket = socket;
    this.#events = events;
    socket.on('connect', () => this.#onConnected());
    socket.on('message', (message) => {
      if (!this.#isClosed) {
        events.onMessage(message);
      }
    });
    socket.on('error', (error) => this.#lose(error));
    if (own !== undefined && own.address !== '') {
      socket.bind({ address: own.address, port: own.port ?? 0, exclusive: true });
    }
    socket.connect(port, host);
    socket.unref();
  }

  /** Of the socket, when it is connected. */
  get own(): { readonly address: string; readonly port: number } {
    return this.#socket.address();
  }

  /** `onSent`: the system has taken it. Not called when the line is lost or closed before. */
  send(message: Buffer, onSent?: () => void): void {
    if (this.#isClosed) {
      return;
    }
    if (this.#waiting !== undefined) {
      this.#waiting.push({ message, onSent });
      return;
    }
    // Without a callback the error of a server that refuses what came before would be lost.
    this.#socket.send(message, (error) => {
      if (error !== null) {
        this.#lose(error);
      } else if (!this.#isClosed) {
        onSent?.();
      }
    });
  }

  close(): void {
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#socket.close();
    }
  }

  #onConnected(): void {
    if (this.#isClosed) {
      return;
    }
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    this.#events.onConnected?.();
    for (const { message, onSent } of waiting) {
      this.send(message, onSent);
    }
  }

  #lose(error: NodeJS.ErrnoException): void {
    if (!this.#isClosed) {
      this.close();
      this.#events.onLost(error);
    }
  }
}
