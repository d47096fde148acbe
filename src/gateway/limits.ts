export const GATEWAY_LIMITS = {
  /** So long an application has to read what its client sent before the client left. */
  tunnelGoneMs: 5_000,
  /** Bodies up to this go inside the REQUEST frame; longer ones to a file that the worker opens, which costs several times as much. */
  inlineBodyBytesMax: 2_097_152,
  /** A longer body is written to the lane from where it is; up to this it is cheaper to copy it, so that several requests leave in one write. */
  copiedBodyBytesMax: 32_768,
  /** Memory that waits for the next bodies, in each edge thread: as much as the least that --max-body-memory is by default. It is freed within two seconds. */
  freeBlockBytesMax: 33_554_432,
  /** Credit is given back in pieces of this at least, unless a client has just caught up: a quarter of what a stream begins with. */
  creditBytesMin: 65_536,
  /** A worker of an event loop may send so much more of a response whose client keeps up, so that a large one need not wait for credit every few hundred microseconds … */
  wideCreditBytes: 786_432,
  /** … if so much of one frame has come, as of large responses: one that streams in small pieces gains nothing by it … */
  wideFrameBytes: 131_072,
  /** … while no more of the memory for bodies is used than one part in so many. */
  wideShare: 2,
  /** Credit of such a response is given back in pieces of this at least: a quarter of what it may have under way. */
  wideCreditBytesMin: 262_144,
  /** When the memory for bodies, or for messages, is used up, a request or WebSocket may still have so much under way. */
  crampedBytes: 8192,
  /** Messages of a client that are longer are taken in once the application waits for one, and when there is memory for them. */
  webSocketLargeBytes: 262_144,
  /** A message that a worker sends over a WebSocket, in pieces. */
  webSocketMessageBytesMax: 1_073_741_824,
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
  /** How often a request that never began may be handed to another worker before it is given up. */
  retriesMax: 3,
  /** The lanes of a worker that has ended close by themselves once what it had sent was read. This much later a process that it has forked holds them. */
  goneReadMs: 100,
  /** Requests dropped because the queue is full are logged at most this often. */
  overloadLogMs: 1000,
  /** Retry-After of a 503, in seconds. */
  retryAfterS: 1,
} as const;
