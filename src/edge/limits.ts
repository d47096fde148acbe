export const EDGE_LIMITS = {
  /** How often it is looked whether requests go on in a plan that another has followed. */
  pastPlansLookMs: 100,
  /** A whole head must have come this long after its first byte (Apache mod_reqtimeout: 20 to 40 s). */
  headTimeoutMs: 20_000,
  /** A TLS handshake must have ended so long after the connection was accepted. */
  handshakeMs: 20_000,
  /** A client with a certificate waits so long for what its authorities say of it; a responder that takes longer has not answered. */
  clientStatusMs: 10_000,
  /** So many certificates are asked about at a time in a thread, and so many clients wait for their turn. */
  clientStatusAsksMax: 64,
  clientStatusWaitingMax: 1024,
  /** Where answers are kept: one that does not say when the next one comes counts so long, as with nginx, and none counts longer than a day, for who is revoked is to be found out. */
  clientStatusOpenMs: 3_600_000,
  clientStatusKeptMs: 86_400_000,
  /** The first byte of a connection must have come this long after it was accepted, or its handshake ended (nginx client_header_timeout). */
  firstByteMs: 60_000,
  /** How much later than its deadline a connection may be looked at, and how old the time is from which a deadline is counted. */
  tickMs: 1_000,
  /** The first span of a body, at whose end its rate is judged for the first time (mod_reqtimeout: body=20). */
  bodyGraceMs: 20_000,
  /** … and so much of a body must come in a second, on average (mod_reqtimeout: MinRate=500). */
  bodyBytesPerSecondMin: 500,
  /** A body of which no byte has come for so long is not coming (nginx client_body_timeout). After `bodyGraceMs` the rate is measured over spans of this. */
  bodyStallMs: 60_000,
  /** A client that has taken no byte of its response for so long is gone (nginx send_timeout). */
  writeStallMs: 60_000,
  /** How long a connection that is closing is read on in all, so that the client gets the answer and not a reset (nginx: five seconds from one byte to the next, 30 in all). */
  lingerMs: 5_000,
  /** A response that ends with its connection and was cut: so long the client may take what has come of it, before a reset tells that it is not all. Node has no call that asks what the client has. */
  cutDrainMs: 1_000,
  /** A client that has been told of the end of its WebSocket has so long to agree. */
  webSocketCloseMs: 5_000,
  /** When a client has left and the application has taken none of its messages for so long, the rest of them is dropped. */
  webSocketGoneMs: 10_000,
  /** Where clients are not pinged, a client whose messages are not read is sent a pong so often: a reset comes back if the client has gone. */
  webSocketProbeMs: 10_000,
  /** How many pings and pongs of a client are read in a second. A thousand at once wait two seconds at most, and no client takes a hundredth of a core. */
  webSocketControlsPerSecond: 500,
  /** How much is read of a connection before anybody wants it: a client that has sent no more than that, and leaves, is noticed at once. */
  readAheadBytes: 16_384,
  /** When requests behind an unanswered one have filled `readAheadBytes` for so long, they are given up, so that a client that leaves is noticed. */
  readAheadMs: 5_000,
  /** TCP's own probes tell of a client that has vanished from the network: after so long without a word, and so long between them … */
  probeIdleMs: 30_000,
  probeIntervalMs: 15_000,
  /** … this many unanswered: 105 seconds in all, which a train has left a tunnel by. */
  probeCount: 5,
  /** How many fragments of less than a kilobyte are read of a client in a second: these take a hundredth of a core. */
  webSocketFragmentsPerSecond: 10_000,
  /** Memory stays reserved for the rest of a large message as long as so much of it comes in a second. */
  webSocketLargeBytesPerSecond: 262_144,
  /** While no memory is left, a WebSocket that holds much of a message is ended if less than so much of it comes in a second, for `webSocketStallMs`. */
  webSocketStallBytesPerSecond: 16_384,
  webSocketStallMs: 20_000,
  /** A WebSocket that holds much of a message waits so long for memory for the rest: long enough for others to finish theirs, of megabytes over slow lines. */
  webSocketMemoryMs: 60_000,
  /** So much of a body that nobody has asked for is still waited for when its request is answered, so that another may follow; behind a longer one the connection ends. */
  passedOverBytesMax: 65_536,
  /** How much is read and dropped in a second of a client that goes on sending while its connection is closing: at full speed it would be gigabytes. */
  lingerBytesPerSecond: 4_194_304,
  /** Response bytes in memory that wait for a slow client, unless a response says less; beyond it the gateway spools … */
  outputBytesMax: 262_144,
  /** … or beyond this: a response of a megabyte to somebody who is a little behind makes no file … */
  wideOutputBytesMax: 1_310_720,
  /** … as long as all that waits so in a thread is no more than this. */
  wideBytesMax: 20_971_520,
  /** How much is read from a file at a time: twice that is held for a client that has stopped reading. */
  fileChunkBytes: 262_144,
  /** … as long as no more of these chunks than this are on their way in a thread, 32 MiB, which keeps so many while none is. */
  fileChunksMax: 128,
  fileChunksKept: 4,
  /** Beyond that, and for the last bytes of a file: of ten thousand clients that have stopped reading, each then holds 64 KiB, and not half a megabyte. */
  smallFileChunkBytes: 32_768,
  smallFileChunksKept: 16,
  /** For a client that takes all at once; a read of this size, and a write, keep the thread for less than a millisecond … */
  largeFileChunkBytes: 1_048_576,
  /** … as long as no more of them than this are on their way in a thread … */
  largeFileChunksMax: 16,
  /** … which keeps so many while none is. */
  largeFileChunksKept: 2,
  /** One read from a client socket. Shared by all connections of a thread. */
  readBytes: 65_536,
  /** … and of a connection that has filled it with what was dealt with in `readTurnMs`. A larger one has brought nothing more. */
  largeReadBytes: 262_144,
  /** A connection whose last read took so long to be dealt with is read again only in the next turn of the event loop. */
  readTurnMs: 0.25,
  /** One read from a lane. Shared by all lanes of a thread. */
  laneReadBytes: 262_144,
  /** … and before it, the beginning of a frame that is not whole: the longest answers that workers send whole, and a header. */
  laneRoomBytes: 69_632,
  /** Workers that wait to be let in while there is no edge. The kernel's net.core.somaxconn may allow fewer; a worker that finds no room tries again. */
  laneBacklog: 4096,
  /** A worker's first frame: longer ones are not from a worker of ours. */
  helloBytesMax: 4096,
  /** A connection that does not say hello for so long is closed: it would hold a descriptor for ever. */
  helloTimeoutMs: 10_000,
  /** Counters of connections by address: addresses that share one (about one in 30,000 at a thousand clients) share their limit. */
  addressCounters: 65_536,
  /** What the start has left in memory is collected so long after it, or that much later if there are clients, who would have to wait for it. */
  collectAfterMs: 2_000,
  /** … but after so many plans, clients or not: the memory of a thread grew by half over 100 of them. A collection stops the thread for 20 ms. */
  uncollectedPlansMax: 16,
  /** When stopping, idle connections are kept this long, for a request may already be on its way. */
  stopIdleMs: 100,
  /** File descriptors that connections may not have: files, spools, lanes and logs need theirs. One in so many … */
  descriptorsReservedShare: 8,
  /** … and so many at least. */
  descriptorsReservedMin: 64,
  /**
   * Sessions of datagrams in a thread, and at one of its sockets: whoever sends one may have made its sender's address up. Each has a descriptor and some 12 KB; with a million
   * made-up senders in a minute and a half, of 8,192 sessions, the process had 400 MB, and 100 afterwards.
   */
  datagramSessionsMax: 8_192,
  datagramSessionsPerSocketMax: 4_096,
  /** Datagrams of one session that wait in one direction; what comes beyond that is lost, as the kernel loses what does not fit in its own buffers (rmem_default: 212,992 bytes). */
  datagramsHeldBytes: 212_992,
  /** Refused connections are logged at most this often. */
  refusalLogMs: 1_000,
  /** How many proxies a request may have come through: in a longer chain, the last of so many is taken for the client. */
  forwardedHopsMax: 64,
  /** Peers whose fields were not believed are named in the log, so many of them: an operator has few proxies, the Internet has millions of clients. */
  disbelievedPeersMax: 8,
  /** An internal error that happens again at the same place is logged at most this often. */
  internalErrorRepeatMs: 60_000,
  /** Places of internal errors that are told apart. */
  internalErrorPlacesMax: 100,
  /** Characters of an internal error's message that are logged. */
  internalErrorTitleMax: 500,
  /** After an internal error that belongs to no connection the edge is replaced; requests that run may go on for so long. */
  replacedDrainMs: 3_000,
  /** How many fields are told of that trusted peers send and that are not read: Forwarded or X-Forwarded-For, and X-Real-IP. */
  unreadFieldsMax: 2,
  /** A request id of a trusted peer longer than this is replaced. */
  requestIdLengthMax: 128,
} as const;
