/**
 * Clients come and leave, workers begin, answer, give back and die, in a random order that a seed repeats. Whatever happens, every client is
 * told of its own request and once, what is unsafe is begun once at most, and nothing stays counted.
 */

import { equal, match, ok } from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import type { FakeUnit } from '../fake-worker.ts';
import { FAST_US, Story } from './serial-story.ts';

const WORKERS = [1, 2, 3];
const METHODS = ['GET', 'GET', 'POST'];
const STEPS = 600;
const SEEDS = [1, 2, 3, 4, 5, 6];

/** Numbers below `below` that look random (xorshift). */
function randomFrom(seed: number): (below: number) => number {
  let state = seed * 0x9e3779b1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Workers of one unit each. */
class Crowd {
  readonly story: Story;
  readonly random: (below: number) => number;
  readonly left: Set<string> = new Set<string>();
  /** How often each request was begun. */
  readonly begun: Map<string, number> = new Map<string, number>();
  readonly #units = new Map<number, FakeUnit>();
  /** How many of a unit's pending requests it has begun, in their order. */
  readonly #begunHere = new Map<FakeUnit, number>();

  constructor(t: TestContext, seed: number) {
    this.story = new Story(t, { queueMax: 30, timeoutMs: 0 });
    this.random = randomFrom(seed);
    for (const worker of WORKERS) {
      this.story.control(worker);
      this.#connect(worker);
    }
  }

  #connect(worker: number): void {
    this.#units.set(worker, this.story.connect(worker, { meanUs: FAST_US }));
  }

  #any(): FakeUnit {
    return this.#units.get(1 + this.random(WORKERS.length))!;
  }

  step(): void {
    const { story, random } = this;
    const dice = random(100);
    if (dice < 30) {
      story.ask(`${story.exchanges.length}`, { method: METHODS[random(METHODS.length)]! });
    } else if (dice < 60) {
      this.#begin(this.#any());
    } else if (dice < 85) {
      this.#answer(this.#any());
    } else if (dice < 92) {
      this.#leave();
    } else if (dice < 94) {
      this.#die(this.#any());
    } else {
      story.othersWait = random(2) === 0;
      story.pass(1 + random(15));
      this.#obey();
    }
  }

  #begin(unit: FakeUnit): void {
    this.story.turn();
    unit.receive();
    const count = this.#begunHere.get(unit) ?? 0;
    const next = unit.pending[count];
    if (next !== undefined) {
      this.story.board.started.set(unit.lane.slot, next.stream);
      this.#begunHere.set(unit, count + 1);
      this.begun.set(next.name, (this.begun.get(next.name) ?? 0) + 1);
    }
  }

  #answer(unit: FakeUnit): void {
    const count = this.#begunHere.get(unit) ?? 0;
    const answered = this.random(count + 1);
    this.#begunHere.set(unit, count - answered);
    unit.answer(answered);
  }

  /** A client that was not answered, if the dice say so. */
  #leave(): void {
    const exchange = this.story.exchanges.at(-1 - this.random(20));
    if (exchange?.isOver === false) {
      this.left.add(exchange.requestId);
      exchange.leave();
    }
  }

  #die(unit: FakeUnit): void {
    this.story.lose(unit);
    this.#connect(unit.lane.identity.worker);
  }

  /** The helper threads do what the control lanes ask for. */
  #obey(): void {
    for (const [worker, unit] of this.#units) {
      if (this.story.control(worker).takeOrders().includes('recall 0')) {
        this.story.turn();
        unit.giveBack(this.#begunHere.get(unit) ?? 0);
      }
    }
  }

  /** The workers run all that is left. */
  finish(): void {
    for (let turn = 0; turn < 1000 && this.story.exchanges.some((exchange) => !this.#isDone(exchange)); turn += 1) {
      this.story.pass(10);
      this.#obey();
      for (const unit of this.#units.values()) {
        this.#begin(unit);
        this.#answer(unit);
      }
    }
    // What nobody waits for any more is answered too.
    for (const unit of this.#units.values()) {
      this.story.turn();
      unit.answer(Infinity);
    }
  }

  #isDone({ isOver, requestId }: { isOver: boolean; requestId: string }): boolean {
    return isOver || this.left.has(requestId);
  }
}

for (const seed of SEEDS) {
  test(`SerialGateway answers every client once and leaves nothing behind, whatever happens (seed ${seed})`, (t) => {
    const crowd = new Crowd(t, seed);
    for (let step = 0; step < STEPS; step += 1) crowd.step();
    crowd.finish();
    const ends = new Map<string, number>();
    for (const { requestId, method, told, isOver } of crowd.story.exchanges) {
      const text = told.join('; ');
      equal(isOver, !crowd.left.has(requestId), `request ${requestId}: ${text}`);
      if (isOver) {
        match(text, new RegExp(`^(respond 200 ${requestId}|refuse 50[23].*)$`));
        ends.set(text.slice(0, 10), (ends.get(text.slice(0, 10)) ?? 0) + 1);
      }
      ok(method === 'GET' || (crowd.begun.get(requestId) ?? 0) <= 1, `request ${requestId} ran twice`);
    }
    for (const end of ['respond 20', 'refuse 502']) ok((ends.get(end) ?? 0) > 1, end);
    crowd.story.expectRest();
  });
}
