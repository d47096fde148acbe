/** Looks again and again while something may have waited too long, and rests while nothing can. */

import { Attention } from '../kernel/attention.ts';

export interface Watched {
  monotonicMs(): number;
  /** Nothing waits, and nothing runs. */
  isIdle(): boolean;
  /** Nobody looks any more until something is there again. */
  onRest(): void;
  /** The edge was away for so long, which is counted against nobody. */
  forgive(awayMs: number, nowMs: number): void;
  look(nowMs: number): void;
}

export class Watch {
  readonly #everyMs: number;
  readonly #watched: Watched;
  readonly #attention: Attention;
  #timer: NodeJS.Timeout | undefined;

  constructor(everyMs: number, watched: Watched) {
    this.#everyMs = everyMs;
    this.#watched = watched;
    this.#attention = new Attention(everyMs);
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#onTime(), this.#everyMs);
  }

  #onTime(): void {
    const watched = this.#watched;
    if (watched.isIdle()) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      this.#attention.rest();
      watched.onRest();
      return;
    }
    const nowMs = watched.monotonicMs();
    const awayMs = this.#attention.look(nowMs);
    if (awayMs > 0) {
      watched.forgive(awayMs, nowMs);
    }
    // What workers have answered meanwhile is read first.
    if (this.#attention.mayJudge) {
      watched.look(nowMs);
    }
  }
}
