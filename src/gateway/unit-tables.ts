/** Tables that all threads share, by slot. */
export interface UnitTables {
  /** Requests of all threads on the unit. */
  readonly loads: Int32Array;
  /** When the unit last answered, or was given a request while it was idle: microseconds of the monotonic clock, modulo 2^32. */
  readonly progressUs: Int32Array;
  /** WebSockets among the `loads`. */
  readonly webSockets: Int32Array;
}
