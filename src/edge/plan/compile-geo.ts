/** `geo`: a value by an address; of several networks that hold it the narrowest counts. */

import type { DefinedVariable } from '../../config/model/variables.ts';
import type { AddressEntry } from '../../kernel/addresses/address-table.ts';
import { AddressTable } from '../../kernel/addresses/address-table.ts';
import { forwardedAddress } from '../../kernel/addresses/forwarded-address.ts';
import { newAddress, parseAddress } from '../../kernel/addresses/parse-address.ts';
import { parseAddressRange, parseNetwork } from '../../kernel/addresses/parse-network.ts';
import { renderTemplate } from '../pipeline/render-template.ts';
import type { VariableFor } from '../pipeline/subject.ts';
import { bytesOf } from './bytes-of.ts';
import type { TextCompiler } from './text-compiler.ts';

type GeoModel = Extract<DefinedVariable, { readonly kind: 'geo' }>;

/** Whose value a client has that has no address, as one of a Unix socket. */
const NO_ADDRESS = '255.255.255.255';

/** `forwardedOf`: what proxies have said of the client, in X-Forwarded-For. */
export function compileGeo<S>(
  model: GeoModel,
  compiler: TextCompiler<S>,
  forwardedOf: (subject: S) => readonly string[],
): VariableFor<S> {
  const source = compiler.template(model.source);
  const networks = tableOf(model.networks.map(([network, value]) => [network, bytesOf(value)]));
  const proxies = tableOf(model.proxies.map((network) => [network, true as const]));
  const isProxy = (address: string): boolean => proxies.find(address) === true;
  const fallback = bytesOf(model.fallback);
  const parsed = newAddress();
  return (subject) => {
    const peer = renderTemplate(source, subject);
    const client = proxies.isEmpty
      ? undefined
      : forwardedAddress(peer, forwardedOf(subject), isProxy, model.isProxyRecursive);
    const isAddress = parseAddress(client?.address ?? peer, parsed);
    return (isAddress ? networks.findAddress(parsed) : networks.find(NO_ADDRESS)) ?? fallback;
  };
}

/** Readers have checked the networks. */
function tableOf<T>(networks: readonly (readonly [network: string, value: T])[]): AddressTable<T> {
  const entries = networks.flatMap(([network, value]): AddressEntry<T>[] => {
    const range = parseNetwork(network) ?? parseAddressRange(network);
    return range === undefined ? [] : [{ range, value }];
  });
  return new AddressTable(entries, 'narrowest');
}
