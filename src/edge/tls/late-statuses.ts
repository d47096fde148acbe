/** What authorities say of clients' certificates, in a thread that may never have to know: what asks them is loaded with the first client. */

import { systemClock } from '../../kernel/clock.ts';
import { CountedLog } from '../faults/counted-log.ts';
import type { ExpiringTable } from '../shared/expiring-table.ts';
import type { ClientChain } from './client-chain.ts';
import type { ClientStatuses, StatusRules } from './client-statuses.ts';

export class LateStatuses {
  readonly #table: ExpiringTable;
  readonly #log: (text: string) => void;
  #statuses: Promise<ClientStatuses> | undefined;

  /** `log`: lines for the error log. */
  constructor(table: ExpiringTable, log: (text: string) => void) {
    this.#table = table;
    this.#log = log;
  }

  async check(address: string, chain: ClientChain, rules: StatusRules): Promise<string | undefined> {
    this.#statuses ??= this.#load();
    return (await this.#statuses).check(address, chain, rules);
  }

  async #load(): Promise<ClientStatuses> {
    const { ClientStatuses } = await import('./client-statuses.ts');
    const { askAuthority } = await import('../../upstream/ocsp/ask-authority.ts');
    const { NAMES } = await import('../shared/names.ts');
    const { lookupBy } = await import('../../upstream/resolver/lookup-by.ts');
    const log = this.#log;
    return new ClientStatuses({
      table: this.#table,
      clock: systemClock,
      ask: askAuthority,
      lookupBy: (resolver) => lookupBy(NAMES.of(resolver, log)),
      faults: new CountedLog('', log, (_, fault) => fault),
    });
  }
}
