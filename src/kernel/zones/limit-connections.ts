/** What `limit_conn` says of a request, as ngx_http_limit_conn_module decides it. */

import type { ConnectionCounts } from './connection-count.ts';

export interface ConnectionLimit {
  readonly counts: ConnectionCounts;
  readonly max: number;
}

/** Where a request is counted; to be given back when it has ended. */
export interface Held {
  readonly counts: ConnectionCounts;
  readonly entry: number;
}

export type ConnectionVerdict =
  /** No zone had anything to say: every key is empty. */
  | { readonly kind: 'unlimited' }
  | { readonly kind: 'passed'; readonly held: readonly Held[] }
  /** The request is counted nowhere. `isFull`: there was no room for the key. */
  | { readonly kind: 'rejected'; readonly limit: number; readonly isFull: boolean };

/** nginx leaves out a key that is longer, and logs it. */
export const CONNECTION_KEY_BYTES_MAX = 255;

const UNLIMITED: ConnectionVerdict = { kind: 'unlimited' };

/** `keys` are the limits' keys in their order; an empty one leaves its limit out. */
export function limitConnections(limits: readonly ConnectionLimit[], keys: readonly string[]): ConnectionVerdict {
  const held: Held[] = [];
  for (let index = 0; index < limits.length; index += 1) {
    const limit = limits[index];
    const key = keys[index] ?? '';
    if (limit === undefined || key === '' || key.length > CONNECTION_KEY_BYTES_MAX) {
      continue;
    }
    const entry = limit.counts.enter(key, limit.max);
    if (typeof entry !== 'number') {
      releaseHeld(held);
      return { kind: 'rejected', limit: index, isFull: entry === 'full' };
    }
    held.push({ counts: limit.counts, entry });
  }
  return held.length === 0 ? UNLIMITED : { kind: 'passed', held };
}

export function releaseHeld(held: readonly Held[]): void {
  for (const { counts, entry } of held) {
    counts.leave(entry);
  }
}
