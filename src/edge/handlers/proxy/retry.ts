/** Whether another server is asked, by the words of `proxy_next_upstream`. */

import type { ProxyRetry } from '../../../config/model/proxying.ts';
import { isIdempotent } from './retry-cause.ts';

export interface Failed {
  /** A word of the policy, or `stale`: the server had closed a connection that was kept, which says nothing of the request. */
  readonly cause: string;
  readonly method: string;
  /** The request may have reached the server. */
  readonly isSent: boolean;
  readonly isRepeatable: boolean;
  /** How many servers were asked so far. */
  readonly tries: number;
  readonly passedMs: number;
}

export function mayAskAgain({ causes, triesMax, timeoutMs }: ProxyRetry, failed: Failed): boolean {
  const { cause, method, isSent, isRepeatable, tries, passedMs } = failed;
  if (isSent && !isRepeatable) {
    return false;
  }
  if (isSent && !isIdempotent(method) && !causes.includes('non_idempotent')) {
    return false;
  }
  if (cause === 'stale') {
    return true;
  }
  return causes.includes(cause) && (triesMax === 0 || tries < triesMax) && (timeoutMs === 0 || passedMs < timeoutMs);
}

export function statusOfFailure(cause: string): 500 | 502 | 504 {
  switch (cause) {
    case 'timeout':
      return 504;
    case 'local':
      return 500;
    default:
      return 502;
  }
}
