/** The model of what nginx's files say. */

import { assert } from '../../../kernel/assert.ts';
import { withFirstAsking } from '../../asking-location.ts';
import type { BindAddress } from '../../bind-address.ts';
import { renderBindAddress } from '../../bind-address.ts';
import type { Content } from '../../model/content.ts';
import type { LogTarget } from '../../model/logs.ts';
import { Pool } from '../../model/pool.ts';
import type { CertificateFiles, Listener, Location, ServerModel, ServerName, Site } from '../../model/server-model.ts';
import { renderServerName } from '../../render-server-name.ts';
import { AppTable } from './app-table.ts';
import { namedLogsOf } from './directives/access-log.ts';
import { CONTENT_SAID } from './directives/answering.ts';
import { charsetMapsOf } from './directives/charset.ts';
import { definedVariablesOf } from './directives/defined-variables.ts';
import { zonesOf } from './directives/limits.ts';
import type { Listen } from './directives/listening.ts';
import { LISTENS, SERVER_NAMES } from './directives/listening.ts';
import { IS_INTERNAL, LOCATION_MATCH } from './directives/locations.ts';
import { processOf } from './directives/process.ts';
import { saidAppOf } from './directives/python-app.ts';
import { speaksTls } from './directives/site-tls.ts';
import type { Draft } from './draft.ts';
import type { BlockTables } from './instructions-of.ts';
import { instructionsOf } from './instructions-of.ts';
import { ProxyTable } from './proxy-table.ts';
import type { NginxReport } from './report.ts';
import { ScopeTable } from './scope-of.ts';
import { siteTlsOf } from './site-tls-of.ts';
import { streamsOf } from './stream-model.ts';
import type { NginxSurroundings } from './surroundings.ts';

/** Where a server answers that does not say it: as root at the port of HTTP, as anybody else where everybody may. */
const PORT_OF_ROOT = 80;
const PORT_OF_OTHERS = 8000;

/** `defaults`: a server that nothing is said about; what nginx has no words for is as there. */
export function modelOfNginx(
  main: Draft,
  around: NginxSurroundings,
  defaults: ServerModel,
  report: NginxReport,
): ServerModel {
  const { process, threads, connectionsMax, shutdownMs, environment } = processOf(main, around, report);
  const [app] = defaults.apps;
  assert(app !== undefined, 'the model of "portico serve" has an application');
  const tables: Tables = {
    scopes: new ScopeTable(around, report),
    certificates: new Pool(),
    apps: new AppTable({ app, environment, prefix: around.prefix }, report),
    proxies: new ProxyTable(main, around.confPrefix),
  };
  const servers = main.children
    .filter(({ kind }) => kind === 'http')
    .flatMap(({ children }) => children.filter(({ kind }) => kind === 'server'));
  const secure = secureAddressesOf(servers);
  const sites = servers.map((server) => siteOf(server, tables, { ...around, secure }));
  const listeners = listenersOf(servers, around, defaults);
  const streams = streamsOf(main, {
    taken: new Set(listeners.flatMap(({ address }) => (address === undefined ? [] : [renderBindAddress(address)]))),
    ...{ around, report, logs: tables.scopes.logs, resolvers: tables.proxies.resolvers },
    certificates: tables.certificates,
    backlog: defaults.listeners[0]?.backlog ?? 0,
  });
  addNamedLogs(main, tables.scopes.logs, around.prefix);
  return withFirstAsking({
    listeners,
    sites,
    ...(streams === undefined ? {} : { streams }),
    apps: tables.apps.apps,
    scopes: tables.scopes.scopes.values,
    connections: tables.scopes.connections.values,
    types: tables.scopes.types.values,
    variables: definedVariablesOf(main, 'http'),
    charsetMaps: main.children.flatMap((child) => (child.kind === 'http' ? charsetMapsOf(child) : [])),
    zones: zonesOf(main),
    logs: tables.scopes.logs.values,
    upstreams: tables.proxies.upstreams,
    proxyPolicies: tables.proxies.policies.values,
    resolvers: tables.proxies.resolvers.values,
    edge: { ...defaults.edge, threads, connectionsMax, gracefulMs: shutdownMs },
    // nginx believes no field of a client until it is told whom to believe.
    forwarding: { fields: 'none', allowIps: [] },
    certificates: tables.certificates.values,
    process,
  });
}

/** A log is made at the start if it is named, as by nginx: whoever looks at it, or rotates it, need not know whether something is written there. */
function addNamedLogs(draft: Draft, logs: Pool<LogTarget>, prefix: string): void {
  for (const target of namedLogsOf(draft, prefix)) {
    logs.add(target);
  }
  for (const child of draft.children) {
    addNamedLogs(child, logs, prefix);
  }
}

/** What sites and locations name by an index or an id. */
interface Tables {
  readonly scopes: ScopeTable;
  readonly certificates: Pool<CertificateFiles>;
  readonly apps: AppTable;
  readonly proxies: ProxyTable;
}

