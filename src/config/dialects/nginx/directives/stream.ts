/** `stream`: connections and datagrams that are passed on as they are. */

import type { StreamServer } from '../../../model/stream.ts';
import type { Template } from '../../../model/template.ts';
import type { UpstreamAddress } from '../../../upstream-address.ts';
import { readUpstreamAddress } from '../../../upstream-address.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { NginxReport } from '../report.ts';
import type { Row } from '../row.ts';
import { accepted, later, repeatable, row } from '../row.ts';
import { STREAM_LOG_ROWS } from './access-log.ts';
import { decides, trust } from './access-rules.ts';
import { tableRows } from './defined-variables.ts';
import { STREAM_HEALTH_CHECK_ROWS } from './health-checks.ts';
import { keep } from './keep.ts';
import { passesTo } from './passing-on.ts';
import { resolverRows } from './resolvers.ts';
import { STREAM_LISTENING } from './stream-listening.ts';
import { STREAM_PROXYING } from './stream-proxying.ts';
import { opensBlock } from './structure.ts';
import { upstream } from './upstreams.ts';

/** What the clients of a server get, as it is said: which upstream an address is, is known when all of the files have been read. */
export type SaidStreamContent =
  | { readonly kind: 'return'; readonly text: Template }
  | { readonly kind: 'text'; readonly text: Template }
  | { readonly kind: 'address'; readonly address: UpstreamAddress }
  /** It cannot be done, which has been told. */
  | { readonly kind: 'nobody' };

export const STREAM_CONTENT: DraftKey<SaidStreamContent> = draftKey('content of a stream');
const SENDS_AT_ONCE: DraftKey<boolean> = draftKey('tcp_nodelay of streams');
const READS_HELLO: DraftKey<boolean> = draftKey('ssl_preread');
const PREREAD_BYTES: DraftKey<number> = draftKey('preread_buffer_size');
const PREREAD_MS: DraftKey<number> = draftKey('preread_timeout');
const ALPN: DraftKey<readonly string[]> = draftKey('ssl_alpn');
const HEADER_MS: DraftKey<number> = draftKey('proxy_protocol_timeout');
const SETS: DraftKey<StreamServer['sets']> = draftKey('set of a stream');

const BOTH = 'stream stream-server';
const USUAL_PREREAD = { bytesMax: 16_384, timeoutMs: 30_000 };
const USUAL_HEADER_MS = 30_000;

const TABLE_SIZES: readonly Row[] = accepted('Tables grow by themselves.', [
  row('variables_hash_max_size', 'stream', 'number', 'Size of the table of variables.'),
  row('variables_hash_bucket_size', 'stream', 'number', 'Size of a row in the table of variables.'),
  row('server_names_hash_max_size', 'stream', 'number', 'Size of the table of names.'),
  row('server_names_hash_bucket_size', 'stream', 'number', 'Size of a row in the table of names.'),
  row('map_hash_max_size', 'stream', 'number', 'Size of the table of a `map`.'),
  row('map_hash_bucket_size', 'stream', 'number', 'Size of a row in the table of a `map`.'),
]);

const TLS: readonly Row[] = [
  row('ssl_alpn', BOTH, 'plain...', 'Protocols of ALPN.', { apply: keep(ALPN, (args) => args.texts()) }),
  ...accepted('A handshake has 20 seconds.', [
    row('ssl_handshake_timeout', BOTH, 'msec', 'How long a handshake may take.'),
  ]),
];

const OTHERS: readonly Row[] = [
  ...later('A stream has one server for each address: the name that a client asks for decides about nothing yet.', [
    ...repeatable([row('server_name', 'stream-server', 'plain...', 'Names by which TLS asks for the listener.')]),
  ]),
  ...later('Nobody listens at the addresses of this server.', [
    row('pass', 'stream-server', 'text', 'The listener that gets the connections.', {
      apply: (_, draft) => draft.set(STREAM_CONTENT, { kind: 'nobody' }),
    }),
  ]),
];

