/** Whether a connection takes another request behind the one that is answered, and what the response says of it (RFC 9112 9.3). */

import type { FieldBlock } from '../../protocol/http/fields.ts';
import type { ConnectionServices } from './connection-services.ts';
import type { ConnectionField } from './response-text.ts';
import type { TransportRules } from './transport-rules.ts';
import { isKeptWith, staysOpen } from './transport-rules.ts';

/** What decides of a request. */
export interface KeptRequest {
  readonly method: string;
  readonly block: FieldBlock;
  /** On the monotonic clock; 0: nobody has noted it. */
  readonly startedMs: number;
}

export class KeepAlive {
  readonly #services: ConnectionServices;
  /** On the monotonic clock. */
  readonly #openedMs: number;
  requestCount = 0;
  /** The request came behind the one before it, before that was answered. */
  isPipelined = false;
  isKept = true;
  /** The client of the present request wants to go on. */
  #isAsked = false;
  /** Whatever the rules say, the response that is owed is the last. */
  #isEnded = false;
  /** Of the location that answers the present request, where they are others than the listener's. */
  #rules: TransportRules | undefined;

  constructor(services: ConnectionServices) {
    this.#services = services;
    this.#openedMs = services.monotonicMs();
  }

  get openMs(): number {
    return this.#services.monotonicMs() - this.#openedMs;
  }

  #present(): TransportRules {
    return this.#rules ?? this.#services.rules;
  }

  /** A request has come, and is counted. `isAsked`: its client wants to go on. */
  begin(isAsked: boolean): void {
    const { rules, table } = this.#services;
    this.#isAsked = isAsked;
    this.#isEnded = false;
    this.#rules = undefined;
    this.isKept = isAsked && staysOpen(rules, this.requestCount, this.#openedMs, table.nowMs);
  }

  /** The location that answers the request has these rules. */
  goBy(rules: TransportRules, request: KeptRequest): void {
    this.#rules = rules;
    this.isKept =
      this.#isAsked &&
      !this.#isEnded &&
      staysOpen(rules, this.requestCount, this.#openedMs, request.startedMs || this.#services.monotonicMs()) &&
      isKeptWith(rules, request);
  }

  /** The response that is owed is the last. */
  end(): void {
    this.isKept = false;
    this.#isEnded = true;
  }

  /** How long the next request is waited for. */
  get idleMs(): number {
    return this.#present().keepAliveMs;
  }

  /** What the response to a request of HTTP/1.`minor` says. */
  field(minor: 0 | 1): ConnectionField {
    if (!this.isKept) {
      return 'Connection: close\r\n';
    }
    return this.#present().keptField ?? (minor === 0 ? 'Connection: keep-alive\r\n' : '');
  }
}
