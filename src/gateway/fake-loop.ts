/**
 * An event loop that turns only when a test says so: `setImmediate` and `setInterval` of the globals, for the length of the test. Those of
 * `mock.timers` are not used, for an immediate that is asked for by an interval corrupts their heap (seen in Node 24.19). Nor is `mock.method`: it restores
 * what was mocked first before what was mocked last, so that the second loop of a test leaves the first in place for every test behind it.
 */

import type { TestContext } from 'node:test';

const REAL = { setImmediate, setInterval, clearInterval };

interface Interval {
  readonly callback: () => void;
  readonly everyMs: number;
  atMs: number;
}

export class FakeLoop {
  #immediates: (() => void)[] = [];
  readonly #intervals = new Set<Interval>();
  #nowMs = 0;

  constructor(t: TestContext) {
    Object.assign(globalThis, {
      setImmediate: (callback: () => void) => {
        this.#immediates.push(callback);
      },
      setInterval: (callback: () => void, everyMs: number) => {
        const interval = { callback, everyMs, atMs: this.#nowMs + everyMs };
        this.#intervals.add(interval);
        return interval;
      },
      clearInterval: (interval: Interval) => {
        this.#intervals.delete(interval);
      },
    });
    t.after(() => Object.assign(globalThis, REAL));
  }

  get hasIntervals(): boolean {
    return this.#intervals.size > 0;
  }

  /** Runs what is due after so long, each interval once at most, then the immediates. */
  turn(ms: number): void {
    this.#nowMs += ms;
    for (const interval of this.#intervals) {
      if (interval.atMs <= this.#nowMs) {
        interval.atMs = this.#nowMs + interval.everyMs;
        interval.callback();
      }
    }
    const immediates = this.#immediates;
    this.#immediates = [];
    for (const callback of immediates) callback();
  }
}
