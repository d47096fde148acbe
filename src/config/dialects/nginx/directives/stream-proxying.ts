/** How the connections of a stream are passed on. */

import type { StreamPolicy } from '../../../model/stream.ts';
import type { Template } from '../../../model/template.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { NginxReport } from '../report.ts';
import type { Row } from '../row.ts';
import { accepted, row } from '../row.ts';
import { keep } from './keep.ts';
import { readBind } from './proxy-connection.ts';
import { checkUpstreamTls, tlsRows, upstreamTlsOf } from './proxy-tls.ts';

const BOTH = 'stream stream-server';

const CONNECT_MS: DraftKey<number> = draftKey('proxy_connect_timeout of streams');
const IDLE_MS: DraftKey<number> = draftKey('proxy_timeout');
const NEXT: DraftKey<boolean> = draftKey('proxy_next_upstream of streams');
const TRIES: DraftKey<number> = draftKey('proxy_next_upstream_tries of streams');
const NEXT_MS: DraftKey<number> = draftKey('proxy_next_upstream_timeout of streams');
const HALF_CLOSE: DraftKey<boolean> = draftKey('proxy_half_close');
const PROBES: DraftKey<boolean> = draftKey('proxy_socket_keepalive of streams');
const BUFFER_BYTES: DraftKey<number> = draftKey('proxy_buffer_size of streams');
const BIND: DraftKey<Template> = draftKey('proxy_bind of streams');
const UPLOAD_RATE: DraftKey<Template> = draftKey('proxy_upload_rate');
const DOWNLOAD_RATE: DraftKey<Template> = draftKey('proxy_download_rate');
const REQUESTS: DraftKey<number> = draftKey('proxy_requests');
const RESPONSES: DraftKey<number> = draftKey('proxy_responses');
const ALPN: DraftKey<readonly Template[]> = draftKey('proxy_ssl_alpn');
const SPEAKS_TLS: DraftKey<boolean> = draftKey('proxy_ssl');
const PROXY_PROTOCOL: DraftKey<StreamPolicy['sendsProxyProtocol']> = draftKey('proxy_protocol');

const USUAL_CONNECT_MS = 60_000;
const USUAL_IDLE_MS = 600_000;
/** What is read at once where nothing is said, and at most; nginx has 16k, for which the system is asked four times as often. */
const USUAL_BUFFER_BYTES = 65_536;

export const STREAM_PROXYING: readonly Row[] = [
  row('proxy_connect_timeout', BOTH, 'msec', 'How long connecting to the upstream may take.', {
    apply: keep(CONNECT_MS, (args) => args.number(0)),
  }),
  row('proxy_timeout', BOTH, 'msec', 'How long a connection may be idle.', {
    apply: keep(IDLE_MS, (args) => args.number(0)),
  }),
  row('proxy_next_upstream', BOTH, 'flag', 'Whether another server is tried.', {
    apply: keep(NEXT, (args) => args.flag(0)),
  }),
  row('proxy_next_upstream_tries', BOTH, 'number', 'How many servers are tried.', {
    apply: keep(TRIES, (args) => args.number(0)),
  }),
  row('proxy_next_upstream_timeout', BOTH, 'msec', 'How long servers are tried.', {
    apply: keep(NEXT_MS, (args) => args.number(0)),
  }),
  row('proxy_half_close', BOTH, 'flag', 'Whether each direction is closed for itself.', {
    apply: keep(HALF_CLOSE, (args) => args.flag(0)),
  }),
  row('proxy_socket_keepalive', BOTH, 'flag', 'Whether the system probes connections to the upstream.', {
    apply: keep(PROBES, (args) => args.flag(0)),
  }),
  row('proxy_bind', BOTH, 'text [plain]', 'The own address of connections to the upstream.', { apply: bind }),
  row('proxy_protocol', BOTH, 'off|on|v2', 'Whether the upstream is told who the client is.', {
    apply: keep(PROXY_PROTOCOL, (args) => HEADERS[args.word(0)] ?? 'no'),
  }),
  row('proxy_upload_rate', BOTH, 'text', 'How fast clients are read, in bytes a second.', {
    apply: keep(UPLOAD_RATE, (args) => args.template(0)),
  }),
  row('proxy_download_rate', BOTH, 'text', 'How fast upstreams are read, in bytes a second.', {
    apply: keep(DOWNLOAD_RATE, (args) => args.template(0)),
  }),
  row('proxy_requests', BOTH, 'number', 'How many datagrams of a client make a session.', {
    apply: keep(REQUESTS, (args) => args.number(0)),
  }),
  row('proxy_responses', BOTH, 'number', 'How many datagrams answer one of a client.', {
    apply: keep(RESPONSES, (args) => args.number(0)),
  }),
  ...['proxy_buffer_size', 'proxy_downstream_buffer', 'proxy_upstream_buffer'].map((name) =>
    row(name, BOTH, 'bytes', 'How much is read at once, and held for a side that does not take it.', {
      apply: keep(BUFFER_BYTES, (args) => args.number(0)),
    }),
  ),
  row('proxy_ssl', BOTH, 'flag', 'Whether TLS is spoken with the upstream.', {
    apply: keep(SPEAKS_TLS, (args) => args.flag(0)),
  }),
  ...tlsRows('proxy', BOTH),
  row('proxy_ssl_alpn', BOTH, 'text...', 'Protocols that the upstream is offered by ALPN, the best first.', {
    apply: keep(ALPN, (args) => args.words.map((_, index) => args.template(index))),
  }),
  ...accepted('The system finds the sizes of these buffers by itself.', [
    row('proxy_socket_rcvbuf', BOTH, 'size', 'Memory of the system for what the upstream sends.'),
    row('proxy_socket_sndbuf', BOTH, 'size', 'Memory of the system for what the upstream gets.'),
  ]),
];

