/** Waits for requests of plans that others have followed, of one edge after another: what is kept for them alone is let go when they have their answers. */

import type { FromEdge } from '../../protocol/control/edge.ts';

interface Waiting {
  readonly plan: number;
  readonly act: () => void;
  readonly timer: NodeJS.Timeout;
}

export class PastRequests {
  readonly #patienceMs: number;
  readonly #waiting = new Set<Waiting>();
  /** The plan that the edge has changed to last; 0 for one that was started with its plan. */
  #committed = 0;
  #answered = 0;

  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  /** An edge that has not changed to the plan has no requests from before it. */
  when(plan: number, act: () => void): void {
    if (this.#committed < plan || this.#answered >= plan) {
      act();
      return;
    }
    const waiting = { plan, act, timer: setTimeout(() => this.#end(waiting), this.#patienceMs) };
    waiting.timer.unref();
    this.#waiting.add(waiting);
  }

  heed(message: FromEdge): void {
    if (message.kind === 'committed') {
      this.#committed = message.plan;
    } else if (message.kind === 'answered') {
      this.#answered = message.plan;
      this.#endUntil(message.plan);
    }
  }

  /** The edge has ended, and its requests with it. */
  forget(): void {
    this.#committed = 0;
    this.#endUntil(Number.POSITIVE_INFINITY);
  }

  #endUntil(plan: number): void {
    for (const waiting of [...this.#waiting].filter((each) => each.plan <= plan)) {
      this.#end(waiting);
    }
  }

  #end(waiting: Waiting): void {
    clearTimeout(waiting.timer);
    this.#waiting.delete(waiting);
    waiting.act();
  }
}
