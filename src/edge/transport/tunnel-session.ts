/**
 * A connection whose bytes are passed on as they are, both ways: an application has taken it over, and the framing is its own. Each side
 * waits for the other: a client whose bytes are not taken is not read, and the application hears when the client is behind.
 */

import type { Tunnel, TunnelSink } from '../../protocol/http/exchange.ts';
import { EDGE_LIMITS } from '../limits.ts';
import type { Deadline } from './deadline.ts';
import type { LingeringSocket } from './lingering-socket.ts';
import type { Output } from './output.ts';
import type { UpgradedConnection } from './upgraded-connection.ts';

export interface TunnelCarrier {
  readonly output: Output;
  readonly socket: LingeringSocket;
  readonly deadline: Deadline;
  readonly clock: { readonly nowMs: number };
  /** Counts the bytes of the response, for the access log. */
  readonly exchange: { bodyBytes: number };
}

export class TunnelSession implements Tunnel, UpgradedConnection {
  readonly #sink: TunnelSink;
  readonly #carrier: TunnelCarrier;
  /** The handler has heard that nothing more will come. */
  #isToldOfEnd = false;
  #hasEnded = false;

  constructor(sink: TunnelSink, carrier: TunnelCarrier) {
    this.#sink = sink;
    this.#carrier = carrier;
  }

  // From the client.

  onBytes(bytes: Buffer): void {
    if (!this.#isToldOfEnd && bytes.length > 0 && !this.#sink.onBytes(bytes)) {
      this.#carrier.socket.pause();
    }
  }

  resume(): void {
    if (!this.#hasEnded) {
      this.#carrier.socket.resume();
    }
  }

  onClientEnd(): void {
    this.#tellEnd();
  }

  onGone(): boolean {
    return false;
  }

  onLost(): void {
    if (!this.#hasEnded) {
      this.#hasEnded = true;
      this.#isToldOfEnd = true;
      this.#sink.onGone();
    }
  }

  /**
   * The server ends: the application is told that its client is gone, and closes as it does then. The edge can say nothing to the client, because the framing
   * is the application's.
   */
  close(): void {
    this.#tellEnd();
  }

  onTick(): void {
    // The application itself decides how long a client may be silent.
  }

  #tellEnd(): void {
    if (!this.#isToldOfEnd) {
      this.#isToldOfEnd = true;
      this.#sink.onEnd();
    }
  }

  // To the client.

  write(bytes: Buffer): boolean {
    const { output, deadline, clock, exchange } = this.#carrier;
    if (this.#hasEnded) {
      return true; // Nobody reads the connection any more.
    }
    output.borrowed('', { buffer: bytes, start: 0, length: bytes.length });
    exchange.bodyBytes += bytes.length;
    if (output.hasRoom) {
      return true;
    }
    // The application waits, and holds a thread: a client that takes nothing for a while is given up.
    deadline.enter('write', clock.nowMs, EDGE_LIMITS.writeStallMs);
    return false;
  }

  onDrain(): void {
    if (!this.#hasEnded) {
      this.#sink.onDrain();
    }
  }

  end(): void {
    if (!this.#hasEnded) {
      this.#hasEnded = true;
      this.#isToldOfEnd = true;
      this.#carrier.socket.close(true);
    }
  }
}
