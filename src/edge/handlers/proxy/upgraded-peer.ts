/** The server's side of a connection that has changed its protocol: bytes pass both ways as they are, and each side waits for the other. */

import type { ErrorLevel } from '../../../kernel/error-line.ts';
import type { Tunnel, TunnelSink } from '../../../protocol/http/exchange.ts';
import type { AttemptFigures } from '../../../upstream/attempt-events.ts';
import type { ConnectionUser, UpstreamConnection } from '../../../upstream/connections/upstream-connection.ts';
import { ioFailure, TIMED_OUT } from '../../../upstream/system-failure.ts';

export interface UpgradeRules {
  /** Between two reads of the server, or while it takes nothing. */
  readonly readMs: number;
  readonly sendMs: number;
  readonly figures: AttemptFigures;
  readonly log: (level: ErrorLevel, text: string) => void;
  onOver(): void;
  /** An error of ours. */
  onBug(error: unknown): void;
}

const DOING = 'while proxying upgraded connection';

export class UpgradedPeer implements TunnelSink, ConnectionUser {
  readonly #connection: UpstreamConnection;
  readonly #rules: UpgradeRules;
  #rest: Buffer;
  #tunnel: Tunnel | undefined;
  #isOver = false;

  constructor(connection: UpstreamConnection, rest: Buffer, rules: UpgradeRules) {
    this.#connection = connection;
    this.#rules = rules;
    this.#rest = rest;
    connection.user = this;
  }

  open(tunnel: Tunnel): void {
    this.#tunnel = tunnel;
    const rest = this.#rest;
    this.#rest = NOTHING;
    this.#wait();
    if (rest.length > 0) {
      this.#pass(rest);
    }
  }

  #wait(): void {
    const { readMs, sendMs } = this.#rules;
    this.#connection.wait(this.#connection.isDrained ? readMs : sendMs);
  }

  // From the server.

  onConnected(): void {
    // It was connected before.
  }

  onRead(bytes: Buffer): void {
    this.#rules.figures.receivedBytes += bytes.length;
    this.#wait();
    this.#pass(bytes);
  }

  #pass(bytes: Buffer): void {
    this.#rules.figures.bodyBytes += bytes.length;
    if (this.#tunnel?.write(bytes) === false) {
      this.#connection.pause();
    }
  }

  onServerEnd(): void {
    this.#end();
  }

  onLost(error: NodeJS.ErrnoException): void {
    if (!this.#isOver) {
      const { text, level } = ioFailure(error);
      this.#rules.log(level, `${text} ${DOING}`);
    }
    this.#end();
  }

  onTimeout(): void {
    this.#rules.log(TIMED_OUT.level, `${TIMED_OUT.text} ${DOING}`);
    this.#end();
  }

  onBug(error: unknown): void {
    this.#rules.onBug(error);
    this.#end();
  }

  /** The server has caught up. */
  onTaken(): void {
    if (!this.#isOver) {
      this.#wait();
      this.#tunnel?.resume();
    }
  }

  // From the client.

  onBytes(bytes: Buffer): boolean {
    const hasRoom = this.#isOver || this.#connection.write(bytes);
    if (!this.#isOver) {
      this.#wait();
    }
    return hasRoom;
  }

  onDrain(): void {
    if (!this.#isOver) {
      this.#wait();
      this.#connection.resume();
    }
  }

  onEnd(): void {
    this.#end();
  }

  onGone(): void {
    this.#end();
  }

  #end(): void {
    if (!this.#isOver) {
      this.close();
      this.#tunnel?.end();
    }
  }

  close(): void {
    this.#isOver = true;
    this.#connection.destroy();
    this.#rules.onOver();
  }
}

const NOTHING = Buffer.alloc(0);
