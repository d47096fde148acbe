/** A connection until its handshake is over. It is in the table from the first byte on, so that caps and deadlines hold for handshakes too. */

import type { ClientHello } from '../../protocol/tls/client-hello.ts';
import type { TrackedConnection } from '../connections/connection-table.ts';

export interface HandshakeOptions<T> {
  readonly dueMs: number;
  readonly waiting: T;
  readonly onOverdue: () => void;
  readonly onBug: (error: unknown) => void;
}

/** What a handshake is made on. */
export interface Shaking {
  readonly bytesRead: number;
  destroy(): void;
}

/** `T`: what waits for its end. */
export class TlsHandshake<T> implements TrackedConnection {
  readonly address: string;
  readonly waiting: T;
  hello: ClientHello | undefined;
  /** Of the model: the site that the name in the handshake has chosen. */
  site = 0;
  #connection: Shaking;
  readonly #options: HandshakeOptions<T>;

  constructor(connection: Shaking, address: string, options: HandshakeOptions<T>) {
    this.#connection = connection;
    this.address = address;
    this.waiting = options.waiting;
    this.#options = options;
  }

  /** The same connection, as it is known from now on. */
  becomes(connection: Shaking): void {
    this.#connection = connection;
  }

  onTick(nowMs: number): void {
    if (nowMs >= this.#options.dueMs) {
      this.#options.onOverdue();
      this.destroy();
    }
  }

  /** A client that has begun its handshake was let in, and is served. */
  closeIfIdle(): void {
    if (this.#connection.bytesRead === 0) {
      this.destroy();
    }
  }

  destroy(): void {
    this.#connection.destroy();
  }

  onBug(error: unknown): void {
    this.#options.onBug(error);
    this.destroy();
  }
}
