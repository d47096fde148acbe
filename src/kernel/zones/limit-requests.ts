/** What `limit_req` says of a request, as ngx_http_limit_req_module decides it, with its order over several zones. */

import type { RequestRates } from './request-rate.ts';

export interface RequestLimit {
  readonly rates: RequestRates;
  /** Thousandths of a request a second. */
  readonly rate: number;
  /** Thousandths of a request. */
  readonly burst: number;
  /** Thousandths of a request: excess up to here is not made to wait. Infinity: `nodelay`. */
  readonly delay: number;
}

export type RequestVerdict =
  /** No zone had anything to say: every key is empty. */
  | { readonly kind: 'unlimited' }
  | { readonly kind: 'passed' }
  | {
      readonly kind: 'delayed';
      readonly delayMs: number;
      /** Which of the limits, and the excess that the log names. */
      readonly limit: number;
      readonly excess: number;
    }
  /** `isFull`: there was no room for the key. */
  | { readonly kind: 'rejected'; readonly limit: number; readonly excess: number; readonly isFull: boolean };

/** nginx leaves out a key that is longer, and logs it. */
export const REQUEST_KEY_BYTES_MAX = 65_535;

const UNLIMITED: RequestVerdict = { kind: 'unlimited' };
const PASSED: RequestVerdict = { kind: 'passed' };

/** `keys` are the limits' keys in their order; an empty one leaves its limit out. A dry run counts the same: what is done about the verdict is the caller's. */
export function limitRequest(limits: readonly RequestLimit[], keys: readonly string[], nowMs: number): RequestVerdict {
  const entries: number[] = [];
  const last = limits.length - 1;
  let counted = -1;
  let hasLooked = false;
  for (let index = 0; index <= last; index += 1) {
    entries.push(-1);
    const limit = limits[index];
    const key = keys[index] ?? '';
    if (limit === undefined || key === '' || key.length > REQUEST_KEY_BYTES_MAX) {
      continue;
    }
    const { rates, rate, burst } = limit;
    // All but the last zone are only looked at: a request that a later one rejects must not have been counted in any.
    const answer = index === last ? rates.take(key, rate, burst, nowMs) : rates.look(key, rate, burst, nowMs);
    if (answer !== 'ok') {
      releaseAll(limits, entries);
      return { kind: 'rejected', limit: index, excess: rates.excess, isFull: answer === 'full' };
    }
    hasLooked = true;
    if (index === last) {
      counted = index;
    } else {
      entries[index] = rates.entry;
    }
  }
  return hasLooked ? settleAll(limits, entries, counted, nowMs) : UNLIMITED;
}

function releaseAll(limits: readonly RequestLimit[], entries: readonly number[]): void {
  entries.forEach((entry, index) => {
    if (entry >= 0) {
      limits[index]?.rates.release(entry);
    }
  });
}

/** Counts the request in all zones but the last; the one that has it wait longest decides. */
function settleAll(
  limits: readonly RequestLimit[],
  entries: readonly number[],
  counted: number,
  nowMs: number,
): RequestVerdict {
  const last = limits[counted];
  let decisive = counted;
  let excess = last?.rates.excess ?? 0;
  let delayMs = last === undefined ? 0 : delayOf(last, excess);
  for (let index = limits.length - 1; index >= 0; index -= 1) {
    const entry = entries[index] ?? -1;
    const limit = limits[index];
    if (limit === undefined || entry < 0) {
      continue;
    }
    const grown = limit.rates.settle(entry, limit.rate, nowMs);
    const waitMs = delayOf(limit, grown);
    if (waitMs > delayMs) {
      delayMs = waitMs;
      excess = grown;
      decisive = index;
    }
  }
  return delayMs === 0 ? PASSED : { kind: 'delayed', delayMs, limit: decisive, excess };
}

function delayOf({ delay, rate }: RequestLimit, excess: number): number {
  return excess <= delay ? 0 : Math.trunc(((excess - delay) * 1000) / rate);
}

/** As the log writes an excess: `1.500`. */
export function renderExcess(excess: number): string {
  return `${Math.trunc(excess / 1000)}.${String(excess % 1000).padStart(3, '0')}`;
}
