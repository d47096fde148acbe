/** A request to memcached: the key is the value of $memcached_key, which the configuration sets. */

import type { Compilation } from '../../pipeline/compilation.ts';
import type { AskRequest } from './asked-request.ts';

const NOT_ALLOWED = 405;
const SERVER_ERROR = 500;

export function compileMemcachedRequest(compilation: Pick<Compilation, 'variable'>): AskRequest {
  const keyOf = compilation.variable('memcached_key');
  return (route, place) => {
    route.asked = place;
    if (route.method !== 'GET' && route.method !== 'HEAD') {
      return NOT_ALLOWED;
    }
    const key = keyOf(route) ?? '';
    if (key === '') {
      route.log('error', 'the "$memcached_key" variable is not set');
      return SERVER_ERROR;
    }
    return {
      method: route.method,
      target: key,
      fields: [],
      keepsConnection: true,
      upgrade: undefined,
      body: undefined,
      isRepeated: false,
      asking: undefined,
    };
  };
}
