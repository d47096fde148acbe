/** Servers behind this one, and how they share what comes, in plain words. */

import type { Balancing, HealthCheck, Sticky, Upstream, UpstreamServer } from '../../config/model/upstream.ts';
import { unreachable } from '../../kernel/unreachable.ts';
import { textOf } from './describe-rules.ts';

/** More servers than these are counted. */
const SHOWN_MAX = 8;

/** What servers share: the word for several of them. */
export const REQUESTS = 'requests';
export const CONNECTIONS = 'connections';

type Shared = typeof REQUESTS | typeof CONNECTIONS;

export function describeUpstream(upstream: Upstream, shared: Shared): string {
  const { servers, balancing, sticky, healthCheck, queue } = upstream;
  const shown = servers.slice(0, SHOWN_MAX).map((server) => describeServer(server, shared));
  const more = servers.length - shown.length;
  const listed = [...shown, ...(more > 0 ? [`${more} more`] : [])].join(', ');
  return [
    listed,
    ...(servers.length > 1 ? [describeBalancing(balancing, shared)] : []),
    ...(sticky === undefined ? [] : [describeSticky(sticky)]),
    ...(healthCheck === undefined ? [] : [describeHealthCheck(healthCheck)]),
    ...(queue === undefined ? [] : [`up to ${queue.requestsMax} ${shared} wait where all are busy`]),
  ].join('; ');
}

function describeServer(server: UpstreamServer, shared: Shared): string {
  const { text, weight, isBackup, isDown, isDraining, connectionsMax } = server;
  const facts = [
    ...(weight === 1 ? [] : [`weight ${weight}`]),
    ...(connectionsMax === 0 ? [] : [`up to ${connectionsMax} ${shared} at a time`]),
    ...(isBackup ? ['when the others are dead'] : []),
    ...(isDraining === true ? ['only for clients that it has already'] : []),
    ...(isDown ? ['down'] : []),
  ];
  return facts.length === 0 ? text : `${text} (${facts.join(', ')})`;
}

function describeBalancing(balancing: Balancing, shared: Shared): string {
  switch (balancing.kind) {
    case 'round-robin':
      return 'in turn';
    case 'least-conn':
      return `the one with the fewest ${shared}`;
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

function describeHealthCheck({ uri, dialogue, intervalMs }: HealthCheck): string {
  const connects =
    dialogue?.expects === undefined ? 'whether it accepts connections' : 'whether it answers as it should';
  const what = uri === undefined ? connects : `for ${uri}`;
  return `each is asked ${what} every ${seconds(intervalMs)}`;
}

export function seconds(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000} s` : `${ms} ms`;
}
