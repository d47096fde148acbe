/** The rows of the settings table that tell of a proxy in front. */

import type { Outcome } from '../kernel/outcome.ts';
import { failure, success } from '../kernel/outcome.ts';
import type { Forwarding } from './model/server-model.ts';
import type { ServeOptions } from './serve-options.ts';
import type { Setting } from './setting.ts';
import { always, last } from './setting.ts';
import { parseChoice, parseCount, parsePeers, parseSwitch } from './setting-values.ts';

type ProxySetting =
  | 'forwardedFields'
  | 'forwardedAllowIps'
  | 'rootPath'
  | 'proxyProtocol'
  | 'proxyAllowIps'
  | 'uwsgiBufferBytes';

/** Its header has 16 bits for it. */
const PACKET_BYTES_MAX = 65_535;

export const PROXY_SETTINGS: { readonly [K in ProxySetting]: Setting<ServeOptions[K]> } = {
  forwardedFields: {
    flag: 'forwarded-fields',
    value: 'FAMILY',
    group: 'Behind a proxy',
    doc: 'The fields by which the proxy tells of its client: x-forwarded (X-Forwarded-For, X-Forwarded-Proto), forwarded (RFC 7239), or none. The proxy has to set them; those of the other family are not believed and not passed on.',
    fallbackText: 'x-forwarded',
    fallback: always('x-forwarded'),
    parse: last(parseChoice('x-forwarded', 'forwarded', 'none')),
  },
  forwardedAllowIps: {
    flag: 'forwarded-allow-ips',
    value: 'IP,…',
    group: 'Behind a proxy',
    doc: 'Peers whose fields about their client are believed: addresses, or blocks (10.0.0.0/8). * is for all: a client is then whoever it says it is, unless a proxy in front removes what clients send. Peers of Unix sockets are always believed.',
    fallbackText: '127.0.0.1,::1',
    fallback: always(['127.0.0.1', '::1']),
    parse: last(parsePeers),
  },
  proxyProtocol: {
    flag: 'proxy-protocol',
    group: 'Behind a proxy',
    doc: 'Each connection begins with the header of the PROXY protocol, version 1 or 2, in which a balancer that passes bytes on (HAProxy, an AWS NLB) names its client. It stands before TLS. A connection without it is closed.',
    fallbackText: 'off',
    fallback: always(false),
    parse: last(parseSwitch),
  },
  proxyAllowIps: {
    flag: 'proxy-allow-ips',
    value: 'IP,…',
    group: 'Behind a proxy',
    doc: 'Peers that may connect where --proxy-protocol is said: addresses, or blocks. * is for all: whoever can reach the port is then whoever it says it is. Peers of Unix sockets always may.',
    fallbackText: '127.0.0.1,::1',
    fallback: always(['127.0.0.1', '::1']),
    parse: last(parsePeers),
  },
  uwsgiBufferBytes: {
    flag: 'uwsgi-buffer-size',
    value: 'BYTES',
    group: 'Behind a proxy',
    doc: 'The largest packet of variables that is taken where the uwsgi protocol is spoken. A larger one is answered 431.',
    fallbackText: '65535, the largest that there can be',
    fallback: always(PACKET_BYTES_MAX),
    parse: last(parseCount(1, PACKET_BYTES_MAX)),
  },
  rootPath: {
    flag: 'root-path',
    value: 'PATH',
    group: 'Behind a proxy',
    doc: 'The path under which the proxy has mounted the site, and which it takes away from the address of each request: SCRIPT_NAME of WSGI, root_path of ASGI.',
    fallbackText: 'none',
    fallback: always(''),
    parse: last(parseRootPath),
  },
};

/** Whether every peer may say who its client is. Then every client may as well, unless a proxy removes what it sends. */
export function believesEveryone({ fields, allowIps }: Forwarding): boolean {
  return fields !== 'none' && allowIps.some(isEverybody);
}

/** Whether every peer may say by the PROXY protocol who its client is. */
export function takesAnyHeader({ proxyAllowIps = [] }: Forwarding): boolean {
  return proxyAllowIps.some(isEverybody);
}

function isEverybody(peer: string): boolean {
  return peer === '*' || peer.endsWith('/0');
}

/** `api`, `/api` and `/api/` are the same, `/` is none. */
export function parseRootPath(text: string): Outcome<string> {
  // A control could end the value on its way to the application, and what follows `?` or `#` is no path.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not get in.
  if (/[\0-\x1f\x7f?#]/.test(text) || text.includes('://')) {
    return failure(`"${text}" is not a path. Write it as in /app`);
  }
  // Two slashes at the beginning would turn a redirect to this site into one to another host.
  const path = text.replace(/^\/+/, '').replace(/\/+$/, '');
  if (path.split('/').some((segment) => segment === '.' || segment === '..')) {
    return failure(`"${text}" has a . or .. in it, which clients resolve. Write the path itself`);
  }
  return success(path === '' ? '' : `/${path}`);
}
