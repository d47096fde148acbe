export const UPSTREAM_LIMITS = {
  /** Of the one buffer of each thread into which all connections to servers are read. With twice as much a response of a megabyte took a seventh more time: what a client does not take at once is copied to fresh memory, which the system has to map. */
  readBytes: 65_536,
  /** … of a server that is read only so fast: no more than this comes beyond what the second allows. */
  pacedReadBytes: 8_192,
  /** Head and small body of a request leave in one write; there is one such memory for each thread. */
  joinedBytes: 98_304,
  /** So much of a body that is in memory is given to the kernel in one call: each call wakes the server, and 16 of 64 KB took twice as long as one. */
  atOnceBytes: 1_048_576,
  /** … and in pieces of so many bytes where it does not take all of that: what it does not take of one is copied. */
  pieceBytes: 65_536,
  /** Read back from a file at a time, of the body of a request. */
  fileReadBytes: 131_072,
} as const;
