/** Which slots of the load table, and of the board behind it, each application has: an unbroken range, for as long as one of its workers may live. */

import type { AppId } from '../config/model/app.ts';
import { assert } from '../kernel/assert.ts';

interface Range {
  readonly first: number;
  readonly count: number;
}

export class SlotRanges {
  /** How many there are: they are made when the server starts, and cannot become more. */
  readonly total: number;
  readonly #taken = new Map<AppId, Range>();
  /** Behind the range that was taken last: what has become free is taken as late as possible, when the edge has forgotten the workers that had it. */
  #next = 0;

  constructor(total: number) {
    this.total = total;
  }

  /** False: there is no such range. */
  take(app: AppId, count: number): boolean {
    const first = this.#findFree(this.#next, count) ?? this.#findFree(0, count);
    if (first === undefined) {
      return false;
    }
    this.#taken.set(app, { first, count });
    this.#next = first + count;
    return true;
  }

  give(app: AppId): void {
    this.#taken.delete(app);
  }

  firstOf(app: AppId): number {
    const range = this.#taken.get(app);
    assert(range !== undefined, 'an application has slots before it is started');
    return range.first;
  }

  /** The first of so many that nobody has, not below `from`. */
  #findFree(from: number, count: number): number | undefined {
    let first = from;
    for (const range of [...this.#taken.values()].toSorted((one, other) => one.first - other.first)) {
      if (range.first + range.count <= first) {
        continue;
      }
      if (first + count <= range.first) {
        return first;
      }
      first = range.first + range.count;
    }
    return first + count <= this.total ? first : undefined;
  }
}
