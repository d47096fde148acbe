import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../../kernel/fake-clock.ts';
import { FlowRate } from './flow-rate.ts';

test('in each second so many bytes more may be read as the rate says, and what was not read before may be read later', () => {
  const clock = new FakeClock();
  const rate = new FlowRate(250, clock);
  equal(rate.allowed(0), 250);
  equal(rate.allowed(250), 0);
  clock.advance(1000);
  equal(rate.allowed(250), 250);
  clock.advance(3000);
  equal(rate.allowed(300), 950);
});

test('who has sent too much waits until it is what the rate allows', () => {
  const rate = new FlowRate(250, new FakeClock());
  deepEqual([rate.delayMs(250), rate.delayMs(1), rate.delayMs(1000)], [1000, 4, 4000]);
});
