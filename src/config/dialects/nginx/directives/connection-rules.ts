/** What holds for connections of clients and the heads of their requests: how long is waited, how much is taken, how often a connection is used again. */

import type { RequestBodies, Sending } from '../../../model/bodies.ts';
import type { ConnectionRules, ScopedConnection } from '../../../model/connection.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { Row } from '../row.ts';
import { repeatable, row } from '../row.ts';
import { HTTP, HTTP_SERVER } from './contexts.ts';
import { keep } from './keep.ts';

interface Buffers {
  readonly count: number;
  readonly bytes: number;
}

const headTimeout: DraftKey<number> = draftKey('client_header_timeout');
const usualHead: DraftKey<number> = draftKey('client_header_buffer_size');
const largeHeads: DraftKey<Buffers> = draftKey('large_client_header_buffers');
const fieldsMax: DraftKey<number> = draftKey('max_headers');
const mergesSlashes: DraftKey<boolean> = draftKey('merge_slashes');
const dropsInvalid: DraftKey<boolean> = draftKey('ignore_invalid_headers');
const takesUnderscores: DraftKey<boolean> = draftKey('underscores_in_headers');
const keepAlive: DraftKey<{ readonly ms: number; readonly fieldS: number }> = draftKey('keepalive_timeout');
const keepAliveTime: DraftKey<number> = draftKey('keepalive_time');
const keepAliveRequests: DraftKey<number> = draftKey('keepalive_requests');
const keepAliveDisabled: DraftKey<readonly string[]> = draftKey('keepalive_disable');
const lingering: DraftKey<NonNullable<ConnectionRules['lingering']>> = draftKey('lingering_close');
const lingeringTime: DraftKey<number> = draftKey('lingering_time');
const lingeringTimeout: DraftKey<number> = draftKey('lingering_timeout');
const resetsTimedOut: DraftKey<boolean> = draftKey('reset_timedout_connection');
const isChunkedOn: DraftKey<boolean> = draftKey('chunked_transfer_encoding');
const bodyTimeout: DraftKey<number> = draftKey('client_body_timeout');
const bodyMemory: DraftKey<number> = draftKey('client_body_buffer_size');
const sendTimeout: DraftKey<number> = draftKey('send_timeout');

const EVERYWHERE: readonly DraftKey<unknown>[] = [
  keepAlive,
  keepAliveRequests,
  keepAliveTime,
  keepAliveDisabled,
  lingering,
  lingeringTime,
  lingeringTimeout,
  resetsTimedOut,
  isChunkedOn,
];

/** As nginx has them. */
const USUAL = {
  keepAliveMs: 75_000,
  keepAliveTimeMs: 3_600_000,
  keepAliveRequests: 1000,
  keepAliveDisabledFor: ['msie6'],
  lingeringTimeMs: 30_000,
  lingeringTimeoutMs: 5000,
  headTimeoutMs: 60_000,
  headBytes: 1024,
  largeHeads: { count: 4, bytes: 8192 },
  stallMs: 60_000,
} as const;

export const CONNECTION_RULE_ROWS: readonly Row[] = [
  row('keepalive_time', HTTP, 'msec', 'How long a connection may be used.', {
    apply: keep(keepAliveTime, (args) => args.number(0)),
  }),
  row(
    'keepalive_timeout',
    HTTP,
    'msec [sec]',
    'How long an idle connection stays open, and what the client is told of it.',
    { apply: keep(keepAlive, (args) => ({ ms: args.number(0), fieldS: args.number(1) })) },
  ),
  row('keepalive_requests', HTTP, 'number', 'How many requests may come on a connection.', {
    apply: keep(keepAliveRequests, (args) => args.number(0)),
  }),
  ...repeatable([
    row(
      'keepalive_disable',
      HTTP,
      'none|msie6|safari [none|msie6|safari]',
      'Browsers whose connections are not kept.',
      {
        apply: disablesKeepAlive,
      },
    ),
  ]),
  row(
    'lingering_close',
    HTTP,
    'off|on|always',
    'Whether what a client still sends is read before the connection is closed.',
    { apply: keep(lingering, (args) => lingeringIn(args.text(0))) },
  ),
  row('lingering_time', HTTP, 'msec', 'How long what a client still sends is read.', {
    apply: keep(lingeringTime, (args) => args.number(0)),
  }),
  row('lingering_timeout', HTTP, 'msec', 'How long is waited for what a client still sends.', {
    apply: keep(lingeringTimeout, (args) => args.number(0)),
  }),
  row('reset_timedout_connection', HTTP, 'flag', 'Whether connections that took too long are reset.', {
    apply: keep(resetsTimedOut, (args) => args.flag(0)),
  }),
  row('client_header_timeout', HTTP_SERVER, 'msec', 'How long the head of a request may take.', {
    apply: keep(headTimeout, (args) => args.number(0)),
  }),
  row('client_header_buffer_size', HTTP_SERVER, 'size', 'How long a head is that takes no more memory than usual.', {
    apply: keep(usualHead, (args) => args.number(0)),
  }),
  row(
    'large_client_header_buffers',
    HTTP_SERVER,
    'count bytes',
    'How many lines of a head may be long, and how long one may be.',
    { apply: keep(largeHeads, (args) => ({ count: args.number(0), bytes: args.number(1) })) },
  ),
  row('max_headers', HTTP_SERVER, 'number', 'How many fields a head may have.', {
    apply: keep(fieldsMax, (args) => args.number(0)),
  }),
  row('merge_slashes', HTTP_SERVER, 'flag', 'Whether several slashes of a path count as one.', {
    apply: keep(mergesSlashes, (args) => args.flag(0)),
  }),
  row('ignore_invalid_headers', HTTP_SERVER, 'flag', 'Whether fields with invalid names are dropped.', {
    apply: keep(dropsInvalid, (args) => args.flag(0)),
  }),
  row('underscores_in_headers', HTTP_SERVER, 'flag', 'Whether names of fields may have underscores.', {
    apply: keep(takesUnderscores, (args) => args.flag(0)),
  }),
  row('client_body_timeout', HTTP, 'msec', 'How long a client may pause while it sends a body.', {
    apply: keep(bodyTimeout, (args) => args.number(0)),
  }),
  row('client_body_buffer_size', HTTP, 'size', 'How much of a body for a server behind is kept in memory.', {
    apply: keep(bodyMemory, (args) => args.number(0)),
  }),
  row('send_timeout', HTTP, 'msec', 'How long a client may pause while it takes a response.', {
    apply: keep(sendTimeout, (args) => args.number(0)),
  }),
  row('chunked_transfer_encoding', HTTP, 'flag', 'Whether responses of unknown length may be chunked.', {
    apply: keep(isChunkedOn, (args) => args.flag(0)),
  }),
];

