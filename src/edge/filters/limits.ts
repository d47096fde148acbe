export const FILTER_LIMITS = {
  /** Bodies that are compressed at a time in each thread have so much memory in all; one that finds none is sent as it is. A context of gzip takes 268 KiB: 240 of them. */
  compressionBytesMax: 67_108_864,
  /** … which is told no more often than this. */
  compressionRefusedLogMs: 60_000,
  /** Jobs of compression that the process has in its thread pool at a time. The pool has four threads, and files are read by them too: one is left for those. */
  compressionJobsMax: 3,
  /** Input of one job. Gzip takes 0.5 ms for it at level 6: a job of somebody else, or the read of a file, does not wait longer than that for a thread of the pool. */
  compressionJobBytes: 32_768,
  /** Output of one job; what does not fit into it is made by the next. */
  compressionOutputBytes: 32_768,
  /** Buffers for output that a thread keeps. */
  compressionOutputsKept: 8,
  /** Input that waits to be compressed, for each body. */
  compressionHeldBytesMax: 65_536,
  /** Shorter input is compressed by the thread of the event loop: 30 µs at level 6, while a trip through the thread pool takes 20, and 80 and more until it is back. */
  compressionHereBytesMax: 4_096,
  /** … up to this level: the higher ones look for so long that a body made for it could hold the loop for milliseconds. */
  compressionHereLevelMax: 6,
  /** Longer input, up to one job, is begun there if the level is no higher than this: with the worst text it takes 0.15 ms to see that it will not be quick. */
  compressionBegunHereLevelMax: 4,
  /** … and goes on there as long as all of it promises to be done in so many milliseconds. A trip through the thread pool takes as much of the processors: 20 KB of HTML at level 1, which take 0.04 ms, cost 0.15 with it. */
  compressionHereMsMax: 0.15,
  /** Contexts of gzip that a thread keeps for the next bodies: one is made in 30 µs. */
  compressionSparesMax: 8,
  /** A whole body of an application up to this is compressed before its head leaves, so that its length is said and it leaves in one write. */
  compressionWholeBytesMax: 262_144,
  /** `portico serve` sends files and bodies of which more is known as they are: a few clients that ask for an export of a gigabyte would have all threads of the pool. */
  compressionBodyBytesMax: 16_777_216,
  /** Compressed forms of bodies that lie in memory and are sent often, with the bodies that they were made of: in each thread. */
  compressedCacheBytesMax: 33_554_432,
  /** Values of Accept-Encoding whose meaning is remembered; there are few in the world. */
  acceptEncodingsMax: 256,
  /** Longer ones are read each time. */
  acceptEncodingCharsMax: 128,
  /** Pieces that a filter makes are put together to leave in one write of so many bytes. */
  gatherBytes: 32_768,
  /** Bytes that wait in a filter behind a client that is slow, before who answers is stopped. */
  heldBytesMax: 65_536,
  /** Patterns of `sub_filter` that are made for each request, all together: their automaton is built anew each time. */
  dynamicPatternBytesMax: 8_192,
  /** A response whose rate is limited is looked at no more often than this. */
  paceMs: 20,
} as const;
