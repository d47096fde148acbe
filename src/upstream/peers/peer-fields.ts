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
  /** Responses by their status, `CODES` numbers: how many there were, times `CODE_STEP`, and the status. 0: nobody has it. */
  codes: 37,
} as const;

/** A number and no name: names would be looked up with each read. */
export type PeerField = (typeof PEER)[keyof typeof PEER];

/** Statuses of one server that are counted each by itself. Who sends more has the others counted by their first digit alone. */
export const CODES = 16;
export const CODE_STEP = 1000;

export const PEER_FIELDS: number = PEER.codes + CODES;

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
  /** Requests that found the queue full. Word 0. */
  overflows: 5,
  /** Idle connections, `IDLE_COUNTERS` numbers: each is changed by one thread. */
  idle: 6,
} as const;

/** Threads beyond so many share counters, which may be wrong by a few then. */
export const IDLE_COUNTERS = 30;