const HEADERS: Readonly<Record<string, StreamPolicy['sendsProxyProtocol']>> = { on: 'v1', v2: 'v2' };

function bind(args: GivenArguments, draft: Draft, report: NginxReport): void {
  const parameter = args.text(1);
  const own = readBind(args, report);
  if (own !== undefined) {
    draft.set(BIND, own);
  }
  if (parameter === 'transparent') {
    report('nginx.later', args.place(1), '"transparent" has no effect yet', {
      hint: 'The upstream sees the address of this machine.',
      severity: 'warning',
    });
  } else if (parameter !== '') {
    report('nginx.invalid-value', args.place(1), `invalid parameter "${parameter}"`);
  }
}

/** What holds in a server of `stream`. */
export function streamPolicyOf(draft: Draft, confPrefix: string): StreamPolicy {
  const speaksTls = draft.get(SPEAKS_TLS) ?? false;
  const responsesEach = draft.get(RESPONSES);
  return {
    connectMs: draft.get(CONNECT_MS) ?? USUAL_CONNECT_MS,
    idleMs: draft.get(IDLE_MS) ?? USUAL_IDLE_MS,
    bufferBytes: Math.min(draft.get(BUFFER_BYTES) ?? USUAL_BUFFER_BYTES, USUAL_BUFFER_BYTES),
    retry: { isOn: draft.get(NEXT) ?? true, triesMax: draft.get(TRIES) ?? 0, timeoutMs: draft.get(NEXT_MS) ?? 0 },
    halfCloses: draft.get(HALF_CLOSE) ?? false,
    bind: draft.get(BIND) ?? '',
    probes: draft.get(PROBES) ?? false,
    uploadRate: draft.get(UPLOAD_RATE) ?? '0',
    downloadRate: draft.get(DOWNLOAD_RATE) ?? '0',
    requestsMax: draft.get(REQUESTS) ?? 0,
    ...(responsesEach === undefined ? {} : { responsesEach }),
    sendsProxyProtocol: draft.get(PROXY_PROTOCOL) ?? 'no',
    ...(speaksTls ? { tls: upstreamTlsOf(draft, 'proxy', confPrefix) } : {}),
    alpn: speaksTls ? (draft.get(ALPN) ?? []) : [],
  };
}

/** What nginx does not start with. */
export function checkStreamTls(draft: Draft, report: NginxReport): void {
  if (draft.get(SPEAKS_TLS) === true) {
    checkUpstreamTls(draft, 'proxy', report);
  }
}
