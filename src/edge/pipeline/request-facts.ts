/** Facts of a request that several variables and steps ask for. */

import type { Exchange } from '../../protocol/http/exchange.ts';
import type { Route } from './route.ts';

/** $host without its last resort: the host that the request names, in lower case and without its port. */
export function hostNameOf({ exchange }: Pick<Route, 'exchange'>): string {
  const host = exchange.host.toLowerCase();
  const end = host.startsWith('[') ? host.indexOf(']') + 1 : host.indexOf(':');
  const name = end === -1 || end === 0 ? host : host.slice(0, end);
  return name.endsWith('.') ? name.slice(0, -1) : name;
}

/** As it came: path and query, without the authority of a target in absolute form. */
export function requestUriOf({ target, rawPath, hasTargetAuthority }: Exchange): string {
  if (!hasTargetAuthority) {
    return target;
  }
  const authority = target.indexOf('://') + 3;
  const start = target.slice(authority).search(/[/?]/);
  const rest = start === -1 ? '' : target.slice(authority + start);
  return rest.startsWith('/') ? rest : `${rawPath}${rest}`;
}
