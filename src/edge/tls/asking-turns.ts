/** So many may ask at a time; whoever else asks waits for a turn. */

/** Ends it. Called once. */
export type Turn = () => void;

type Begin = (turn: Turn | undefined) => void;

export class AskingTurns {
  readonly #turnsMax: number;
  readonly #waitingMax: number;
  /** Who came first is first. */
  readonly #waiting = new Set<Begin>();
  #runningCount = 0;

  constructor(turnsMax: number, waitingMax: number) {
    this.#turnsMax = turnsMax;
    this.#waitingMax = waitingMax;
  }

  /** Undefined: none has come in that time, or too many wait. */
  take(patienceMs: number): Promise<Turn | undefined> {
    if (this.#runningCount < this.#turnsMax) {
      return Promise.resolve(this.#begin());
    }
    if (this.#waiting.size >= this.#waitingMax) {
      return Promise.resolve(undefined);
    }
    return new Promise((resolve) => {
      const begin: Begin = (turn) => {
        clearTimeout(timer);
        this.#waiting.delete(begin);
        resolve(turn);
      };
      const timer = setTimeout(begin, Math.max(0, patienceMs), undefined);
      timer.unref();
      this.#waiting.add(begin);
    });
  }

  #begin(): Turn {
    this.#runningCount += 1;
    return () => {
      this.#runningCount -= 1;
      const [next] = this.#waiting;
      next?.(this.#begin());
    };
  }
}
