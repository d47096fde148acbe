/** Ordered rules about addresses, as nginx's `allow` and `deny`: the first that fits decides. Compiled, so that ten thousand cost what one costs. */

import type { AddressEntry } from './address-table.ts';
import { AddressTable } from './address-table.ts';
import { parseNetwork } from './parse-network.ts';

export interface OrderedAddressRule {
  readonly allows: boolean;
  /** An IP address, a CIDR block, `unix:`, or `all`. */
  readonly from: string;
}

const UNIX = 'unix:';
const ALL = 'all';
const EVERYWHERE = ['0.0.0.0/0', '::/0'] as const;

export class AddressRules {
  readonly #table: AddressTable<boolean>;
  /** Of clients that have come by a Unix socket. */
  readonly #unix: boolean | undefined;

  /** Readers have checked the rules: what is no network is left out. */
  constructor(rules: readonly OrderedAddressRule[]) {
    const entries = rules.flatMap(({ allows, from }) =>
      (from === ALL ? EVERYWHERE : [from]).flatMap((network): AddressEntry<boolean>[] => {
        const range = parseNetwork(network);
        return range === undefined ? [] : [{ range, value: allows }];
      }),
    );
    this.#table = new AddressTable(entries, 'first');
    this.#unix = rules.find(({ from }) => from === ALL || from === UNIX)?.allows;
  }

  /** Undefined: no rule fits. A client of a Unix socket has the address '' or `unix:`. */
  allows(address: string): boolean | undefined {
    return address === '' || address.startsWith(UNIX) ? this.#unix : this.#table.find(address);
  }
}
