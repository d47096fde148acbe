import type { App, EdgeApp } from './app.ts';
import type { EdgeModel, EdgeSite, ServerModel, Site } from './server-model.ts';

/** What the edge is told of a model. Everything is named: what a model has besides, now or later, stays with the supervisor. `upstreamTls`: as it has read it. */
export function edgeModel(model: ServerModel, upstreamTls?: EdgeModel['upstreamTls']): EdgeModel {
  const { listeners, sites, streams, scopes, connections, types, variables, charsetMaps, zones, logs } = model;
  const { upstreams, proxyPolicies, resolvers, edge, forwarding } = model;
  return {
    listeners,
    sites: sites.map(edgeSite),
    ...(streams === undefined ? {} : { streams }),
    apps: model.apps.map(edgeApp),
    scopes,
    connections,
    types,
    variables,
    charsetMaps,
    zones,
    logs,
    upstreams,
    proxyPolicies,
    ...(upstreamTls === undefined ? {} : { upstreamTls }),
    resolvers,
    edge,
    forwarding,
    isDevelopment: model.development !== undefined,
  };
}

function edgeSite({ tls, ...site }: Site): EdgeSite {
  if (tls === undefined) {
    return site;
  }
  const { clients, caCerts, trustedCerts, crl, verifyDepth } = tls;
  return { ...site, clients: { clients, caCerts, trustedCerts, crl, verifyDepth } };
}

function edgeApp({ id, timeouts, queue, webSockets, namedFolders }: App): EdgeApp {
  return { id, timeouts, queue, webSockets, namedFolders };
}
