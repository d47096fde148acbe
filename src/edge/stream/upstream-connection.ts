/** The connection of a session to a server: opened, or told why it cannot be. */

import { GuardedSocket } from '../../relay/sockets/guarded-socket.ts';
import type { Peer } from '../../upstream/peer-choice.ts';

export interface ConnectionOptions {
  readonly timeoutMs: number;
  /** The own address; '' for any. */
  readonly localAddress: string;
  readonly localPort: number;
  readonly probes: boolean;
  readonly sendsAtOnce: boolean;
  /** For its reads, as long as `onBytes` gives no other. */
  readonly buffer: Buffer;
}

export interface ConnectionEvents {
  onConnected(): void;
  /** Before it was connected. Undefined: it took too long. */
  onRefused(error: NodeJS.ErrnoException | undefined): void;
  /** Borrowed. What comes back is the buffer for the next bytes, if it is to be another. */
  onBytes(buffer: Buffer, length: number): Buffer | undefined;
  /** The server sends nothing more: it has said so, or is gone. */
  onEnd(error: NodeJS.ErrnoException | undefined): void;
  onBug(error: unknown): void;
}

export class UpstreamConnection {
  readonly socket: GuardedSocket;
  readonly #events: ConnectionEvents;
  #timer: NodeJS.Timeout | undefined;
  #isConnected = false;

  constructor({ address }: Peer, options: ConnectionOptions, events: ConnectionEvents) {
    this.#events = events;
    let buffer = options.buffer;
    const socket = new GuardedSocket({
      allowHalfOpen: true,
      onread: {
        buffer: () => buffer,
        callback: (length: number): boolean => {
          try {
            buffer = events.onBytes(buffer, length) ?? buffer;
          } catch (error) {
            socket.fail(error);
          }
          return true;
        },
      },
    });
    this.socket = socket;
    socket.owner = events;
    socket.on('connect', () => this.#onConnected());
    socket.on('end', () => events.onEnd(undefined));
    socket.on('error', (error) => this.#onError(error));
    this.#timer = setTimeout(() => this.#onTimeout(), options.timeoutMs);
    const { localAddress, localPort, probes, sendsAtOnce } = options;
    if ('path' in address) {
      socket.connect({ path: address.path });
    } else {
      const { host, port } = address;
      const own = localAddress === '' ? undefined : { localAddress, localPort };
      socket.setNoDelay(sendsAtOnce);
      socket.setKeepAlive(probes);
      socket.connect({ host, port, ...own });
    }
  }

  close(): void {
    clearTimeout(this.#timer);
    this.socket.destroy();
  }

  #onConnected(): void {
    clearTimeout(this.#timer);
    this.#isConnected = true;
    this.#events.onConnected();
  }

  #onError(error: NodeJS.ErrnoException): void {
    if (this.#isConnected) {
      this.#events.onEnd(error);
    } else {
      clearTimeout(this.#timer);
      this.#events.onRefused(error);
    }
  }

  #onTimeout(): void {
    this.socket.destroy();
    this.#events.onRefused(undefined);
  }
}
