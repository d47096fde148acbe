/** The modules that pass requests on, each of which has a copy of the same directives under a name of its own: `proxy_read_timeout`, `uwsgi_read_timeout`. */

import type { ProxyProtocol } from '../../../model/proxying.ts';

export const PROXY_MODULES = ['proxy', 'fastcgi', 'uwsgi', 'scgi', 'memcached', 'grpc', 'tunnel'] as const;
export type ProxyModule = (typeof PROXY_MODULES)[number];

/** Keys of drafts, for each module its own. */
export function eachModule<T>(keysOf: (module: ProxyModule) => T): Readonly<Record<ProxyModule, T>> {
  return Object.fromEntries(PROXY_MODULES.map((module) => [module, keysOf(module)])) as Record<ProxyModule, T>;
}

export function moduleOf(protocol: ProxyProtocol): ProxyModule {
  return protocol === 'http' ? 'proxy' : protocol;
}
