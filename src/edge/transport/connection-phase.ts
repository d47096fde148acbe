/** Decides which deadline a connection has, by what it waits for: that is told by what it reads and sends. */

import { EDGE_LIMITS } from '../limits.ts';
import type { Deadline, Phase } from './deadline.ts';
import type { Output } from './output.ts';
import type { RequestReader } from './request-reader.ts';

export class ConnectionPhase {
  readonly #deadline: Deadline;
  readonly #output: Output;
  readonly #requests: RequestReader;
  readonly #clock: { readonly nowMs: number };

  constructor(deadline: Deadline, output: Output, requests: RequestReader, clock: { readonly nowMs: number }) {
    this.#deadline = deadline;
    this.#output = output;
    this.#requests = requests;
    this.#clock = clock;
  }

  get now(): Phase {
    return this.#deadline.phase;
  }

  /** All answers are sent: the next request may come. */
  awaitNext(keepAliveMs: number): void {
    this.#deadline.enter('idle', this.#clock.nowMs, keepAliveMs + EDGE_LIMITS.tickMs);
  }

  /** A head that has begun to come has a deadline of its own. */
  noteHead(): void {
    if (this.#deadline.phase === 'idle' && this.#requests.isInHead) {
      this.#deadline.enter('head', this.#clock.nowMs, EDGE_LIMITS.headTimeoutMs);
    }
  }

  /** A handler has the request. */
  awaitHandler(): void {
    this.#deadline.enterApp();
  }

  awaitBody(): void {
    this.#deadline.enterBody(this.#clock.nowMs, this.#requests.bodyBytes);
  }

  /** The body has come. */
  noteBodyEnd(): void {
    if (this.#deadline.phase === 'body') {
      this.#deadline.enterApp();
    }
  }

  /** The client is to take what was given to the output. */
  awaitClient(): void {
    this.#deadline.enter('write', this.#clock.nowMs, EDGE_LIMITS.writeStallMs);
  }

  /** The output is empty: the connection waits for the rest of the body again, or for the response. */
  noteDrain(): void {
    if (this.#deadline.phase !== 'write') {
      return;
    }
    if (this.#requests.isBodyOpen && this.#requests.hasSink) {
      this.awaitBody();
    } else {
      this.#deadline.enterApp();
    }
  }

  /**
   * Called about once a second while a request is answered. A client may also be slow to take less than the output has room for: events, and messages of a
   * WebSocket. And the output does not tell when something short has left it.
   */
  onTick(): void {
    if (this.#output.isEmpty) {
      this.noteDrain();
    } else if (this.#deadline.phase === 'app') {
      this.awaitClient();
    }
  }
}
