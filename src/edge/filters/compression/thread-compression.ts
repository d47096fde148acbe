/** What the compressions of a thread share, whichever configuration they belong to: one for each thread, made when the first scope that compresses is compiled. */

import { AcceptedCodingsMemory } from './accept-encoding.ts';
import { CompressedCache } from './compressed-cache.ts';
import { jobsOfThread, ZlibPool } from './zlib-pool.ts';

export interface ThreadCompression {
  readonly pool: ZlibPool;
  readonly cache: CompressedCache;
  readonly accepted: AcceptedCodingsMemory;
}

let shared: ThreadCompression | undefined;

/** `threads`: of the edge. `onBug`: an error of ours in what a job calls back. */
export function threadCompression(threads: number, onBug: (error: unknown) => void): ThreadCompression {
  shared ??= {
    pool: new ZlibPool({ jobsMax: jobsOfThread(threads), onBug }),
    cache: new CompressedCache(),
    accepted: new AcceptedCodingsMemory(),
  };
  return shared;
}
