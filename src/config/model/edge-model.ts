import type { App, EdgeApp } from './app.ts';
import type { EdgeModel, EdgeSite, ServerModel, Site } from './server-model.ts';
import { clientRulesOf } from './site-tls.ts';
import type { Streams, StreamTls } from './stream.ts';

/** What the edge is told of a model. Everything is named: what a model has besides, now or later, stays with the supervisor. `upstreamTls`: as it has read it. */
export function edgeModel(model: ServerModel, upstreamTls?: EdgeModel['upstreamTls']): EdgeModel {
  const { listeners, sites, streams, scopes, connections, types, variables, charsetMaps, zones, logs } = model;
  const { upstreams, proxyPolicies, resolvers, edge, forwarding } = model;
  return {
    listeners,
    sites: sites.map(edgeSite),
    ...(streams === undefined ? {} : { streams: edgeStreams(streams) }),
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
  const finds = tls.namedCertificates.length > 0 ? { findsCertificates: true as const } : {};
  return { ...site, clients: clientRulesOf(tls), ...finds };
}

/** Of TLS the edge has to know whether clients must have a certificate; the rest it is told with what the files hold. */
function edgeStreams({ servers, ...streams }: Streams): Streams {
  return {
    ...streams,
    servers: servers.map(({ tls, ...server }) => (tls === undefined ? server : { ...server, tls: withoutFiles(tls) })),
  };
}

function withoutFiles(tls: StreamTls): StreamTls {
  return {
    ...tls,
    certificates: [],
    namedCertificates: [],
    caCerts: '',
    trustedCerts: '',
    crl: '',
    dhParams: '',
    ticketKeyFiles: [],
  };
}

function edgeApp({ id, timeouts, queue, webSockets, namedFolders }: App): EdgeApp {
  return { id, timeouts, queue, webSockets, namedFolders };
}
