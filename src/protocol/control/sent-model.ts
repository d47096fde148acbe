/**
 * The model as it travels to the edge. As JSON a list of addresses that many scopes have would be written out for each of them: ten thousand addresses that are denied
 * to 1,000 sites with logs of their own come to gigabytes. So each list travels once, and the edge has one array again where the supervisor had one.
 */

import type { AddressRule } from '../../config/model/access.ts';
import type { AccessRules, Scope } from '../../config/model/scope.ts';
import type { EdgeModel } from '../../config/model/server-model.ts';

/** `addresses`: index in `SentModel.addressLists`. */
type SentRules = Omit<AccessRules, 'addresses'> & { readonly addresses: number };

type SentScope = Omit<Scope, 'access' | 'exceptMethods'> & {
  readonly access?: SentRules;
  readonly exceptMethods?: { readonly methods: readonly string[]; readonly access: SentRules };
};

export interface SentModel extends Omit<EdgeModel, 'scopes'> {
  readonly scopes: readonly SentScope[];
  readonly addressLists: readonly (readonly AddressRule[])[];
}

export function packModel(model: EdgeModel): SentModel {
  const addressLists: (readonly AddressRule[])[] = [];
  const indexes = new Map<readonly AddressRule[], number>();
  const pack = (rules: AccessRules): SentRules => {
    const known = indexes.get(rules.addresses) ?? addressLists.push(rules.addresses) - 1;
    indexes.set(rules.addresses, known);
    return { ...rules, addresses: known };
  };
  const scopes = model.scopes.map(({ access, exceptMethods, ...others }) => ({
    ...others,
    ...(access && { access: pack(access) }),
    ...(exceptMethods && { exceptMethods: { ...exceptMethods, access: pack(exceptMethods.access) } }),
  }));
  return { ...model, scopes, addressLists };
}

export function unpackModel({ addressLists, ...model }: SentModel): EdgeModel {
  const unpack = (rules: SentRules): AccessRules => {
    const addresses = addressLists[rules.addresses];
    if (addresses === undefined) {
      throw new Error(`the model was sent without the list of addresses ${rules.addresses}`);
    }
    return { ...rules, addresses };
  };
  const scopes = model.scopes.map(({ access, exceptMethods, ...others }) => ({
    ...others,
    ...(access && { access: unpack(access) }),
    ...(exceptMethods && { exceptMethods: { ...exceptMethods, access: unpack(exceptMethods.access) } }),
  }));
  return { ...model, scopes };
}
