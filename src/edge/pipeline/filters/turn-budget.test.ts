import { deepEqual, equal, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { TurnBudget } from './turn-budget.ts';

class Loop {
  nowMs = 0;
  readonly done: string[] = [];
  readonly budget: TurnBudget;
  #next: (() => void) | undefined;

  constructor() {
    this.budget = new TurnBudget({
      nowMs: () => this.nowMs,
      nextTurn: (callback) => {
        equal(this.#next, undefined, 'one callback a turn');
        this.#next = callback;
      },
    });
  }

  work(name: string, ms: number): void {
    this.budget.do(() => {
      this.done.push(name);
      this.nowMs += ms;
    });
  }

  turn(): void {
    const next = this.#next;
    this.#next = undefined;
    this.done.push('|');
    next?.();
  }
}

test('what takes long waits for the next turn, in its order', () => {
  const loop = new Loop();
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    loop.work(name, 6);
  }
  loop.turn();
  loop.work('f', 1);
  loop.turn();
  loop.turn();
  deepEqual(loop.done.join(''), 'ab|cd|ef|');
  loop.work('g', 1);
  equal(loop.done.at(-1), 'g');
});

test('what is asked for while others work stands behind those that wait', () => {
  const loop = new Loop();
  loop.work('a', 10);
  loop.budget.do(() => {
    loop.done.push('b');
    loop.work('z', 1);
  });
  loop.work('c', 1);
  loop.turn();
  deepEqual(loop.done.join(''), 'a|bcz');
});

test('work that throws takes nobody else with it', () => {
  const loop = new Loop();
  loop.work('a', 10);
  loop.budget.do(() => {
    throw new Error('a bug');
  });
  loop.work('c', 1);
  throws(() => loop.turn(), /a bug/);
  loop.turn();
  deepEqual(loop.done.join(''), 'a||c');
  loop.work('d', 1);
  equal(loop.done.at(-1), 'd');
});
