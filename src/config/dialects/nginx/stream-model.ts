/** The model of what `stream` says. */

import { Pool } from '../../model/pool.ts';
import type { StreamContent, StreamListener, StreamServer, Streams } from '../../model/stream.ts';
import type { Upstream } from '../../model/upstream.ts';
import { plainServer } from '../../proxied-server.ts';
import type { UpstreamAddress } from '../../upstream-address.ts';
import { ADDRESSES } from './directives/access-rules.ts';
import { errorLogsOf } from './directives/error-log.ts';
import { SENDS_AT_ONCE, STREAM_TARGET } from './directives/stream.ts';
import { STREAM_LISTENS } from './directives/stream-listening.ts';
import { streamPolicyOf } from './directives/stream-proxying.ts';
import type { Draft } from './draft.ts';
import type { NginxReport } from './report.ts';
import type { NginxSurroundings } from './surroundings.ts';

const PREREAD = { bytesMax: 16_384, timeoutMs: 30_000 };
const PROXY_PROTOCOL_MS = 30_000;

interface Reading {
  readonly around: NginxSurroundings;
  readonly report: NginxReport;
  /** Of a listener that says none. */
  readonly backlog: number;
}

/** Undefined: the files have none. */
export function streamsOf(main: Draft, { around, report, backlog: usualBacklog }: Reading): Streams | undefined {
  const drafts = main.children
    .filter(({ kind }) => kind === 'stream')
    .flatMap(({ children }) => children.filter(({ kind }) => kind === 'stream-server'));
  const upstreams = new Pool<Upstream>();
  const servers: StreamServer[] = [];
  const listeners: StreamListener[] = [];
  for (const draft of drafts) {
    const content = contentOf(draft, upstreams, report);
    if (content === undefined) {
      continue;
    }
    const stream = servers.push(serverOf(draft, content, around)) - 1;
    for (const { address, backlog, isIpv6Only } of draft.own(STREAM_LISTENS) ?? []) {
      listeners.push({ address, tls: false, backlog: backlog ?? usualBacklog, isIpv6Only, stream });
    }
  }
  return listeners.length === 0 ? undefined : { listeners, servers, upstreams: upstreams.values, variables: [] };
}

function serverOf(draft: Draft, content: StreamContent, around: NginxSurroundings): StreamServer {
  return {
    realIpFrom: [],
    addresses: draft.get(ADDRESSES) ?? [],
    readsHello: false,
    preread: PREREAD,
    sets: [],
    content,
    proxyProtocolMs: PROXY_PROTOCOL_MS,
    sendsAtOnce: draft.get(SENDS_AT_ONCE) ?? true,
    accessLogs: [],
    errorLogs: errorLogsOf(draft, around),
  };
}

function contentOf(draft: Draft, upstreams: Pool<Upstream>, report: NginxReport): StreamContent | undefined {
  const { address, place } = draft.own(STREAM_TARGET) ?? {};
  if (address === undefined || place === undefined) {
    return undefined;
  }
  if (!address.isUnix && address.port === undefined) {
    report('nginx.later', place, `the servers of the upstream "${address.host}" are not asked yet`, {
      hint: 'Nobody listens at the addresses of this server.',
      severity: 'warning',
    });
    return undefined;
  }
  const upstream = upstreams.add(implicitUpstream(address));
  return { kind: 'proxy', to: { kind: 'upstream', upstream }, policy: streamPolicyOf(draft) };
}

/** Of a server that is named alone. */
function implicitUpstream(address: UpstreamAddress): Upstream {
  const server = plainServer(address, 0);
  return { name: server.text, isImplicit: true, servers: [server], balancing: { kind: 'round-robin' } };
}
