/** Whether a connection takes another request behind the one that is answered, and what the response says of it (RFC 9112 9.3). */

import type { ConnectionServices } from './connection-services.ts';
import type { ConnectionField } from './response-text.ts';
import { staysOpen } from './transport-rules.ts';

export class KeepAlive {
  readonly #services: ConnectionServices;
  readonly #openedMs: number;
  isKept = true;

  constructor(services: ConnectionServices) {
    this.#services = services;
    this.#openedMs = services.table.nowMs;
  }

  /** A request has come, the `requestCount`th of the connection. `isAsked`: its client wants to go on. */
  begin(isAsked: boolean, requestCount: number): void {
    const { keepAliveMs, rules, table } = this.#services;
    this.isKept = isAsked && keepAliveMs > 0 && staysOpen(rules, requestCount, this.#openedMs, table.nowMs);
  }

  /** The response that is owed is the last. */
  end(): void {
    this.isKept = false;
  }

  /** What the response to a request of HTTP/1.`minor` says. */
  field(minor: 0 | 1): ConnectionField {
    if (!this.isKept) {
      return 'Connection: close\r\n';
    }
    const { keptField } = this.#services.rules;
    return keptField ?? (minor === 0 ? 'Connection: keep-alive\r\n' : '');
  }
}
