/**
 * Time for an observer who looks again and again whether others are late. An observer that was stopped (SIGSTOP, a frozen container, a lid that was shut) or
 * got no processor looks late itself. The time that it has not seen counts for nobody, and before it judges it must take in what came meanwhile, because the
 * others may have been in time.
 */

/** A look that is late by less than this is late as on any busy machine. */
export const ATTENTION_LATE_MS = 500;

export class Attention {
  readonly #everyMs: number;
  #lookedMs = -1;
  #wasAway = false;
  /** The length of all absences together. */
  #awayMs = 0;

  /** `everyMs`: how often the observer looks. */
  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  /**
   * The observer looks now. Returns how long it was away, as a rule 0: whatever had begun before has lasted that much less. The first look after an absence is
   * not one to judge by (`mayJudge`). Of an observer that is always late, every second look is.
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

  /** The time, without what the observer has not seen. It never goes back. */
  attended(nowMs: number): number {
    return nowMs - this.#awayMs;
  }

  /** There is nothing to look at for a while; the next look is the first. */
  rest(): void {
    this.#lookedMs = -1;
    this.#wasAway = false;
  }
}
