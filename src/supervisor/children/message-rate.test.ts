import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../../kernel/fake-clock.ts';
import { MessageRate } from './message-rate.ts';

test('MessageRate takes so many in a second, and as many in the next', () => {
  const clock = new FakeClock(5000);
  const rate = new MessageRate(2, clock);
  assert.deepEqual([rate.takes(), rate.takes(), rate.takes()], [true, true, false]);
  clock.advance(999);
  assert.equal(rate.takes(), false);
  clock.advance(1);
  assert.deepEqual([rate.takes(), rate.takes(), rate.takes()], [true, true, false]);
});