function siteOf(
  server: Draft,
  tables: Tables,
  around: NginxSurroundings & { readonly secure: ReadonlySet<string> },
): Site {
  const [name] = namesOf(server, around);
  const isSecure = addressesOf(server).some(({ address }) => around.secure.has(renderBindAddress(address)));
  const tls = isSecure ? siteTlsOf(server, tables.certificates, around.confPrefix) : undefined;
  return {
    name: name === undefined ? '' : renderServerName(name),
    connection: tables.scopes.connectionOf(server),
    ...(tls === undefined ? {} : { tls }),
    rewrite: instructionsOf(server, blockTables(tables)),
    scope: tables.scopes.idOf(server),
    content: contentIn(server, tables),
    locations: locationsIn(server, tables),
  };
}

/** What answers in a server or a location. */
function contentIn(draft: Draft, tables: Tables): Content {
  return ownContentIn(draft, tables) ?? { kind: 'files' };
}

/** Undefined: an `if` leaves the content as it is. */
function ownContentIn(draft: Draft, { apps, proxies }: Tables): Content | undefined {
  const said = apps.contentOf(draft) ?? draft.own(CONTENT_SAID);
  return said?.kind === 'passed' ? proxies.contentOf(said, draft) : said;
}

function blockTables(tables: Tables): BlockTables {
  return { scopeOf: (block) => tables.scopes.idOf(block), contentOf: (block) => ownContentIn(block, tables) };
}

function addressesOf(server: Draft): readonly Pick<Listen, 'address' | 'speaksTls'>[] {
  return (server.own(LISTENS) ?? []).map((listen) => ({ ...listen, speaksTls: speaksTls(server, listen) }));
}

/** Where one server speaks TLS at an address, all do. */
function secureAddressesOf(servers: readonly Draft[]): ReadonlySet<string> {
  const secure = servers.flatMap(addressesOf).filter((each) => each.speaksTls);
  return new Set(secure.map(({ address }) => renderBindAddress(address)));
}

/** `$hostname` is the only variable that a name may be. */
function namesOf(server: Draft, { hostname }: NginxSurroundings): readonly ServerName[] {
  return (server.own(SERVER_NAMES) ?? []).map((name) =>
    name.kind === 'exact' && name.text === '$hostname' ? { kind: 'exact', text: hostname.toLowerCase() } : name,
  );
}

function locationsIn(around: Draft, tables: Tables): Location[] {
  return around.children.flatMap((draft) => {
    const match = draft.own(LOCATION_MATCH);
    return draft.kind !== 'location' || match === undefined
      ? []
      : [
          {
            match,
            isInternal: draft.get(IS_INTERNAL) ?? false,
            redirectsToSlash: redirectsToSlash(draft, match),
            rewrite: instructionsOf(draft, blockTables(tables)),
            scope: tables.scopes.idOf(draft),
            content: contentIn(draft, tables),
            locations: locationsIn(draft, tables),
          },
        ];
  });
}

/** Where something else than files answers below `/shop/`, nginx redirects `/shop` there. */
function redirectsToSlash(draft: Draft, { kind }: Location['match']): boolean {
  const isElsewhere = saidAppOf(draft) !== undefined || draft.own(CONTENT_SAID)?.kind === 'passed';
  return (kind === 'prefix' || kind === 'final-prefix') && isElsewhere;
}

/** One for each address, with the names of all servers that answer there. The first is for every other name, unless one is said to be. */
function listenersOf(servers: readonly Draft[], around: NginxSurroundings, defaults: ServerModel): Listener[] {
  const backlog = defaults.listeners[0]?.backlog ?? 0;
  const listeners = new Map<string, { -readonly [Key in keyof Listener]: Listener[Key] }>();
  for (const [site, server] of servers.entries()) {
    const names = namesOf(server, around).map((name) => ({ name, site }));
    for (const said of server.own(LISTENS) ?? [usualListen(around.isRoot)]) {
      const listen = { ...said, speaksTls: speaksTls(server, said) };
      const key = renderBindAddress(listen.address);
      const before = listeners.get(key);
      if (before === undefined) {
        listeners.set(key, { ...listenerOf(listen, site, backlog), names });
      } else {
        before.names = [...before.names, ...names];
        before.fallback = listen.isDefault ? site : before.fallback;
        before.tls ||= listen.speaksTls;
        Object.assign(before, proxyHeaderOf(listen));
        before.backlog = listen.backlog ?? before.backlog;
      }
    }
  }
  return [...listeners.values()];
}

type UsualListen = Pick<Listen, 'address' | 'isDefault' | 'speaksTls' | 'hasProxyHeader' | 'backlog' | 'isIpv6Only'>;

function usualListen(isRoot: boolean): UsualListen {
  const address: BindAddress = { kind: 'tcp', host: '0.0.0.0', port: isRoot ? PORT_OF_ROOT : PORT_OF_OTHERS };
  return {
    address,
    isDefault: false,
    speaksTls: false,
    hasProxyHeader: false,
    backlog: undefined,
    isIpv6Only: true,
  };
}

/** Said by one server of an address, it holds for all. */
function proxyHeaderOf({ hasProxyHeader }: UsualListen): Pick<Listener, 'hasProxyHeader'> {
  return hasProxyHeader ? { hasProxyHeader: true } : {};
}

function listenerOf(listen: UsualListen, site: number, backlog: number): Listener {
  return {
    address: listen.address,
    tls: listen.speaksTls,
    backlog: listen.backlog ?? backlog,
    isIpv6Only: listen.isIpv6Only,
    ...proxyHeaderOf(listen),
    names: [],
    fallback: site,
  };
}
