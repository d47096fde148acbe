/** What the compressions of a thread share, whichever configuration they belong to: one for each thread, made when the first scope that compresses is compiled. */

import { systemClock } from '../../../kernel/clock.ts';
import { FILTER_LIMITS } from '../limits.ts';
import { AcceptedCodingsMemory } from './accept-encoding.ts';
import { CompressedCache } from './compressed-cache.ts';
import { jobsOfThread, ZlibPool } from './zlib-pool.ts';

export interface ThreadCompression {
  readonly pool: ZlibPool;
  readonly cache: CompressedCache;
  readonly accepted: AcceptedCodingsMemory;
}

export interface CompressionReports {
  /** An error of ours in what a job calls back. */
  readonly onBug: (error: unknown) => void;
  readonly log: (level: 'warning', text: string) => void;
}

let shared: ThreadCompression | undefined;

/** `threads`: of the edge. */
export function threadCompression(threads: number, { onBug, log }: CompressionReports): ThreadCompression {
  const onRefused = atMostEvery(FILTER_LIMITS.compressionRefusedLogMs, () =>
    log('warning', 'responses are sent uncompressed: so many are being compressed that the memory for it is used up'),
  );
  shared ??= {
    pool: new ZlibPool({ jobsMax: jobsOfThread(threads), onBug, onRefused }),
    cache: new CompressedCache(),
    accepted: new AcceptedCodingsMemory(),
  };
  return shared;
}

function atMostEvery(ms: number, tell: () => void): () => void {
  let toldMs = Number.NEGATIVE_INFINITY;
  return () => {
    const nowMs = systemClock.monotonicMs();
    if (nowMs - toldMs >= ms) {
      toldMs = nowMs;
      tell();
    }
  };
}
