export const GATEWAY_LIMITS = {
  /** So long an application has to read what its client sent before the client left. */
  tunnelGoneMs: 5_000,
  /** A longer body is written to the lane from where it is; up to this it is cheaper to copy it, so that several requests leave in one write. */
  copiedBodyBytesMax: 32_768,
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
  /** Messages of a client that are longer are taken in once the application waits for one, and when there is memory for them. */
  webSocketLargeBytes: 262_144,
  /** A message that a worker sends over a WebSocket, in pieces. */
  webSocketMessageBytesMax: 1_073_741_824,
  /** How often a request that never began may be handed to another worker before it is given up. */
  retriesMax: 3,
  /** The lanes of a worker that has ended close by themselves once what it had sent was read. This much later a process that it has forked holds them. */
  goneReadMs: 100,
} as const;
