/** A connection until its handshake is over, or until it is made use of. It is in the table from the first byte on, so that caps and deadlines hold for handshakes too. */

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
  /** Why it cannot be made, in the words of the error log; undefined: it can. */
  fault: string | undefined;
  /** When the handshake is over, and the connection waits for a request: what it shares with others. */
  services: unknown;
  /** Whoever waits for its end has been told of it. */
  isHandedOver = false;
  #connection: Shaking;
  readonly #options: HandshakeOptions<T>;
  #dueMs: number;
  #isOver = false;

  constructor(connection: Shaking, address: string, options: HandshakeOptions<T>) {
    this.#connection = connection;
    this.address = address;
    this.waiting = options.waiting;
    this.#options = options;
    this.#dueMs = options.dueMs;
  }

  /** The same connection, as it is known from now on. */
  becomes(connection: Shaking): void {
    this.#connection = connection;
  }

  onTick(nowMs: number): void {
    if (nowMs < this.#dueMs) {
      return;
    }
    if (!this.#isOver) {
      this.#options.onOverdue();
    }
    this.destroy();
  }

  /** It is not over, and has so long yet. */
  goOn(dueMs: number): void {
    this.#dueMs = dueMs;
  }

  /** The handshake is over, and until then something else may come. */
  waitFor(dueMs: number, services: unknown): void {
    this.#isOver = true;
    this.#dueMs = dueMs;
    this.services = services;
  }

  /** A client that has begun its handshake was let in, and is served; one whose handshake is over has asked for nothing yet. */
  closeIfIdle(): void {
    if (this.#isOver || this.#connection.bytesRead === 0) {
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
