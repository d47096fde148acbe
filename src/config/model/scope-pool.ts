/**
 * Scopes that stand once in the model. A list of ten thousand addresses that is said for all sites is the same array in the scope of each location, and is looked
 * through once: with 1,000 sites, writing it out for each scope would be gigabytes.
 */

import type { AddressRule } from './access.ts';
import { Pool } from './pool.ts';
import type { AccessRules, Scope } from './scope.ts';

export function newScopePool(): Pool<Scope> {
  const lists = new Pool<readonly AddressRule[]>();
  const numbers = new WeakMap<readonly AddressRule[], number>();
  const numberOf = (list: readonly AddressRule[]): number => {
    const number = numbers.get(list) ?? lists.add(list);
    numbers.set(list, number);
    return number;
  };
  const briefly = (rules: AccessRules): object => ({ ...rules, addresses: numberOf(rules.addresses) });
  return new Pool((scope) => {
    const { access, exceptMethods, ...others } = scope;
    return JSON.stringify([
      others,
      access === undefined ? null : briefly(access),
      exceptMethods === undefined ? null : { ...exceptMethods, access: briefly(exceptMethods.access) },
    ]);
  });
}
