/**
 * Time as it passes for somebody who looks again and again whether others are late. Whoever was stopped (SIGSTOP, a frozen container, a
 * lid that was shut) or got no processor looks late himself: what he has not seen counts for nobody, and before he judges he must take in
 * what came meanwhile, for the others may have been in time.
 */

/** A look that is late by less is late like any on a busy machine. */
export const ATTENTION_LATE_MS = 500;

export class Attention {
  readonly #everyMs: number;
  #lookedMs = -1;
  #wasAway = false;
  /** Of all absences. */
  #awayMs = 0;

  /** `everyMs`: how often he looks. */
  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  /**
   * He looks now. Gives how long he was away, 0 as a rule: what had begun before has lasted less by that. The first look after an absence is not
   * the one to judge by (`mayJudge`); if he is always late, every second one is.
   */
  look(nowMs: number): number {
    const lateMs = this.#lookedMs === -1 ? 0 : nowMs - this.#lookedMs - this.#everyMs;
    this.#lookedMs = nowMs;
    if (lateMs < ATTENTION_LATE_MS) {
      this.#wasAway = false;
      return 0;
    }
    this.#wasAway = !this.#wasAway;
    this.#awayMs += lateMs;
    return lateMs;
  }

  /** What came during the last absence has been taken in. */
  get mayJudge(): boolean {
    return !this.#wasAway;
  }

  /** The time, without what he has not seen. Never goes back. */
  attended(nowMs: number): number {
    return nowMs - this.#awayMs;
  }

  /** He has nothing to look at for a while; the next look is the first. */
  rest(): void {
    this.#lookedMs = -1;
    this.#wasAway = false;
  }
}
