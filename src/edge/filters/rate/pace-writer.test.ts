import { equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { FakeTransport, NOBODY } from '../fake-writers.ts';
import type { PaceTime } from './pace-writer.ts';
import { PaceWriter } from './pace-writer.ts';
import { parseBytes } from './rate-filter.ts';

/** Time that goes on when a test says so. */
class FakeTime implements PaceTime {
  #nowMs = 0;
  #waiting: { readonly atMs: number; readonly callback: () => void } | undefined;
  timers = 0;

  nowMs(): number {
    return this.#nowMs;
  }

  wait(ms: number, callback: () => void): () => void {
    this.timers += 1;
    this.#waiting = { atMs: this.#nowMs + ms, callback };
    return () => {
      this.#waiting = undefined;
    };
  }

  get isWaiting(): boolean {
    return this.#waiting !== undefined;
  }

  advanceTo(ms: number): void {
    while (this.#waiting !== undefined && this.#waiting.atMs <= ms) {
      const { atMs, callback } = this.#waiting;
      this.#waiting = undefined;
      this.#nowMs = atMs;
      callback();
    }
    this.#nowMs = ms;
  }
}

test('a second of the rate goes at once, and the rest evenly; what is not counted goes before', () => {
  const time = new FakeTime();
  const transport = new FakeTransport();
  const writer = new PaceWriter({ bytesPerSecond: 1000, after: 500 }, time, transport, NOBODY);
  equal(writer.write(Buffer.alloc(4000)), false);
  writer.end();
  equal(transport.body.length, 1500);
  for (const [ms, bytes] of [
    [500, 2000],
    [1000, 2500],
    [2000, 3500],
  ] as const) {
    time.advanceTo(ms);
    ok(Math.abs(transport.body.length - bytes) <= 20, `${transport.body.length} at ${ms}`);
  }
  time.advanceTo(2600);
  equal(transport.body.length, 4000);
  equal(transport.ended, 'end');
  ok(time.timers <= 130, `${time.timers}`);
});

test('who writes is told when all has left, and a short body is not delayed', () => {
  const time = new FakeTime();
  const transport = new FakeTransport();
  let drains = 0;
  const writer = new PaceWriter({ bytesPerSecond: 100, after: 0 }, time, transport, { drained: () => (drains += 1) });
  equal(writer.write(Buffer.alloc(100)), true);
  equal(writer.write(Buffer.alloc(50)), false);
  time.advanceTo(499);
  equal(drains, 0);
  time.advanceTo(600);
  equal(drains, 1);
  transport.takes = false;
  equal(writer.write(Buffer.alloc(5)), false);
  writer.drained();
  equal(drains, 2);
});

test('a client that goes leaves no timer', () => {
  const time = new FakeTime();
  const writer = new PaceWriter({ bytesPerSecond: 1, after: 0 }, time, new FakeTransport(), NOBODY);
  writer.write(Buffer.alloc(1000));
  equal(time.isWaiting, true);
  writer.drop();
  equal(time.isWaiting, false);
});

test('sizes are read as in a configuration; what is none is no limit', () => {
  equal(parseBytes('12k'), 12_288);
  equal(parseBytes('1M'), 1_048_576);
  equal(parseBytes('40'), 40);
  for (const text of ['', '-1', 'k', '1kk', '1 k', '1e3']) {
    equal(parseBytes(text), 0, text);
  }
});
