/** How long one request may keep its thread with regexes. Each match has a bound of its own, but there may be ten thousand of them, and a path of 20 KB. */

import type { Clock } from '../../kernel/clock.ts';
import { CostlyMatch } from './costly-match.ts';

const LIMITS = {
  /** Until the request waits or is answered, no other of its thread is. */
  turnMs: 1000,
  /** The clock is looked at after so many matches, … */
  matchesUnchecked: 64,
  /** … and each time that a subject is longer than this in bytes. */
  shortSubject: 1024,
} as const;

export class MatchBudget {
  readonly #clock: Clock;
  #matches = 0;
  /** When the clock was first looked at in this turn; 0: not yet. */
  #sinceMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The request goes on after others had their turn. */
  begin(): void {
    this.#sinceMs = 0;
  }

  /** Before each match. Throws `CostlyMatch`. */
  count(length: number): void {
    this.#matches += length > LIMITS.shortSubject ? LIMITS.matchesUnchecked : 1;
    if (this.#matches < LIMITS.matchesUnchecked) {
      return;
    }
    this.#matches = 0;
    const nowMs = this.#clock.monotonicMs();
    if (this.#sinceMs === 0) {
      this.#sinceMs = nowMs;
    } else if (nowMs - this.#sinceMs > LIMITS.turnMs) {
      throw new CostlyMatch(
        `rules for one request were given up after ${LIMITS.turnMs} ms, in which no other was answered`,
      );
    }
  }
}
