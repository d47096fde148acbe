/**
 * Where requests are passed on to, as one text: the name of an upstream, an address, or a URL whose scheme is the protocol. What has variables is known when a
 * request comes.
 */

import type { Outcome } from '../kernel/outcome.ts';
import { failure, success } from '../kernel/outcome.ts';
import type { ProxyContent, ProxyProtocol } from './model/proxying.ts';
import type { UpstreamAddress } from './upstream-address.ts';
import { readUpstreamAddress } from './upstream-address.ts';

export interface ProxyUrl extends Pick<ProxyContent, 'protocol' | 'tls'> {
  /** With a scheme, whether one was written or not. */
  readonly url: string;
  /** Behind the scheme. */
  readonly rest: string;
}

const SCHEMES: Readonly<Record<string, Pick<ProxyContent, 'protocol' | 'tls'>>> = {
  http: { protocol: 'http', tls: false },
  https: { protocol: 'http', tls: true },
  uwsgi: { protocol: 'uwsgi', tls: false },
  suwsgi: { protocol: 'uwsgi', tls: true },
  fastcgi: { protocol: 'fastcgi', tls: false },
  scgi: { protocol: 'scgi', tls: false },
  memcached: { protocol: 'memcached', tls: false },
};

/** What stands in front of `://` decides about the protocol; where nothing does it is HTTP. */
export function splitProxyUrl(text: string): Outcome<ProxyUrl> {
  const [, word] = /^([a-z][a-z\d+.-]*):\/\//i.exec(text) ?? [];
  // The scheme itself may be a variable's matter.
  if (word === undefined) {
    const url = /^(?:https?:.*)?\$/is.test(text) ? text : `http://${text}`;
    return success({ protocol: 'http', tls: false, url, rest: text });
  }
  const scheme = Object.hasOwn(SCHEMES, word.toLowerCase()) ? SCHEMES[word.toLowerCase()] : undefined;
  return scheme === undefined
    ? failure(
        `"${word}" is spoken with no server. Write ${Object.keys(SCHEMES).join('://, ')}://, or nothing for http://`,
      )
    : success({ ...scheme, url: text, rest: text.slice(word.length + '://'.length) });
}

export function addressOf({ protocol, rest }: ProxyUrl): Outcome<UpstreamAddress> {
  return readUpstreamAddress(rest, protocol === 'http');
}

/** Protocols other than HTTP have no port of their own. */
export function needsPort(protocol: ProxyProtocol): boolean {
  return protocol !== 'http';
}
