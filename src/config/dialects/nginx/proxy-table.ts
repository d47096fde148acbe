/** Where requests are passed on to, and how: upstreams, policies and resolvers of nginx's files. Equal ones are one. */

import type { Content } from '../../model/content.ts';
import { Pool } from '../../model/pool.ts';
import type { ProxyContent, ProxyPolicy, ProxyProtocol, ProxyTarget } from '../../model/proxying.ts';
import type { HealthCheck, Resolver, Upstream } from '../../model/upstream.ts';
import { UpstreamTable } from '../../upstream-table.ts';
import { CONTENT_SAID } from './directives/answering.ts';
import { healthCheckOf } from './directives/health-checks.ts';
import type { PassedTo } from './directives/passed-to.ts';
import { proxyConnectionOf, retryOf } from './directives/proxy-connection.ts';
import { moduleOf } from './directives/proxy-module.ts';
import { proxyRequestOf } from './directives/proxy-request.ts';
import { proxyResponseOf } from './directives/proxy-response.ts';
import { upstreamTlsOf } from './directives/proxy-tls.ts';
import { resolverOf } from './directives/resolvers.ts';
import { upstreamOf } from './directives/upstreams.ts';
import type { Draft } from './draft.ts';

export class ProxyTable {
  readonly policies: Pool<ProxyPolicy> = new Pool();
  readonly resolvers: Pool<Resolver> = new Pool();
  readonly #table = new UpstreamTable();
  readonly #confPrefix: string;

  /** `confPrefix`: what files of certificates are relative to. */
  constructor(main: Draft, confPrefix: string) {
    this.#confPrefix = confPrefix;
    const checks = this.#healthChecksIn(main);
    const blocks = main.children.flatMap((child) => (child.kind === 'http' ? child.children : []));
    for (const draft of blocks.filter(({ kind }) => kind === 'upstream')) {
      const upstream = upstreamOf(draft);
      const looksUp = upstream.servers.some(({ resolves }) => resolves);
      const resolver = looksUp ? this.#resolverOf(draft) : {};
      const healthCheck = checks.get(upstream.name.toLowerCase());
      this.#table.define({ ...upstream, ...resolver, ...(healthCheck === undefined ? {} : { healthCheck }) });
    }
  }

  get upstreams(): readonly Upstream[] {
    return this.#table.upstreams;
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
      default:
        return this.#contentOf(passed, this.#table.targetOf({ protocol, tls, url, address: to.address }), draft);
    }
  }

  #contentOf({ protocol, tls }: PassedTo, to: ProxyTarget, draft: Draft): ProxyContent {
    // Whether a text comes to `https://` or `suwsgi://` is not known before it is one.
    const mayBeTls = tls || (to.kind === 'text' && (protocol === 'http' || protocol === 'uwsgi'));
    const policy = this.#policyOf(protocol, mayBeTls, draft);
    return {
      ...{ kind: 'proxy', protocol, tls, to },
      policy: this.policies.add(to.kind === 'text' ? { ...policy, ...this.#resolverOf(draft) } : policy),
    };
  }

  #policyOf(protocol: ProxyProtocol, mayBeTls: boolean, draft: Draft): ProxyPolicy {
    const of = moduleOf(protocol);
    return {
      request: proxyRequestOf(draft, protocol),
      connection: {
        ...proxyConnectionOf(draft, of),
        ...(mayBeTls ? { tls: upstreamTlsOf(draft, of, this.#confPrefix) } : {}),
      },
      retry: retryOf(draft, of),
      response: proxyResponseOf(draft, protocol),
    };
  }

  /** By the names of upstreams in lower case: it is a location that says them. */
  #healthChecksIn(main: Draft): ReadonlyMap<string, HealthCheck> {
    const found = new Map<string, HealthCheck>();
    const look = (draft: Draft): void => {
      const said = draft.own(CONTENT_SAID);
      if (said?.kind === 'passed' && said.to.kind === 'address') {
        const { protocol, tls } = said;
        const host = proxyRequestOf(draft, protocol).fields.find(({ name }) => /^host$/i.test(name))?.value ?? '';
        const check = healthCheckOf(draft, {
          timeoutMs: proxyConnectionOf(draft, moduleOf(protocol)).readMs,
          host: typeof host === 'string' ? host : '',
        });
        if (check !== undefined) {
          const policy = this.policies.add(this.#policyOf(protocol, tls, draft));
          found.set(said.to.address.host.toLowerCase(), { ...check, policy });
        }
      }
      draft.children.forEach(look);
    };
    look(main);
    return found;
  }

  #resolverOf(draft: Draft): { readonly resolver?: number } {
    const resolver = resolverOf(draft);
    return resolver === undefined ? {} : { resolver: this.resolvers.add(resolver) };
  }
}
