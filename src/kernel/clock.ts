/** The only file that asks what time it is: everything else is handed a Clock, so no test ever sleeps. */

export interface Clock {
  /** Wall time, milliseconds since 1970. It may jump; use it for dates only. */
  nowMs(): number;
  /** Never goes back, and is the same in all threads of a process; use it for durations and deadlines. */
  monotonicMs(): number;
}

/** Taken from its global once: Node makes that one by a getter, which is asked anew each time and takes longer than the clock itself. */
const { performance: timer } = globalThis;

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => timer.now(),
};

/** CLOCK_MONOTONIC in microseconds, a time that other processes of this machine read as well. */
export function machineUs(): bigint {
  return process.hrtime.bigint() / 1000n;
}

/** `2026-11-21T10:04:33.123Z` */
export function isoDate(atMs: number): string {
  return new Date(atMs).toISOString();
}

/** `Sat, 01 Jan 0000 00:00:00 GMT` and `Fri, 31 Dec 9999 23:59:59 GMT`: a year has four digits, and what lies beyond what a Date can hold would be called "Invalid Date". */
const FIRST_HTTP_MS = -62_167_219_200_000;
const LAST_HTTP_MS = 253_402_300_799_000;

/** RFC 9110 5.6.7: `Sat, 21 Nov 2026 10:04:33 GMT`. Files may have any time, and so may fields that clients have a say in. */
export function httpDate(atMs: number): string {
  return new Date(Math.min(LAST_HTTP_MS, Math.max(FIRST_HTTP_MS, atMs))).toUTCString();
}
