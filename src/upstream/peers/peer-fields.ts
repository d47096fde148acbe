/** What is remembered of a peer in the memory that all edge threads share: which number of its entry is what. Times are monotonic, in milliseconds. */

export const PEER = {
  /** When it was last taken into a list of peers: what nobody uses and is the oldest makes room. */
  seen: 0,
  /** Lists of peers that it is in, and requests that it has. */
  references: 1,
  /** The configured weight that `effectiveWeight` belongs to. */
  weight: 2,
  effectiveWeight: 3,
  currentWeight: 4,
  /** Requests that it has. */
  active: 5,
  fails: 6,
  /** When it was last looked whether it lives, and when it last failed. */
  checkedMs: 7,
  failedMs: 8,
  /** When it came back, for `slow_start`; 0: it has never been away. */
  backMs: 9,
  /** Averages. */
  connectMs: 10,
  headMs: 11,
  wholeMs: 12,
  /** Of requests that wait for their response: `least_time … inflight`. */
  unfinishedMs: 13,
  unfinishedSum: 14,
  unfinishedChangedMs: 15,
  unfinished: 16,
  /** Counts since the server was started. */
  requests: 17,
  /** Responses 1xx, and four more for 2xx to 5xx. */
  responses: 18,
  sentBytes: 23,
  receivedBytes: 24,
  failsTotal: 25,
  /** How often it has been taken for dead because of failures. */
  unavailable: 26,
  selectedMs: 27,
  /** Since when it takes no requests because of failures or of its health; 0: it takes them. */
  downSinceMs: 28,
  downMs: 29,
  /** One of `HEALTH`. */
  health: 30,
  checks: 31,
  checkFails: 32,
  unhealthy: 33,
  lastPassed: 34,
  /** Checks in a row that have passed (above 0) or failed (below). */
  checkRow: 35,
  nextCheckMs: 36,
} as const;

/** A number and no name: names would be looked up with each read. */
export type PeerField = (typeof PEER)[keyof typeof PEER];

export const PEER_FIELDS = 37;

/** `checking`: it has to pass a check before it is asked. */
export const HEALTH = { unknown: 0, checking: 1, healthy: 2, unhealthy: 3 } as const;

/** Of an upstream, in an entry of the same size. `lock` and those behind it are whole words, of which two have room in a number. */
export const GROUP = {
  seen: 0,
  references: 1,
  /** Word 0: held while weights and counts of its peers are changed. Word 1: which thread runs the health checks. */
  lock: 2,
  /** Word 0: requests of all threads that wait for a peer. Word 1: it grows when a peer has room for one of them. */
  waiting: 3,
  /** Until when the thread that runs the health checks may be silent. */
  checkerMs: 4,
} as const;
