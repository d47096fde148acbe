/** A clock that moves only when a test says so. */

import type { Clock } from './clock.ts';

export class FakeClock implements Clock {
  #wallMs: number;
  #monotonicMs = 0;

  constructor(wallMs: number = Date.UTC(2025, 0, 1)) {
    this.#wallMs = wallMs;
  }

  nowMs(): number {
    return this.#wallMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  advance(ms: number): void {
    this.#wallMs += ms;
    this.#monotonicMs += ms;
  }
}
