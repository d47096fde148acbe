/** What holds for connections of clients and the heads of their requests: how long is waited, how much is taken, how often a connection is used again. */

import type { RequestBodies, Sending } from '../../../model/bodies.ts';
import type { ConnectionRules } from '../../../model/connection.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { Apply, Row } from '../row.ts';
import { row } from '../row.ts';
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
const isChunkedOn: DraftKey<boolean> = draftKey('chunked_transfer_encoding');
const bodyTimeout: DraftKey<number> = draftKey('client_body_timeout');
const sendTimeout: DraftKey<number> = draftKey('send_timeout');

/** As nginx has them. */
const USUAL = {
  keepAliveMs: 75_000,
  keepAliveTimeMs: 3_600_000,
  keepAliveRequests: 1000,
  headTimeoutMs: 60_000,
  headBytes: 1024,
  largeHeads: { count: 4, bytes: 8192 },
  stallMs: 60_000,
} as const;

export const CONNECTION_RULE_ROWS: readonly Row[] = [
  row('keepalive_time', HTTP, 'msec', 'How long a connection may be used.', {
    apply: forConnections(keepAliveTime, (args) => args.number(0)),
  }),
  row(
    'keepalive_timeout',
    HTTP,
    'msec [sec]',
    'How long an idle connection stays open, and what the client is told of it.',
    { apply: forConnections(keepAlive, (args) => ({ ms: args.number(0), fieldS: args.number(1) })) },
  ),
  row('keepalive_requests', HTTP, 'number', 'How many requests may come on a connection.', {
    apply: forConnections(keepAliveRequests, (args) => args.number(0)),
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
    apply: forConnections(bodyTimeout, (args) => args.number(0)),
  }),
  row('send_timeout', HTTP, 'msec', 'How long a client may pause while it takes a response.', {
    apply: forConnections(sendTimeout, (args) => args.number(0)),
  }),
  row('chunked_transfer_encoding', HTTP, 'flag', 'Whether responses of unknown length may be chunked.', {
    apply: forConnections(isChunkedOn, (args) => args.flag(0)),
  }),
];

/** They hold for a connection as a whole: what a location says of them comes too late, and is told of. */
function forConnections<T>(key: DraftKey<T>, value: (args: GivenArguments) => T): Apply {
  return (args, draft, report) => {
    if (draft.kind === 'location') {
      report(
        'nginx.later',
        args.directive.place,
        `"${args.directive.text}" directive has no effect in a location yet`,
        {
          hint: 'What the server around it says holds for the whole connection. Write it there.',
          severity: 'warning',
        },
      );
      return;
    }
    draft.set(key, value(args));
  };
}

export function connectionOf(server: Draft): ConnectionRules {
  const { ms, fieldS } = server.get(keepAlive) ?? { ms: USUAL.keepAliveMs, fieldS: 0 };
  const large = server.get(largeHeads) ?? USUAL.largeHeads;
  const lineBytesMax = Math.max(large.bytes, server.get(usualHead) ?? USUAL.headBytes);
  const headers = server.get(fieldsMax);
  return {
    keepAliveMs: ms,
    ...(fieldS === 0 ? {} : { keepAliveFieldS: fieldS }),
    keepAliveRequestsMax: server.get(keepAliveRequests) ?? USUAL.keepAliveRequests,
    keepAliveTimeMs: server.get(keepAliveTime) ?? USUAL.keepAliveTimeMs,
    headTimeoutMs: server.get(headTimeout) ?? USUAL.headTimeoutMs,
    lineBytesMax,
    headBytesMax: Math.max(lineBytesMax, large.count * large.bytes),
    ...(headers === undefined ? {} : { fieldsMax: headers }),
    mergesSlashes: server.get(mergesSlashes) ?? true,
    takesLineFeeds: true,
    dropsInvalidFields: server.get(dropsInvalid) ?? true,
    takesUnderscores: server.get(takesUnderscores) ?? false,
    isChunkedOn: server.get(isChunkedOn) ?? true,
  };
}

export function bodyTimeoutOf(draft: Draft): Pick<RequestBodies, 'timeoutMs'> {
  return { timeoutMs: draft.get(bodyTimeout) ?? USUAL.stallMs };
}

export function sendTimeoutOf(draft: Draft): Pick<Sending, 'timeoutMs'> {
  return { timeoutMs: draft.get(sendTimeout) ?? USUAL.stallMs };
}
