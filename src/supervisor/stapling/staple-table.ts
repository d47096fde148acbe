/** The authorities' words that are at hand, and when each is asked again. It outlives reloads. */

import type { Staple } from '../../protocol/control/staple.ts';
import { SUPERVISOR_LIMITS } from '../limits.ts';
import type { StapleOrder } from './staple-order.ts';

interface Entry {
  staple: Staple | undefined;
  dueMs: number;
  isAsked: boolean;
}

export class StapleTable {
  readonly #entries = new Map<string, Entry>();

  /** Those that are to be asked now, as many as may be asked at a time. They are taken for asked. What nobody orders any more is forgotten. */
  takeDue(orders: readonly StapleOrder[], nowMs: number): StapleOrder[] {
    const wanted = new Map(orders.map((order) => [order.key, order]));
    for (const [key, { isAsked }] of this.#entries) {
      if (!wanted.has(key) && !isAsked) {
        this.#entries.delete(key);
      }
    }
    let running = [...this.#entries.values()].filter(({ isAsked }) => isAsked).length;
    const taken: StapleOrder[] = [];
    for (const [key, order] of wanted) {
      const entry = this.#entries.get(key) ?? { staple: undefined, dueMs: nowMs, isAsked: false };
      this.#entries.set(key, entry);
      if (!entry.isAsked && entry.dueMs <= nowMs && running < SUPERVISOR_LIMITS.stapleAsksMax) {
        entry.isAsked = true;
        running += 1;
        taken.push(order);
      }
    }
    return taken;
  }

  /** Renewed before it ends, but neither all the time nor seldom: as nginx does. */
  put(key: string, staple: Staple, nowMs: number): void {
    const { stapleAheadMs, stapleEveryMs, stapleAgainMs } = SUPERVISOR_LIMITS;
    const endMs = staple.untilMs ?? Infinity;
    const dueMs = Math.max(Math.min(endMs - stapleAheadMs, nowMs + stapleEveryMs), nowMs + stapleAgainMs);
    this.#entries.set(key, { staple, dueMs, isAsked: false });
  }

  /** What is at hand goes on until its end. */
  fail(key: string, nowMs: number): void {
    const staple = this.#entries.get(key)?.staple;
    const { stapleAgainMs, stapleFirstMs } = SUPERVISOR_LIMITS;
    const dueMs = nowMs + (staple === undefined ? stapleFirstMs : stapleAgainMs);
    this.#entries.set(key, { staple, dueMs, isAsked: false });
  }

  find(orders: readonly StapleOrder[]): Staple[] {
    return orders.flatMap(({ key }) => this.#entries.get(key)?.staple ?? []);
  }
}
