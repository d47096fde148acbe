import { deepEqual } from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { FakeClock } from '../../kernel/fake-clock.ts';
import { SessionHeader } from './session-header.ts';

const WHOLE = Buffer.from('PROXY UNKNOWN\r\n');

function begin(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout', 'setImmediate'] });
  const clock = new FakeClock();
  const told: string[] = [];
  const events = {
    onHeader: () => told.push('decided'),
    onInvalid: () => told.push('invalid'),
    onLate: () => told.push('late'),
  };
  const waiting = new SessionHeader(1000, events, clock);
  const pass = (ms: number): void => {
    clock.advance(ms);
    t.mock.timers.tick(ms);
    t.mock.timers.tick(0);
  };
  return { waiting, told, pass };
}

test('SessionHeader tells once of what has come, and of a client that is late', (t) => {
  const early = begin(t);
  early.waiting.take(WHOLE, 3);
  early.pass(900);
  early.waiting.take(WHOLE.subarray(3), WHOLE.length - 3);
  early.pass(900);
  deepEqual(early.told, ['decided']);
  t.mock.timers.reset();
  const late = begin(t);
  late.pass(1000);
  late.pass(1000);
  deepEqual(late.told, ['late']);
});

test('SessionHeader reads what has come while the process was stopped before it calls a client late', (t) => {
  const { waiting, told, pass } = begin(t);
  // What the event loop reads between its timers and its immediates.
  setImmediate(() => waiting.take(WHOLE, WHOLE.length));
  pass(60_000);
  deepEqual(told, ['decided']);
});
