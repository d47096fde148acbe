import { deepEqual, equal } from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { FakeClock } from '../../kernel/fake-clock.ts';
import { LazyTimer } from './lazy-timer.ts';

function newTimer(t: TestContext): { timer: LazyTimer; pass: (ms: number) => void; due: number[] } {
  t.mock.timers.enable({ apis: ['setTimeout', 'setImmediate'] });
  const clock = new FakeClock();
  const due: number[] = [];
  const timer = new LazyTimer(clock, () => due.push(clock.monotonicMs()));
  const pass = (ms: number): void => {
    clock.advance(ms);
    t.mock.timers.tick(ms);
    t.mock.timers.tick(0);
  };
  return { timer, pass, due };
}

test('LazyTimer is due when the time is over that was set last', (t) => {
  const { timer, pass, due } = newTimer(t);
  timer.set(1000);
  pass(600);
  timer.set(1000);
  pass(600);
  deepEqual(due, []);
  pass(400);
  deepEqual(due, [1600]);
  pass(5000);
  deepEqual(due, [1600], 'once');
});

test('LazyTimer is due earlier if a shorter time is set', (t) => {
  const { timer, pass, due } = newTimer(t);
  timer.set(60_000);
  timer.set(50);
  pass(50);
  deepEqual(due, [50]);
});

test('LazyTimer is never due after it was cleared or closed, and may be set again', (t) => {
  const { timer, pass, due } = newTimer(t);
  timer.set(100);
  timer.clear();
  pass(200);
  timer.set(100);
  pass(100);
  deepEqual(due, [300]);
  timer.set(100);
  timer.close();
  pass(1000);
  deepEqual(due, [300]);
});

test('LazyTimer is not due if something has come that waited while the process was stopped', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'setImmediate'] });
  const clock = new FakeClock();
  let isDue = false;
  const timer = new LazyTimer(clock, () => {
    isDue = true;
  });
  timer.set(1000);
  clock.advance(60_000);
  // What the event loop reads between its timers and its immediates.
  setImmediate(() => timer.set(1000));
  t.mock.timers.tick(1000);
  t.mock.timers.tick(0);
  equal(isDue, false);
});
