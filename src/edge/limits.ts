export const EDGE_LIMITS = {
  /** A whole head must have come this long after its first byte (Apache mod_reqtimeout: 20 to 40 s). */
  headTimeoutMs: 20_000,
  /** A TLS handshake must have ended so long after the connection was accepted. */
  handshakeMs: 20_000,
  /** The first byte of a connection must have come this long after it was accepted, or its handshake ended (nginx client_header_timeout). */
  firstByteMs: 60_000,
  /** How much later than its deadline a connection may be looked at, and how old the time is from which a deadline is counted. */
  tickMs: 1_000,
  /** The beginning of a body, over which its rate is first taken (mod_reqtimeout: body=20). */
  bodyGraceMs: 20_000,
  /** … and how much must come in a second, on average (mod_reqtimeout: MinRate=500). */
  bodyBytesPerSecondMin: 500,
  /** A body of which no byte has come for so long is not coming (nginx client_body_timeout); after its beginning, the rate is taken over as long. */
  bodyStallMs: 60_000,
  /** No byte of a response accepted by the client for so long: it is gone (nginx send_timeout). */
  writeStallMs: 60_000,
  /** How long a connection that is closing is read on, so that the client gets the answer and not a reset (nginx lingering_timeout). */
  lingerMs: 5_000,
  /** A client that has been told of the end of its WebSocket has so long to agree. */
  webSocketCloseMs: 5_000,
  /** An application that has taken no message of a client which has left for so long loses the rest. */
  webSocketGoneMs: 10_000,
  /** Where clients are not pinged, one whose messages are not read is sent an unasked pong so often: a reset comes back if it has gone. */
  webSocketProbeMs: 10_000,
  /** Pings and pongs of a client that are read in a second: a client that has sent a thousand at once is not kept waiting, and none takes a hundredth of a core. */
  webSocketControlsPerSecond: 500,
  /** Read of a connection before anybody wants it: a client that has sent no more than that, and leaves, is noticed at once. */
  readAheadBytes: 16_384,
  /** Requests that fill this behind one which is not answered for so long are given up, so that a client that leaves is noticed. */
  readAheadMs: 5_000,
  /** TCP's own probes tell of a client that has vanished from the network: after so long without a word, and so long between them … */
  probeIdleMs: 30_000,
  probeIntervalMs: 15_000,
  /** … this many unanswered: 105 seconds in all, which a train has left a tunnel by. */
  probeCount: 5,
  /** Fragments of less than a kilobyte that are read of a client in a second: at that rate they take a hundredth of a core. */
  webSocketFragmentsPerSecond: 10_000,
  /** The memory for a large message is reserved for it as long as so much of it comes in a second. */
  webSocketLargeBytesPerSecond: 262_144,
  /** While no memory is left, a WebSocket that holds much of a message is ended if less than so much a second comes, for so long. */
  webSocketStallBytesPerSecond: 16_384,
  webSocketStallMs: 20_000,
  /** Read and dropped in a second, of a client that sends on while its connection is closing: at full speed it would be gigabytes. */
  lingerBytesPerSecond: 4_194_304,
  /** Response bytes waiting for a slow client in memory; beyond it the gateway spools. */
  outputBytesMax: 262_144,
  /** Read from a file at a time: fewer, larger reads and writes are what large files gain from. */
  fileChunkBytes: 262_144,
  /** One read from a client socket. Shared by all connections of a thread. */
  readBytes: 65_536,
  /** A connection whose read has taken so long to be dealt with lets others have their turn before it is read again. */
  readTurnMs: 0.25,
  /** One read from a lane. Shared by all lanes of a thread. */
  laneReadBytes: 262_144,
  /** Workers that wait to be let in while there is no edge; the kernel's net.core.somaxconn may allow fewer, and who finds no room tries again. */
  laneBacklog: 4096,
  /** A worker's first frame: longer ones are not from a worker of ours. */
  helloBytesMax: 4096,
  /** … and so is a connection that does not say hello at once: it would hold a descriptor for ever. */
  helloTimeoutMs: 10_000,
  /** Counters of connections by address: addresses that share one (about one in 30,000 at a thousand clients) share their limit. */
  addressCounters: 65_536,
  /** When stopping, idle connections are kept this long, for a request may already be on its way. */
  stopIdleMs: 100,
  /** File descriptors that connections may not have: files, spools, lanes and logs need theirs. One in so many … */
  descriptorsReservedShare: 8,
  /** … and so many at least. */
  descriptorsReservedMin: 64,
  /** Refused connections are logged at most this often. */
  refusalLogMs: 1_000,
  /** Proxies that one request may have come through: of a longer chain, the last of so many is taken for the client. */
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
  /** Fields of trusted peers that are not read and are told of: Forwarded or X-Forwarded-For, and X-Real-IP. */
  unreadFieldsMax: 2,
  /** A request id of a trusted peer longer than this is replaced. */
  requestIdLengthMax: 128,
} as const;
