/** Where requests are passed on to, and how: upstreams, policies and resolvers of nginx's files. Equal ones are one. */

import { assert } from '../../../kernel/assert.ts';
import type { Content } from '../../model/content.ts';
import { Pool } from '../../model/pool.ts';
import type { ProxyContent, ProxyPolicy, ProxyTarget } from '../../model/proxying.ts';
import type { Resolver, Upstream, UpstreamId } from '../../model/upstream.ts';
import type { UpstreamAddress } from '../../upstream-address.ts';
import type { PassedTo } from './directives/passed-to.ts';
import { proxyConnectionOf, retryOf } from './directives/proxy-connection.ts';
import { moduleOf } from './directives/proxy-module.ts';
import { proxyRequestOf } from './directives/proxy-request.ts';
import { proxyResponseOf } from './directives/proxy-response.ts';
import { upstreamTlsOf } from './directives/proxy-tls.ts';
import { resolverOf } from './directives/resolvers.ts';
import { plainServer } from './directives/upstream-servers.ts';
import { upstreamOf } from './directives/upstreams.ts';
import type { Draft } from './draft.ts';

const HTTP_PORT = 80;
const HTTPS_PORT = 443;

export class ProxyTable {
  readonly upstreams: Upstream[] = [];
  readonly policies: Pool<ProxyPolicy> = new Pool();
  readonly resolvers: Pool<Resolver> = new Pool();
  readonly #confPrefix: string;
  /** By their names in lower case; those that no block defines by their addresses, with a port. */
  readonly #ids = new Map<string, UpstreamId>();

  /** `confPrefix`: what files of certificates are relative to. */
  constructor(main: Draft, confPrefix: string) {
    this.#confPrefix = confPrefix;
    const blocks = main.children.flatMap((child) => (child.kind === 'http' ? child.children : []));
    for (const draft of blocks.filter(({ kind }) => kind === 'upstream')) {
      const upstream = upstreamOf(draft);
      const looksUp = upstream.servers.some(({ resolves }) => resolves);
      const resolver = looksUp ? this.#resolverOf(draft) : {};
      this.#ids.set(upstream.name.toLowerCase(), this.upstreams.push({ ...upstream, ...resolver }) - 1);
    }
  }

  /** What a block that passes requests on says, with what holds in it. */
  contentOf(passed: PassedTo, draft: Draft): Content {
    const { protocol, tls, url, to } = passed;
    switch (to.kind) {
      // The answer is that of a server that cannot be reached, and nothing below the root is shown.
      case 'nobody':
        return { kind: 'reply', status: 502, body: '' };
      case 'text':
        return this.#contentOf(passed, { kind: 'text', text: to.text }, draft);
      default: {
        const target = this.#targetOf(to.address, { protocol, tls });
        return this.#contentOf(passed, { ...target, url }, draft);
      }
    }
  }

  #contentOf({ protocol, tls }: PassedTo, to: ProxyTarget, draft: Draft): ProxyContent {
    const of = moduleOf(protocol);
    // Whether a text comes to `https://` or `suwsgi://` is not known before it is one.
    const mayBeTls = tls || (to.kind === 'text' && (protocol === 'http' || protocol === 'uwsgi'));
    const policy: ProxyPolicy = {
      request: proxyRequestOf(draft, protocol),
      connection: {
        ...proxyConnectionOf(draft, of),
        ...(mayBeTls ? { tls: upstreamTlsOf(draft, of, this.#confPrefix) } : {}),
      },
      retry: retryOf(draft, of),
      response: proxyResponseOf(draft, protocol),
      ...(to.kind === 'text' ? this.#resolverOf(draft) : {}),
    };
    return { kind: 'proxy', protocol, tls, to, policy: this.policies.add(policy) };
  }

  #targetOf(
    address: UpstreamAddress,
    { protocol, tls }: Pick<PassedTo, 'protocol' | 'tls'>,
  ): Omit<Extract<ProxyTarget, { kind: 'upstream' }>, 'url'> {
    const usualPort = protocol === 'http' ? (tls ? HTTPS_PORT : HTTP_PORT) : undefined;
    const { host, isUnix, port = usualPort } = address;
    const name = isUnix ? `unix:${host}` : port === undefined || port === usualPort ? host : `${host}:${port}`;
    const uri = address.uri === '' ? undefined : address.uri.replace(/^(?!\/)/, '/');
    const defined = address.port === undefined && !isUnix ? this.#ids.get(host.toLowerCase()) : undefined;
    return {
      kind: 'upstream',
      upstream: defined ?? this.#implicit(name, address, usualPort),
      host: isUnix ? 'localhost' : name,
      uri,
    };
  }

  #implicit(name: string, address: UpstreamAddress, usualPort: number | undefined): UpstreamId {
    const server = plainServer(address, usualPort ?? 0);
    // A path has capital letters of its own.
    const key = server.isUnix ? name : `${address.host.toLowerCase()}:${server.port}`;
    const known = this.#ids.get(key);
    if (known !== undefined) {
      return known;
    }
    assert(server.isUnix || server.port > 0, 'a protocol without a port of its own has one, which has been checked');
    const upstream = { name, isImplicit: true, servers: [server], balancing: { kind: 'round-robin' } } as const;
    this.#ids.set(key, this.upstreams.push(upstream) - 1);
    return this.upstreams.length - 1;
  }

  #resolverOf(draft: Draft): { readonly resolver?: number } {
    const resolver = resolverOf(draft);
    return resolver === undefined ? {} : { resolver: this.resolvers.add(resolver) };
  }
}