export const STREAM: readonly Row[] = [
  row('stream', 'main', '{stream}', 'Connections and datagrams that are passed on as they are.', { apply: opensBlock }),
  row('tcp_nodelay', BOTH, 'flag', 'Whether small packets are sent at once.', {
    apply: keep(SENDS_AT_ONCE, (args) => args.flag(0)),
  }),
  row('ssl_preread', BOTH, 'flag', 'Whether the beginning of a handshake is looked at.', {
    apply: keep(READS_HELLO, (args) => args.flag(0)),
  }),
  row('preread_buffer_size', BOTH, 'size', 'How much is read before the connection is passed on.', {
    apply: keep(PREREAD_BYTES, (args) => args.number(0)),
  }),
  row('preread_timeout', BOTH, 'msec', 'How long reading that may take.', {
    apply: keep(PREREAD_MS, (args) => args.number(0)),
  }),
  row('proxy_protocol_timeout', BOTH, 'msec', 'How long the header of the PROXY protocol may take.', {
    apply: keep(HEADER_MS, (args) => args.number(0)),
  }),
  row('return', 'stream-server', 'text', 'What a client gets before the connection is closed.', {
    apply: (args, draft) => draft.set(STREAM_CONTENT, { kind: 'return', text: args.template(0) }),
  }),
  row('proxy_pass', 'stream-server', 'text', 'The server, or the upstream, that gets the connections.', {
    apply: passOn,
  }),
  ...resolverRows(`${BOTH} stream-upstream`),
  ...STREAM_LISTENING,
  ...STREAM_PROXYING,
  ...STREAM_LOG_ROWS,
  ...STREAM_HEALTH_CHECK_ROWS,
  ...tableRows('stream'),
  ...repeatable([
    row('server', 'stream', '{stream-server}', 'A listener.', { apply: opensBlock }),
    row('upstream', 'stream', 'plain {stream-upstream}', 'Servers that share connections.', { apply: upstream }),
    row('allow', BOTH, 'network', 'Clients that are let in.', { apply: decides(true) }),
    row('deny', BOTH, 'network', 'Clients that are kept out.', { apply: decides(false) }),
    row('set_real_ip_from', BOTH, 'address', 'A proxy that is believed when it tells the address of its client.', {
      apply: trust,
    }),
    row('set', 'stream-server', 'variable text', 'Gives a variable a value.', {
      apply: (args, draft) => draft.append(SETS, { variable: args.word(0), value: args.template(1) }),
    }),
  ]),
  ...TABLE_SIZES,
  ...TLS,
  ...OTHERS,
];

function passOn(args: GivenArguments, draft: Draft, report: NginxReport): void {
  passesTo({ protocol: undefined, needsPort: true })(args, draft, report);
  if (args.text(0).includes('$')) {
    draft.set(STREAM_CONTENT, { kind: 'text', text: args.template(0) });
    return;
  }
  const address = readUpstreamAddress(args.text(0));
  draft.set(STREAM_CONTENT, address.ok ? { kind: 'address', address: address.value } : { kind: 'nobody' });
}

type ServerRules = Pick<StreamServer, 'readsHello' | 'preread' | 'sets' | 'proxyProtocolMs' | 'sendsAtOnce'>;

/** What holds in a server of `stream` before its clients get anything. */
export function streamRulesOf(draft: Draft): ServerRules {
  return {
    readsHello: draft.get(READS_HELLO) ?? false,
    preread: {
      bytesMax: draft.get(PREREAD_BYTES) ?? USUAL_PREREAD.bytesMax,
      timeoutMs: draft.get(PREREAD_MS) ?? USUAL_PREREAD.timeoutMs,
    },
    sets: draft.own(SETS) ?? [],
    proxyProtocolMs: draft.get(HEADER_MS) ?? USUAL_HEADER_MS,
    sendsAtOnce: draft.get(SENDS_AT_ONCE) ?? true,
  };
}

/** What is agreed on with clients that speak TLS. */
export function streamAlpnOf(draft: Draft): readonly string[] {
  return draft.get(ALPN) ?? [];
}
