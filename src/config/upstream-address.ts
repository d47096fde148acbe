/** Addresses of servers that requests are passed on to, as strict as nginx reads them: `host`, `host:port`, `[::1]:port`, `unix:/path`. */

import type { Outcome } from '../kernel/outcome.ts';
import { failure, success } from '../kernel/outcome.ts';
import { UNIX_PATH_BYTES_MAX } from './bind-address.ts';

export interface UpstreamAddress {
  /** A path behind `unix:`, or a host, which may be the name of an upstream. */
  readonly host: string;
  readonly isUnix: boolean;
  /** Undefined where it is not said. */
  readonly port: number | undefined;
  /** What stands behind the address in a URL; '' where nothing does. */
  readonly uri: string;
}

const PORT_MAX = 65_535;

/** `hasUri`: a path may follow, as in the URL of `proxy_pass`. The fault is in nginx's words. */
export function readUpstreamAddress(text: string, hasUri = false): Outcome<UpstreamAddress> {
  return text.toLowerCase().startsWith('unix:') ? readUnix(text.slice('unix:'.length), hasUri) : readTcp(text, hasUri);
}

function readUnix(rest: string, hasUri: boolean): Outcome<UpstreamAddress> {
  const end = hasUri ? rest.indexOf(':') : -1;
  const path = end < 0 ? rest : rest.slice(0, end);
  if (path === '') {
    return failure('no path in the unix domain socket');
  }
  return Buffer.byteLength(path) > UNIX_PATH_BYTES_MAX
    ? failure('too long path in the unix domain socket')
    : success({ host: path, isUnix: true, port: undefined, uri: end < 0 ? '' : rest.slice(end + 1) });
}

function readTcp(text: string, hasUri: boolean): Outcome<UpstreamAddress> {
  const end = text.search(/[/?]/);
  if (end >= 0 && !hasUri) {
    return failure('invalid host');
  }
  const address = end < 0 ? text : text.slice(0, end);
  const [, v6, name, portText] = /^(?:(\[[^\]]*\])|([^:]*))(?::(.*))?$/.exec(address) ?? [];
  if (v6 !== undefined && !/^\[[\da-f:.]*:[\da-f:.]*\]$/i.test(v6)) {
    return failure('invalid IPv6 address');
  }
  const host = v6 ?? name;
  const port = portText === undefined ? undefined : Number(/^\d{1,5}$/.test(portText) ? portText : 0);
  if (host === undefined || (port !== undefined && (port < 1 || port > PORT_MAX))) {
    return failure(text.startsWith('[') && v6 === undefined ? 'invalid host' : 'invalid port');
  }
  return host === '' ? failure('no host') : success({ host, isUnix: false, port, uri: end < 0 ? '' : text.slice(end) });
}

/** Of an IPv6 address as it stands in URLs. */
export function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/s, '$1');
}
