/** The only file that asks what time it is: everything else is handed a Clock, so no test ever sleeps. */

export interface Clock {
  /** Wall time, milliseconds since 1970. It may jump; use it for dates only. */
  nowMs(): number;
  /** Never goes back; use it for durations and deadlines. */
  monotonicMs(): number;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};
