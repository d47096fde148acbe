/**
 * How long the transforms of all responses of a thread may work in one turn of its event loop; what is left waits for the next turn. To replace a text in every line
 * of 64 KB takes 5 ms, and a hundred responses that have read as much made a turn of half a second. The loop takes one new connection in each turn, so whoever came
 * behind a hundred others waited for half a minute.
 */

import { systemClock } from '../../../kernel/clock.ts';

/** About as long as one request may take of a turn anyway. */
const TURN_MS = 10;

export interface TurnTime {
  nowMs(): number;
  /** Calls back in the next turn of the event loop. */
  nextTurn(callback: () => void): void;
}

const MACHINE: TurnTime = {
  nowMs: () => systemClock.monotonicMs(),
  nextTurn: setImmediate,
};

export class TurnBudget {
  readonly #time: TurnTime;
  readonly #waiting: (() => void)[] = [];
  #spentMs = 0;
  #isSpent = false;

  constructor(time: TurnTime = MACHINE) {
    this.#time = time;
  }

  /** Works now, or in its turn behind what waits. */
  do(work: () => void): void {
    if (this.#isSpent) {
      this.#waiting.push(work);
    } else {
      this.#run(work);
      this.#close();
    }
  }

  #run(work: () => void): void {
    const beganMs = this.#time.nowMs();
    try {
      work();
    } finally {
      this.#spentMs += this.#time.nowMs() - beganMs;
    }
  }

  /** What several turns have spent may add up: a pause of one turn too many costs nothing. */
  #close(): void {
    if (!this.#isSpent && (this.#spentMs >= TURN_MS || this.#waiting.length > 0)) {
      this.#isSpent = true;
      this.#time.nextTurn(() => this.#nextTurn());
    }
  }

  #nextTurn(): void {
    this.#spentMs = 0;
    try {
      for (let work = this.#waiting.shift(); work !== undefined; work = this.#waiting.shift()) {
        this.#run(work);
        if (this.#spentMs >= TURN_MS) {
          break;
        }
      }
    } finally {
      // Whoever comes while these work stands behind those that wait.
      this.#isSpent = false;
      this.#close();
    }
  }
}
