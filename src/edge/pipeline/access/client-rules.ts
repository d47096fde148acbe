/** Addresses that are let in and kept out: the first rule that fits decides; of whom none fits they have nothing to say. */

import type { AddressRule } from '../../../config/model/access.ts';
import type { AddressEntry } from '../../../kernel/addresses/address-table.ts';
import { AddressTable } from '../../../kernel/addresses/address-table.ts';
import { parseNetwork } from '../../../kernel/addresses/parse-network.ts';

const ALL: readonly string[] = ['0.0.0.0/0', '::/0'];
const UNIX = 'unix:';

/** Clients come again, and what is remembered costs half of a look into the table. Addresses are made up too, so there is an end to it. */
const REMEMBERED_MAX = 1024;

/** By list: scopes that have one list have one table, which takes 10,000 addresses 50 ms to make. */
const made = new WeakMap<readonly AddressRule[], ClientRules>();

class ClientRules {
  readonly #table: AddressTable<boolean>;
  readonly #unix: boolean | undefined;
  readonly #remembered = new Map<string, boolean | undefined>();

  constructor(rules: readonly AddressRule[]) {
    this.#table = new AddressTable(
      rules.flatMap(({ allows, from }) =>
        from === UNIX ? [] : (from === 'all' ? ALL : [from]).map((network) => entryOf(network, allows)),
      ),
      'first',
    );
    this.#unix = rules.find(({ from }) => from === UNIX || from === 'all')?.allows;
  }

  /** Undefined: no rule fits. '' is the address of a client of a Unix socket. */
  allows(address: string): boolean | undefined {
    if (address === '') {
      return this.#unix;
    }
    const known = this.#remembered.get(address);
    if (known !== undefined || this.#remembered.has(address)) {
      return known;
    }
    const allows = this.#table.find(address);
    if (this.#remembered.size >= REMEMBERED_MAX) {
      this.#remembered.clear();
    }
    this.#remembered.set(address, allows);
    return allows;
  }
}

/** Gives for an address whether it is let in, undefined where no rule fits. Undefined: there are no rules. '' is the address of a client of a Unix socket. */
export function clientRules(list: readonly AddressRule[]): ((address: string) => boolean | undefined) | undefined {
  if (list.length === 0) {
    return undefined;
  }
  const rules = made.get(list) ?? new ClientRules(list);
  made.set(list, rules);
  return (address) => rules.allows(address);
}

/** Readers have checked the network. One that nobody understands must not let anybody in: it is a bug, and throws. */
function entryOf(network: string, allows: boolean): AddressEntry<boolean> {
  const range = parseNetwork(network);
  if (range === undefined) {
    throw new Error(`"${network}" is no network`);
  }
  return { range, value: allows };
}
