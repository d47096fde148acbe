export const RELAY_LIMITS = {
  /** Bodies up to this go inside the REQUEST frame; longer ones to a file that the worker opens, which costs several times as much. */
  inlineBodyBytesMax: 2_097_152,
  /** Memory that waits for the next bodies, in each edge thread: as much as the least that --max-body-memory is by default. It is freed within two seconds. */
  freeBlockBytesMax: 33_554_432,
  /** When the memory for bodies, or for messages, is used up, a request or WebSocket may still have so much under way. */
  crampedBytes: 8192,
  /** Bytes on their way to a spool file; the source is paused above, resumed below a quarter of it. */
  spoolPendingBytesMax: 1_048_576,
  /** One response spooled for a slow reader; beyond it the worker waits for the reader (nginx: proxy_max_temp_file_size 1 GB). */
  responseSpoolBytesMax: 1_073_741_824,
  /** All spool files together may take one part in so many of their file system, unless --max-spool says how much … */
  spoolShare: 2,
  /** … and nothing of the last part in so many, or of the last gigabyte: others write there too. */
  spoolFreeShare: 20,
  spoolFreeBytesMax: 1_073_741_824,
  /** How often the file system is asked what is free. */
  spoolLookMs: 1000,
  /** How much of the limit on open files spool files may take (one in so many), all threads together; and the least and the most of each thread. */
  spoolDescriptorsShare: 32,
  spoolDescriptorsMin: 2,
  spoolDescriptorsMax: 64,
  /** Read back from a spool file at a time. */
  spoolReadBytes: 131_072,
  /** Requests dropped because the queue is full are logged at most this often. */
  overloadLogMs: 1000,
  /** Retry-After of a 503, in seconds. */
  retryAfterS: 1,
} as const;