function lingeringIn(word: string): 'off' | 'on' | 'always' {
  return word === 'off' || word === 'always' ? word : 'on';
}

/** `none` beside a browser means nothing, as in nginx. */
function disablesKeepAlive(args: GivenArguments, draft: Draft): void {
  const browsers = args.texts().filter((word) => word !== 'none');
  draft.set(keepAliveDisabled, [...(draft.own(keepAliveDisabled) ?? []), ...browsers]);
}

export function connectionOf(server: Draft): ConnectionRules {
  const large = server.get(largeHeads) ?? USUAL.largeHeads;
  const lineBytesMax = Math.max(large.bytes, server.get(usualHead) ?? USUAL.headBytes);
  const headers = server.get(fieldsMax);
  return {
    ...everywhere(server),
    saysKept: true,
    sendsTrailersUnasked: true,
    headTimeoutMs: server.get(headTimeout) ?? USUAL.headTimeoutMs,
    lineBytesMax,
    headBytesMax: Math.max(lineBytesMax, large.count * large.bytes),
    ...(headers === undefined ? {} : { fieldsMax: headers }),
    mergesSlashes: server.get(mergesSlashes) ?? true,
    takesLineFeeds: true,
    dropsInvalidFields: server.get(dropsInvalid) ?? true,
    takesUnderscores: server.get(takesUnderscores) ?? false,
  };
}

/** What a location says otherwise than its server. Undefined: nothing. */
export function scopedConnectionOf(draft: Draft): ScopedConnection | undefined {
  const around = draft.within('server');
  if (around === undefined || !isSaidBelow(around, draft)) {
    return undefined;
  }
  const before: ScopedConnection = everywhere(around);
  const own: ScopedConnection = everywhere(draft);
  const different = Object.entries(own).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(before[key as keyof ScopedConnection]),
  );
  return different.length === 0 ? undefined : Object.fromEntries(different);
}

/** Most locations say nothing of it, and there may be thousands. */
function isSaidBelow(around: Draft, draft: Draft | undefined): boolean {
  return draft !== undefined && draft !== around && (draft.says(EVERYWHERE) || isSaidBelow(around, draft.parent));
}

/** What any block may say. */
function everywhere(draft: Draft): ScopedConnection & Pick<ConnectionRules, 'keepAliveMs'> {
  const { ms, fieldS } = draft.get(keepAlive) ?? { ms: USUAL.keepAliveMs, fieldS: 0 };
  return {
    keepAliveMs: ms,
    keepAliveFieldS: fieldS,
    keepAliveRequestsMax: draft.get(keepAliveRequests) ?? USUAL.keepAliveRequests,
    keepAliveTimeMs: draft.get(keepAliveTime) ?? USUAL.keepAliveTimeMs,
    keepAliveDisabledFor: draft.get(keepAliveDisabled) ?? USUAL.keepAliveDisabledFor,
    lingering: draft.get(lingering) ?? 'on',
    lingeringTimeMs: draft.get(lingeringTime) ?? USUAL.lingeringTimeMs,
    lingeringTimeoutMs: draft.get(lingeringTimeout) ?? USUAL.lingeringTimeoutMs,
    resetsTimedOut: draft.get(resetsTimedOut) ?? false,
    isChunkedOn: draft.get(isChunkedOn) ?? true,
  };
}

export function bodyRulesOf(draft: Draft): Pick<RequestBodies, 'timeoutMs' | 'memoryBytesMax'> {
  const memory = draft.get(bodyMemory);
  return {
    timeoutMs: draft.get(bodyTimeout) ?? USUAL.stallMs,
    // nginx keeps 16 KB in memory where nothing is said. Here it is what the budget of the whole server allows.
    ...(memory === undefined ? {} : { memoryBytesMax: memory }),
  };
}

export function sendTimeoutOf(draft: Draft): Pick<Sending, 'timeoutMs'> {
  return { timeoutMs: draft.get(sendTimeout) ?? USUAL.stallMs };
}
