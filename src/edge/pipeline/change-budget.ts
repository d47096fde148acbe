/** How often a request may be sent to another location. */

import { escapeLog } from '../access-log/line.ts';
import type { Route } from './route.ts';

/** As nginx limits it: the eleventh time is a cycle. */
const RELOCATIONS_MAX = 10;

export class ChangeBudget {
  #left = RELOCATIONS_MAX + 1;

  get isSpent(): boolean {
    return this.#left <= 0;
  }

  /** False: it is a cycle, which is logged. */
  take(route: Pick<Route, 'path' | 'log'>): boolean {
    this.#left -= 1;
    if (this.#left > 0) {
      return true;
    }
    route.log('error', `rewrite or internal redirection cycle while processing "${escapeLog(route.path)}"`);
    return false;
  }
}
