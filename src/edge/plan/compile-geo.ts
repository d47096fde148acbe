/** `geo`: a value by an address; of several networks that hold it the narrowest counts. */

import type { DefinedVariable } from '../../config/model/variables.ts';
import { renderTemplate } from '../pipeline/render-template.ts';
import type { Route } from '../pipeline/route.ts';
import type { Variable } from '../pipeline/variables/variable.ts';
import { bytesOf } from './bytes-of.ts';
import { NetworkTable } from './network-table.ts';
import type { TextCompiler } from './text-compiler.ts';

type GeoModel = Extract<DefinedVariable, { readonly kind: 'geo' }>;

export function compileGeo(model: GeoModel, compiler: TextCompiler): Variable {
  const source = compiler.template(model.source);
  const networks = new NetworkTable<string>(model.networks.map(([network, value]) => [network, bytesOf(value)]));
  const proxies = new NetworkTable<true>(model.proxies.map((network) => [network, true]));
  const fallback = bytesOf(model.fallback);
  return (route) => {
    const address = renderTemplate(source, route);
    const client =
      model.proxies.length === 0 ? address : behindProxies(address, route, proxies, model.isProxyRecursive);
    return networks.find(client) ?? fallback;
  };
}

/** Whom the trusted proxies name in X-Forwarded-For: the last, or the last that is no proxy itself. */
function behindProxies(peer: string, { exchange }: Route, proxies: NetworkTable<true>, isRecursive: boolean): string {
  const named = exchange.block
    .getAll('x-forwarded-for')
    .join(',')
    .split(/[\s,]+/)
    .filter((address) => address !== '');
  let address = peer;
  for (let index = named.length - 1; index >= 0 && proxies.find(address) === true; index -= 1) {
    address = named[index] ?? address;
    if (!isRecursive) {
      break;
    }
  }
  return address;
}
