/** To whom a place passes requests on, and how, in plain words. */

import type { ProxyContent, ProxyPolicy } from '../../config/model/proxying.ts';
import type { ServerModel } from '../../config/model/server-model.ts';
import type { Balancing, HealthCheck, Sticky, Upstream, UpstreamServer } from '../../config/model/upstream.ts';
import { unreachable } from '../../kernel/unreachable.ts';
import { textOf } from './describe-rules.ts';

type Proxying = Pick<ServerModel, 'upstreams' | 'proxyPolicies' | 'resolvers'>;

/** More servers than these are counted. */
const SHOWN_MAX = 8;

export function describeProxy(content: ProxyContent, model: Proxying): string {
  const policy = model.proxyPolicies[content.policy];
  const { to } = content;
  const isAlone = to.kind === 'upstream' && (model.upstreams[to.upstream]?.servers.length ?? 0) < 2;
  return [
    describeTarget(content, model),
    ...(policy === undefined ? [] : describePolicy(content, policy)),
    ...(policy === undefined || isAlone ? [] : [describeRetry(policy)]),
  ].join('; ');
}

function describeTarget({ protocol, tls, to }: ProxyContent, { upstreams }: Proxying): string {
  if (to.kind === 'text') {
    const scheme = protocol === 'http' ? '' : `${tls ? 's' : ''}${protocol}://`;
    return `passes the request on to ${scheme}${textOf(to.text)}, which is known when a request comes`;
  }
  const upstream = upstreams[to.upstream];
  const path = to.uri === undefined ? '' : `, ${to.uri} in place of the path of the location`;
  return `passes the request on to ${to.url}${path}${upstream === undefined || upstream.isImplicit ? '' : `, which is ${describeUpstream(upstream)}`}`;
}

function describeUpstream({ servers, balancing, sticky, healthCheck, queue }: Upstream): string {
  const shown = servers.slice(0, SHOWN_MAX).map(describeServer);
  const more = servers.length - shown.length;
  const listed = [...shown, ...(more > 0 ? [`${more} more`] : [])].join(', ');
  return [
    listed,
    ...(servers.length > 1 ? [describeBalancing(balancing)] : []),
    ...(sticky === undefined ? [] : [describeSticky(sticky)]),
    ...(healthCheck === undefined ? [] : [describeHealthCheck(healthCheck)]),
    ...(queue === undefined ? [] : [`up to ${queue.requestsMax} requests wait where all are busy`]),
  ].join('; ');
}

function describeServer({ text, weight, isBackup, isDown, isDraining, connectionsMax }: UpstreamServer): string {
  const facts = [
    ...(weight === 1 ? [] : [`weight ${weight}`]),
    ...(connectionsMax === 0 ? [] : [`up to ${connectionsMax} requests at a time`]),
    ...(isBackup ? ['when the others are dead'] : []),
    ...(isDraining === true ? ['only for clients that it has already'] : []),
    ...(isDown ? ['down'] : []),
  ];
  return facts.length === 0 ? text : `${text} (${facts.join(', ')})`;
}

function describeBalancing(balancing: Balancing): string {
  switch (balancing.kind) {
    case 'round-robin':
      return 'in turn';
    case 'least-conn':
      return 'the one with the fewest requests';
    case 'ip-hash':
      return "by the client's network";
    case 'hash':
      return `by "${textOf(balancing.key)}"`;
    case 'least-time':
      return 'the fastest';
    case 'random':
      return balancing.best === undefined ? 'any' : 'of two that chance picks the better one';
    default:
      return unreachable(balancing);
  }
}

function describeSticky(sticky: Sticky): string {
  switch (sticky.kind) {
    case 'cookie':
      return `a client stays with its server (cookie ${sticky.name})`;
    case 'route':
      return `a client stays with the server that ${sticky.variables.map((name) => `$${name}`).join(' or ')} names`;
    case 'learn':
      return `a client stays with the server of its session (${sticky.lookup.map((name) => `$${name}`).join(', ')})`;
    default:
      return unreachable(sticky);
  }
}

function describeHealthCheck({ uri, intervalMs }: HealthCheck): string {
  const what = uri === undefined ? 'whether it accepts connections' : `for ${uri}`;
  return `each is asked ${what} every ${seconds(intervalMs)}`;
}

function describePolicy(
  { protocol, tls }: ProxyContent,
  { request, connection, response }: ProxyPolicy,
): readonly string[] {
  const host = request.fields.find(({ name }) => name.toLowerCase() === 'host');
  const { connectMs, sendMs, readMs, tls: secured } = connection;
  const http = host === undefined ? [] : [`Host is "${textOf(host.value)}"`];
  const verified = secured?.verifies === true ? 'its certificate is checked' : 'its certificate is not checked';
  return [
    ...(protocol === 'http' ? [`HTTP/${request.httpVersion}`, ...http] : []),
    ...(tls ? [verified] : []),
    `waits ${seconds(connectMs)} to connect, ${seconds(sendMs)} to send, ${seconds(readMs)} for an answer`,
    ...(request.isBuffered ? [] : ['bodies are passed on as they come']),
    ...(response.isBuffered ? [] : ['answers are passed on as they come']),
    ...(response.interceptsErrors && protocol !== 'memcached' ? ['error pages take the place of its errors'] : []),
  ];
}

function describeRetry({ retry }: ProxyPolicy): string {
  return retry.causes.length === 0
    ? 'no other server is tried'
    : `another server is tried on ${retry.causes.join(', ')}`;
}

function seconds(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000} s` : `${ms} ms`;
}
