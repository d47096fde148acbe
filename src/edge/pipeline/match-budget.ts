/** How long one request may keep its thread with regexes. Each match has a bound of its own, but there may be ten thousand of them, and a path of 20 KB. */

import { CostlyMatch } from './costly-match.ts';

const LIMITS = {
  /**
   * Until the request waits or is answered, no other of its thread is. Counted is what the thread computes, so that a busy machine refuses nothing: ten thousand
   * expressions that people write take 10 ms.
   */
  turnMs: 100,
  /** The time is looked at after so many matches, … */
  matchesUnchecked: 64,
  /** … and each time that a subject is longer than this in bytes. */
  shortSubject: 1024,
} as const;

export class MatchBudget {
  readonly #spentMs: () => number;
  #matches = 0;
  /** What the thread had computed when that was first looked at in this turn; 0: not yet. */
  #sinceMs = 0;

  constructor(spentMs: () => number = threadCpuMs) {
    this.#spentMs = spentMs;
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
    const nowMs = this.#spentMs();
    if (this.#sinceMs === 0) {
      this.#sinceMs = nowMs;
    } else if (nowMs - this.#sinceMs > LIMITS.turnMs) {
      throw new CostlyMatch(
        `rules for one request were given up after ${LIMITS.turnMs} ms of computing, in which no other was answered`,
      );
    }
  }
}

/** Other programs of a busy machine, and a process that was stopped, count for nothing. A call takes half a microsecond. */
function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
