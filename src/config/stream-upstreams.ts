/** Upstreams of streams by their names, and those that nobody defines: an address that connections are passed on to is an upstream of one server, which is in the model once. */

import type { Upstream, UpstreamId } from './model/upstream.ts';
import { plainServer } from './proxied-server.ts';
import type { UpstreamAddress } from './upstream-address.ts';

export class StreamUpstreams {
  readonly upstreams: Upstream[] = [];
  /** By their names in lower case; those that nobody defines by their addresses. */
  readonly #ids = new Map<string, UpstreamId>();

  /** False if there is one of this name. */
  define(upstream: Upstream): boolean {
    const key = upstream.name.toLowerCase();
    const isNew = !this.#ids.has(key);
    this.#add(key, upstream);
    return isNew;
  }

  get names(): readonly string[] {
    return this.upstreams.flatMap(({ name, isImplicit }) => (isImplicit ? [] : [name.toLowerCase()]));
  }

  /** The one that an address names, if it is no host. */
  defined({ host, isUnix, port }: UpstreamAddress): UpstreamId | undefined {
    return port === undefined && !isUnix ? this.#ids.get(host.toLowerCase()) : undefined;
  }

  at(address: UpstreamAddress): UpstreamId {
    const defined = this.defined(address);
    if (defined !== undefined) {
      return defined;
    }
    const server = plainServer(address, 0);
    const name = server.text;
    const implicit: Upstream = { name, isImplicit: true, servers: [server], balancing: { kind: 'round-robin' } };
    // A path has capital letters of its own.
    const key = server.isUnix ? name : name.toLowerCase();
    return this.#ids.get(key) ?? this.#add(key, implicit);
  }

  #add(key: string, upstream: Upstream): UpstreamId {
    const id = this.upstreams.push(upstream) - 1;
    this.#ids.set(key, id);
    return id;
  }
}
