/** How the connections of a stream are passed on. */

import type { StreamPolicy } from '../../../model/stream.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { Row } from '../row.ts';
import { row } from '../row.ts';
import { keep } from './keep.ts';

const BOTH = 'stream stream-server';

const CONNECT_MS: DraftKey<number> = draftKey('proxy_connect_timeout of streams');
const IDLE_MS: DraftKey<number> = draftKey('proxy_timeout');
const NEXT: DraftKey<boolean> = draftKey('proxy_next_upstream of streams');
const TRIES: DraftKey<number> = draftKey('proxy_next_upstream_tries of streams');
const NEXT_MS: DraftKey<number> = draftKey('proxy_next_upstream_timeout of streams');
const HALF_CLOSE: DraftKey<boolean> = draftKey('proxy_half_close');
const PROBES: DraftKey<boolean> = draftKey('proxy_socket_keepalive of streams');

const USUAL_CONNECT_MS = 60_000;
const USUAL_IDLE_MS = 600_000;
/** What is read at once where nothing is said; nginx has 16k, for which the system is asked four times as often. */
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
];

/** What holds in a server of `stream`. */
export function streamPolicyOf(draft: Draft): StreamPolicy {
  return {
    connectMs: draft.get(CONNECT_MS) ?? USUAL_CONNECT_MS,
    idleMs: draft.get(IDLE_MS) ?? USUAL_IDLE_MS,
    bufferBytes: USUAL_BUFFER_BYTES,
    retry: { isOn: draft.get(NEXT) ?? true, triesMax: draft.get(TRIES) ?? 0, timeoutMs: draft.get(NEXT_MS) ?? 0 },
    halfCloses: draft.get(HALF_CLOSE) ?? false,
    bind: '',
    probes: draft.get(PROBES) ?? false,
    uploadRate: '0',
    downloadRate: '0',
    sendsProxyProtocol: 'no',
  };
}
