/**
 * What the configuration says of connections, as numbers that are asked wherever a deadline or a bound is set anyway. What it does not say is as our own limits
 * have it. They are those of the site that answers when no other name fits: a request's host is not known yet when its head is waited for.
 */

import type { RequestBodies, Sending } from '../../config/model/bodies.ts';
import type { ConnectionRules } from '../../config/model/connection.ts';
import type { Http1Limits } from '../../protocol/http1/limits.ts';
import { NAMES_WITH_UNDERSCORES, PLAIN_NAMES } from '../../protocol/http1/name-filter.ts';
import { EDGE_LIMITS } from '../limits.ts';

/** Sent with a response behind which the connection stays, for clients that heed it. */
export type KeptField = `Connection: keep-alive\r\nKeep-Alive: timeout=${number}\r\n`;

export interface TransportRules {
  readonly firstByteMs: number;
  readonly headTimeoutMs: number;
  readonly bodyStallMs: number;
  readonly writeStallMs: number;
  /** Infinity: any number. */
  readonly keepAliveRequestsMax: number;
  /** How long after it was accepted a connection takes another request; Infinity: always. */
  readonly keepAliveTimeMs: number;
  readonly keptField: KeptField | undefined;
  /** Bodies of unknown length may be sent in chunks. */
  readonly isChunkedOn: boolean;
}

/** A head is gathered before it is read, so no more than this is taken whatever a configuration allows. */
const HEAD_BYTES_MAX = 1_048_576;

export const USUAL_RULES: TransportRules = transportRules({ keepAliveMs: 0 }, {}, {});

export function transportRules(
  { headTimeoutMs, keepAliveFieldS = 0, keepAliveRequestsMax, keepAliveTimeMs, isChunkedOn = true }: ConnectionRules,
  bodies: Pick<RequestBodies, 'timeoutMs'>,
  sending: Pick<Sending, 'timeoutMs'>,
): TransportRules {
  return {
    firstByteMs: headTimeoutMs ?? EDGE_LIMITS.firstByteMs,
    headTimeoutMs: headTimeoutMs ?? EDGE_LIMITS.headTimeoutMs,
    bodyStallMs: bodies.timeoutMs ?? EDGE_LIMITS.bodyStallMs,
    writeStallMs: sending.timeoutMs ?? EDGE_LIMITS.writeStallMs,
    keepAliveRequestsMax: keepAliveRequestsMax ?? Number.POSITIVE_INFINITY,
    keepAliveTimeMs: keepAliveTimeMs ?? Number.POSITIVE_INFINITY,
    keptField:
      keepAliveFieldS === 0 ? undefined : `Connection: keep-alive\r\nKeep-Alive: timeout=${keepAliveFieldS}\r\n`,
    isChunkedOn,
  };
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
  return requestCount < rules.keepAliveRequestsMax && nowMs - openedMs < rules.keepAliveTimeMs;
}
