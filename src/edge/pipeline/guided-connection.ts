/** The connection of a request, which is told by which rules it goes whenever another location answers. A subrequest has none to tell. */

import type { TransportExchange } from '../transport/connection-services.ts';
import type { TransportRules } from '../transport/transport-rules.ts';

export class GuidedConnection {
  readonly #exchange: TransportExchange | undefined;
  #rules: TransportRules | undefined;

  constructor(exchange: TransportExchange | undefined) {
    this.#exchange = exchange;
  }

  goBy(rules: TransportRules): void {
    if (rules !== this.#rules) {
      this.#rules = rules;
      this.#exchange?.goBy(rules);
    }
  }
}
