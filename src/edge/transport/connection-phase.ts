/** Decides which deadline a connection has, by what it waits for: that is told by what it reads and sends. */

import { EDGE_LIMITS } from '../limits.ts';
import type { Deadline, Phase } from './deadline.ts';
import type { Output } from './output.ts';
import type { RequestReader } from './request-reader.ts';
import type { TransportRules } from './transport-rules.ts';

/** Asked anew each time: a reload changes the rules. */
export interface PhaseServices {
  readonly table: { readonly nowMs: number };
  readonly rules: TransportRules;
}

export class ConnectionPhase {
  readonly #deadline: Deadline;
  readonly #output: Output;
  readonly #requests: RequestReader;
  readonly #services: PhaseServices;
  /** Of the location that answers the present request, where they are others than the listener's. */
  #rules: TransportRules | undefined = undefined;

  constructor(deadline: Deadline, output: Output, requests: RequestReader, services: PhaseServices) {
    this.#deadline = deadline;
    this.#output = output;
    this.#requests = requests;
    this.#services = services;
  }

  get now(): Phase {
    return this.#deadline.phase;
  }

  get rules(): TransportRules {
    return this.#rules ?? this.#services.rules;
  }

  /** Until the next request comes. */
  goBy(rules: TransportRules): void {
    this.#rules = rules;
  }

  /** All answers are sent: the next request may come. */
  awaitNext(keepAliveMs: number): void {
    this.#rules = undefined;
    this.#deadline.enter('idle', this.#services.table.nowMs, keepAliveMs + EDGE_LIMITS.tickMs);
  }

  /** A head that has begun to come has a deadline of its own. */
  noteHead(): void {
    if (this.#deadline.phase === 'idle' && this.#requests.isInHead) {
      const { table, rules } = this.#services;
      this.#deadline.enter('head', table.nowMs, rules.headTimeoutMs);
    }
  }

  /** A handler has the request. */
  awaitHandler(): void {
    this.#deadline.enterApp();
  }

  awaitBody(): void {
    this.#deadline.enterBody(this.#services.table.nowMs, this.#requests.bodyBytes, this.rules.bodyStallMs);
  }

  /** The body has come. */
  noteBodyEnd(): void {
    if (this.#deadline.phase === 'body') {
      this.#deadline.enterApp();
    }
  }

  /** The client is to take what was given to the output. */
  awaitClient(): void {
    this.#deadline.enterWrite(this.#services.table.nowMs, this.rules.writeStallMs);
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
