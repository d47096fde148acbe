/** Collects what a file says into the arrays of a model, in which equal things stand once. */

import type { App, AppId } from '../model/app.ts';
import type { ConnectionRules } from '../model/connection.ts';
import type { TypeMap } from '../model/files.ts';
import type { LogTarget } from '../model/logs.ts';
import { Pool } from '../model/pool.ts';
import type { ProxyPolicy, ProxyProtocol } from '../model/proxying.ts';
import type { Scope } from '../model/scope.ts';
import { newScopePool } from '../model/scope-pool.ts';
import type { CertificateFiles, ServerName, Site } from '../model/server-model.ts';
import type { SiteTls } from '../model/site-tls.ts';
import type { Resolver, Upstream } from '../model/upstream.ts';
import { UpstreamTable } from '../upstream-table.ts';
import type { WrittenScope } from './fields/scope-fields.ts';
import type { WrittenTls } from './fields/site-fields.ts';
import type { WrittenUpstream } from './fields/upstream-fields.ts';
import type { Listen } from './listen.ts';
import type { Proxying, WrittenPolicy } from './proxy-policy.ts';
import { fromWritten } from './proxy-policy.ts';

export interface SiteOnListeners {
  readonly site: Site;
  /** Tells a fault of what the site says of its addresses. */
  readonly report: (message: string) => void;
  readonly listen: readonly Listen[];
  readonly names: readonly (readonly ServerName[])[];
}

export class ModelBuilder {
  readonly scopes: Pool<Scope> = newScopePool();
  readonly types: Pool<TypeMap> = new Pool();
  readonly logs: Pool<LogTarget> = new Pool();
  readonly connections: Pool<ConnectionRules> = new Pool();
  readonly certificates: Pool<CertificateFiles> = new Pool();
  readonly apps: Map<AppId, App> = new Map();
  readonly upstreams: UpstreamTable = new UpstreamTable();
  readonly policies: Pool<ProxyPolicy> = new Pool();
  readonly resolvers: Pool<Resolver> = new Pool();
  readonly sites: SiteOnListeners[] = [];
  /** What an application has that the file says nothing of. */
  readonly #appDefaults: Omit<App, 'id'>;

  constructor(appDefaults: Omit<App, 'id'>) {
    this.#appDefaults = appDefaults;
  }

  scope({ types, accessLogs, ...rest }: WrittenScope): number {
    const rules = accessLogs.map(({ format, when, ...target }) => ({ target: this.logs.add(target), format, when }));
    return this.scopes.add({ ...rest, types: this.types.add(types), accessLogs: rules });
  }

  tls({ certificates, ...rest }: WrittenTls): SiteTls {
    return { ...rest, certificates: certificates.map((each) => this.certificates.add(each)) };
  }

  upstream({ resolver, ...rest }: WrittenUpstream): Upstream {
    return { ...rest, isImplicit: false, ...this.resolver(resolver) };
  }

  policy(written: WrittenPolicy, protocol: ProxyProtocol): number {
    return this.policies.add({ ...fromWritten(written, protocol), ...this.resolver(written.resolver) });
  }

  get proxying(): Proxying {
    return {
      upstreams: this.upstreams.upstreams,
      proxyPolicies: this.policies.values,
      resolvers: this.resolvers.values,
    };
  }

  resolver(resolver: Resolver | undefined): { readonly resolver?: number } {
    return resolver === undefined ? {} : { resolver: this.resolvers.add(resolver) };
  }

  /** The application of that name, or the module, which is an application of its own name. */
  appNamed(text: string): AppId {
    if (!this.apps.has(text)) {
      this.apps.set(text, { ...this.#appDefaults, id: text, target: text });
    }
    return text;
  }
}
