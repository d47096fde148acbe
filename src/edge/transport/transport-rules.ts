/**
 * What the configuration says of connections, as numbers that are asked wherever a deadline or a bound is set anyway. What it does not say is as our own limits
 * have it. Until a location is known they are those of the site that answers when no other name fits: a request's host is not known yet when its head is waited for.
 */

import type { RequestBodies, Sending } from '../../config/model/bodies.ts';
import type { ConnectionRules } from '../../config/model/connection.ts';
import type { FieldBlock } from '../../protocol/http/fields.ts';
import type { Http1Limits } from '../../protocol/http1/limits.ts';
import { NAMES_WITH_UNDERSCORES, PLAIN_NAMES } from '../../protocol/http1/name-filter.ts';
import { EDGE_LIMITS } from '../limits.ts';
import { isOldExplorer, isSafari } from '../shared/user-agents.ts';

/** Sent with a response behind which the connection stays, for clients that heed it. */
export type KeptField = 'Connection: keep-alive\r\n' | `Connection: keep-alive\r\nKeep-Alive: timeout=${number}\r\n`;

export interface TransportRules {
  readonly firstByteMs: number;
  readonly headTimeoutMs: number;
  readonly bodyStallMs: number;
  readonly writeStallMs: number;
  /** How long an idle connection is kept; 0: not at all. */
  readonly keepAliveMs: number;
  /** Infinity: any number. */
  readonly keepAliveRequestsMax: number;
  /** How long after it was accepted a connection takes another request; Infinity: always. */
  readonly keepAliveTimeMs: number;
  readonly keptField: KeptField | undefined;
  readonly keepAliveDisabledFor: readonly string[];
  /** Bodies of unknown length may be sent in chunks. */
  readonly isChunkedOn: boolean;
  /** Clients of HTTP/1.1 get fields behind a body though they have not said that they take them. */
  readonly sendsTrailersUnasked: boolean;
  /** Whether what a client may still be sending is read before its connection is closed. */
  readonly lingering: 'off' | 'on' | 'always';
  /** … how long in all, and from one byte to the next. */
  readonly lingerMs: number;
  readonly lingerIdleMs: number;
  /** Connections of clients that are too slow are reset, and those of requests that get no answer. */
  readonly resetsTimedOut: boolean;
}

/** A head is gathered before it is read, so no more than this is taken whatever a configuration allows. */
const HEAD_BYTES_MAX = 1_048_576;

/** For connections of tests. */
export const USUAL_RULES: TransportRules = transportRules({ keepAliveMs: 5000 }, {}, {});

export function transportRules(
  connection: ConnectionRules,
  bodies: Pick<RequestBodies, 'timeoutMs'>,
  sending: Pick<Sending, 'timeoutMs'>,
): TransportRules {
  const { headTimeoutMs, keepAliveMs, lingeringTimeMs } = connection;
  return {
    firstByteMs: headTimeoutMs ?? EDGE_LIMITS.firstByteMs,
    headTimeoutMs: headTimeoutMs ?? EDGE_LIMITS.headTimeoutMs,
    bodyStallMs: bodies.timeoutMs ?? EDGE_LIMITS.bodyStallMs,
    writeStallMs: sending.timeoutMs ?? EDGE_LIMITS.writeStallMs,
    keepAliveMs,
    keepAliveRequestsMax: connection.keepAliveRequestsMax ?? Number.POSITIVE_INFINITY,
    keepAliveTimeMs: connection.keepAliveTimeMs ?? Number.POSITIVE_INFINITY,
    keptField: keptField(connection),
    keepAliveDisabledFor: connection.keepAliveDisabledFor ?? [],
    isChunkedOn: connection.isChunkedOn ?? true,
    sendsTrailersUnasked: connection.sendsTrailersUnasked ?? false,
    lingering: connection.lingering ?? 'on',
    lingerMs: lingeringTimeMs ?? EDGE_LIMITS.lingerMs,
    lingerIdleMs: connection.lingeringTimeoutMs ?? lingeringTimeMs ?? EDGE_LIMITS.lingerMs,
    resetsTimedOut: connection.resetsTimedOut ?? false,
  };
}

function keptField({ keepAliveFieldS = 0, saysKept = false }: ConnectionRules): KeptField | undefined {
  if (keepAliveFieldS !== 0) {
    return `Connection: keep-alive\r\nKeep-Alive: timeout=${keepAliveFieldS}\r\n`;
  }
  return saysKept ? 'Connection: keep-alive\r\n' : undefined;
}

/** Undefined: as our own limits have it. */
export function headLimits({
  lineBytesMax,
  headBytesMax,
  fieldsMax,
}: ConnectionRules): Partial<Http1Limits> | undefined {
  const limits = {
    ...(lineBytesMax === undefined ? {} : { requestLineBytesMax: Math.min(lineBytesMax, HEAD_BYTES_MAX) }),
    ...(headBytesMax === undefined ? {} : { headBytesMax: Math.min(headBytesMax, HEAD_BYTES_MAX) }),
    ...(fieldsMax === undefined ? {} : { fieldsMax }),
  };
  return Object.keys(limits).length === 0 ? undefined : limits;
}

/** Undefined: all names that are tokens are taken. */
export function fieldNames({ dropsInvalidFields, takesUnderscores }: ConnectionRules): RegExp | undefined {
  if (dropsInvalidFields !== true) {
    return undefined;
  }
  return takesUnderscores === true ? NAMES_WITH_UNDERSCORES : PLAIN_NAMES;
}

/** Whether another request may come behind the one that is the `requestCount`th of its connection. */
export function staysOpen(rules: TransportRules, requestCount: number, openedMs: number, nowMs: number): boolean {
  const { keepAliveMs, keepAliveRequestsMax, keepAliveTimeMs } = rules;
  return keepAliveMs > 0 && requestCount < keepAliveRequestsMax && nowMs - openedMs < keepAliveTimeMs;
}

/** Whether the browser that has sent a request can be trusted with a connection that stays. */
export function isKeptWith(
  { keepAliveDisabledFor }: TransportRules,
  { method, block }: { readonly method: string; readonly block: FieldBlock },
): boolean {
  for (const browser of keepAliveDisabledFor) {
    // The old Explorer waits behind the answer to a POST, and is fine otherwise.
    if (browser === 'msie6' && method === 'POST' && isOldExplorer(block.get('user-agent') ?? '')) {
      return false;
    }
    if (browser === 'safari' && isSafari(block.get('user-agent') ?? '')) {
      return false;
    }
  }
  return true;
}
