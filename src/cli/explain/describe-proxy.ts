/** To whom a place passes requests on, and how, in plain words. */

import type { ProxyContent, ProxyPolicy } from '../../config/model/proxying.ts';
import type { ServerModel } from '../../config/model/server-model.ts';
import { textOf } from './describe-rules.ts';
import { describeUpstream, REQUESTS, seconds } from './describe-upstream.ts';

type Proxying = Pick<ServerModel, 'upstreams' | 'proxyPolicies' | 'resolvers'>;

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
  return `passes the request on to ${to.url}${path}${upstream === undefined || upstream.isImplicit ? '' : `, which is ${describeUpstream(upstream, REQUESTS)}`}`;
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
