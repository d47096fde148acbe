/**
 * When a thread collects what its start, or a plan that another has followed, has left in memory: as soon as there are no clients, who would have to wait for it. A server
 * that is never without them and is given one plan after another does it now and then all the same: what survives of each plan has V8 double its space for new objects, up
 * to 32 MB, which it gives back in a collection like this one only.
 */

import { collectGarbage } from '../../kernel/garbage.ts';
import { EDGE_LIMITS } from '../limits.ts';

export class Leftovers {
  readonly #hasNoClients: () => boolean;
  readonly #collect: typeof collectGarbage;
  #timer: NodeJS.Timeout | undefined;
  /** Plans that were exchanged since the last collection. */
  #planCount = 0;

  constructor(hasNoClients: () => boolean, collect: typeof collectGarbage = collectGarbage) {
    this.#hasNoClients = hasNoClients;
    this.#collect = collect;
  }

  afterStart(): void {
    this.#collectLater();
  }

  afterPlan(): void {
    this.#planCount += 1;
    if (this.#planCount >= EDGE_LIMITS.uncollectedPlansMax) {
      this.#planCount = 0;
      this.#collect();
    }
    this.#collectLater();
  }

  #collectLater(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#hasNoClients()) {
        this.#planCount = 0;
        this.#collect();
      } else {
        this.#collectLater();
      }
    }, EDGE_LIMITS.collectAfterMs);
    this.#timer.unref();
  }
}
