import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { EDGE_LIMITS } from '../limits.ts';
import { Deadline } from './deadline.ts';

const NOTHING = { receivedBytes: 0, isPaused: false, sentBytes: 0, isAllSent: true };

test('Deadline ends idle and lingering connections without a word, and refuses late heads', () => {
  const deadline = new Deadline(1000, 75_000);
  equal(deadline.isDue(75_999), false);
  equal(deadline.isDue(76_000), true);
  equal(deadline.expire(76_000, NOTHING), 'destroy');
  deadline.enter('head', 80_000, EDGE_LIMITS.headTimeoutMs);
  equal(deadline.expire(100_000, NOTHING), 'refuse');
  deadline.enter('linger', 80_000, 5);
  equal(deadline.expire(80_005, NOTHING), 'destroy');
});

test('Deadline leaves a request that a handler has to the handler', () => {
  const deadline = new Deadline(0, 1);
  deadline.enterApp();
  equal(deadline.isDue(1e12), false);
});

test('Deadline refuses a body that comes too slowly on average, unless the edge itself has paused it', () => {
  const deadline = new Deadline(0, 1);
  deadline.enter('body', 0, EDGE_LIMITS.bodyGraceMs);
  const enough = (EDGE_LIMITS.bodyBytesPerSecondMin * EDGE_LIMITS.bodyGraceMs) / 1000;
  equal(deadline.expire(20_000, { ...NOTHING, receivedBytes: enough }), undefined);
  equal(deadline.isDue(20_999), false);
  equal(deadline.expire(21_000, { ...NOTHING, receivedBytes: 10, isPaused: true }), undefined);
  equal(deadline.expire(22_000, { ...NOTHING, receivedBytes: 10 }), 'refuse');
});

test('Deadline ends a response whose client takes nothing for a whole stall time', () => {
  const deadline = new Deadline(0, 1);
  deadline.enter('write', 0, EDGE_LIMITS.writeStallMs);
  const slow = { ...NOTHING, isAllSent: false };
  equal(deadline.expire(60_000, { ...slow, sentBytes: 500 }), undefined);
  equal(deadline.expire(120_000, { ...slow, sentBytes: 501 }), undefined, 'one byte is progress');
  equal(deadline.expire(180_000, { ...slow, sentBytes: 501 }), 'destroy');
});

test('Deadline lets a client read the end of the last response, however the connection goes on', () => {
  for (const phase of ['idle', 'linger'] as const) {
    const deadline = new Deadline(0, 1);
    deadline.enter(phase, 0, 5000);
    const slow = { ...NOTHING, isAllSent: false };
    equal(deadline.expire(5000, { ...slow, sentBytes: 500 }), undefined);
    equal(deadline.isDue(64_999), false);
    equal(deadline.expire(65_000, { ...slow, sentBytes: 501 }), undefined);
    equal(deadline.expire(125_000, { ...slow, sentBytes: 501 }), 'destroy');
    equal(deadline.expire(125_000, { ...NOTHING, sentBytes: 600 }), 'destroy');
  }
});
