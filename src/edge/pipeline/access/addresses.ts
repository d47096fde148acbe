/** `allow` and `deny`: the first rule that fits the client's address decides; of whom none fits they have nothing to say. */

import type { AccessRules } from '../../../config/model/scope.ts';
import type { AddressEntry } from '../../../kernel/addresses/address-table.ts';
import { AddressTable } from '../../../kernel/addresses/address-table.ts';
import { parseNetwork } from '../../../kernel/addresses/parse-network.ts';
import type { AccessCheck } from './access-check.ts';

const FORBIDDEN = 403;
const ALL: readonly string[] = ['0.0.0.0/0', '::/0'];
const UNIX = 'unix:';

export function compileAddresses({ addresses }: AccessRules): AccessCheck | undefined {
  if (addresses.length === 0) {
    return undefined;
  }
  const table = new AddressTable(
    addresses.flatMap(({ allows, from }) =>
      from === UNIX ? [] : (from === 'all' ? ALL : [from]).map((network) => entryOf(network, allows)),
    ),
    'first',
  );
  const unix = addresses.find(({ from }) => from === UNIX || from === 'all')?.allows;
  return (route) => {
    const { address } = route.client;
    const allows = address === '' ? unix : table.find(address);
    if (allows === false) {
      route.log('error', 'access forbidden by rule');
      return FORBIDDEN;
    }
    return allows === undefined ? 'silent' : 'granted';
  };
}

/** Readers have checked the network. One that nobody understands must not let anybody in: it is a bug, and throws. */
function entryOf(network: string, allows: boolean): AddressEntry<boolean> {
  const range = parseNetwork(network);
  if (range === undefined) {
    throw new Error(`"${network}" is no network`);
  }
  return { range, value: allows };
}
