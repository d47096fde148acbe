/** Upstreams by their names, and those that nobody defines: an address to which requests are passed on is an upstream of one server, which is in the model once. */

import { assert } from '../kernel/assert.ts';
import type { ProxyContent, ProxyTarget } from './model/proxying.ts';
import type { Upstream, UpstreamId, UpstreamKeepAlive } from './model/upstream.ts';
import { plainServer } from './proxied-server.ts';
import type { UpstreamAddress } from './upstream-address.ts';

const HTTP_PORT = 80;
const HTTPS_PORT = 443;

export type UpstreamTarget = Extract<ProxyTarget, { kind: 'upstream' }>;

export interface PassedAddress extends Pick<ProxyContent, 'protocol' | 'tls'> {
  readonly address: UpstreamAddress;
  /** As it was written. */
  readonly url: string;
  /** Of an upstream that nobody defines. */
  readonly keepAlive?: UpstreamKeepAlive | undefined;
}

export class UpstreamTable {
  readonly upstreams: Upstream[] = [];
  /** By their names in lower case. */
  readonly #defined = new Map<string, UpstreamId>();
  readonly #implicit = new Map<string, UpstreamId>();

  /** False if there is one of this name. */
  define(upstream: Upstream): boolean {
    const name = upstream.name.toLowerCase();
    if (this.#defined.has(name)) {
      return false;
    }
    this.#defined.set(name, this.upstreams.push(upstream) - 1);
    return true;
  }

  /** The name of the upstream whose sessions have this name. */
  learnerOf(zone: string): string | undefined {
    return this.upstreams.find(({ sticky }) => sticky?.kind === 'learn' && sticky.zone === zone)?.name;
  }

  /** The one that an address names, if it is no host. */
  defined({ host, isUnix, port }: UpstreamAddress): UpstreamId | undefined {
    return isUnix || port !== undefined ? undefined : this.#defined.get(host.toLowerCase());
  }

  get names(): readonly string[] {
    return [...this.#defined.keys()];
  }

  targetOf(passed: PassedAddress): UpstreamTarget {
    const { protocol, tls, address, url } = passed;
    const usualPort = protocol === 'http' ? (tls ? HTTPS_PORT : HTTP_PORT) : undefined;
    const { host, isUnix, port = usualPort } = address;
    const name = isUnix ? `unix:${host}` : port === undefined || port === usualPort ? host : `${host}:${port}`;
    return {
      kind: 'upstream',
      upstream: this.defined(address) ?? this.#implicitOf(name, passed, usualPort ?? 0),
      url,
      host: isUnix ? 'localhost' : name,
      uri: address.uri === '' ? undefined : address.uri.replace(/^(?!\/)/, '/'),
    };
  }

  #implicitOf(name: string, { address, keepAlive }: PassedAddress, usualPort: number): UpstreamId {
    const server = plainServer(address, usualPort);
    // A path has capital letters of its own.
    const key = JSON.stringify([server.isUnix ? server.host : server.host.toLowerCase(), server.port, keepAlive]);
    const known = this.#implicit.get(key);
    if (known !== undefined) {
      return known;
    }
    assert(server.isUnix || server.port > 0, 'a protocol without a port of its own has one, which has been checked');
    const upstream: Upstream = {
      name,
      isImplicit: true,
      servers: [server],
      balancing: { kind: 'round-robin' },
      ...(keepAlive === undefined ? {} : { keepAlive }),
    };
    this.#implicit.set(key, this.upstreams.push(upstream) - 1);
    return this.upstreams.length - 1;
  }
}
