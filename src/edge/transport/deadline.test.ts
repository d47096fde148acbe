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

/** A body of which the bytes in `arrivals` come, second by second, and nothing after them: the second in which it is refused, if it is. */
function refusal(arrivals: readonly number[], seconds: number, pausedUntil = 0): number | undefined {
  const deadline = new Deadline(0, 1);
  let receivedBytes = 7; // Of what came before.
  deadline.enterBody(0, receivedBytes);
  for (let second = 1; second <= seconds; second += 1) {
    receivedBytes += arrivals[second - 1] ?? 0;
    const transfer = { ...NOTHING, receivedBytes, isPaused: second <= pausedUntil };
    equal(deadline.isDue(second * 1000), true, 'it is looked at each second');
    if (deadline.expire(second * 1000, transfer) === 'refuse') return second;
  }
  return undefined;
}

const SLOW = EDGE_LIMITS.bodyBytesPerSecondMin;
const GRACE = EDGE_LIMITS.bodyGraceMs / 1000;
const STALL = EDGE_LIMITS.bodyStallMs / 1000;

test('Deadline refuses a body that is too slow from its beginning', () => {
  equal(refusal([], 100), GRACE);
  equal(refusal(Array<number>(1000).fill(SLOW - 1), 1000), GRACE);
  equal(refusal(Array<number>(1000).fill(SLOW), 1000), undefined);
});

test('Deadline refuses a body that has stalled, whatever came before', () => {
  equal(refusal([1e6], 1000), 1 + STALL);
  equal(refusal([1e9], 1000), 1 + STALL);
  equal(refusal([...Array<number>(500).fill(1e6), 50_000], 1000), 501 + STALL);
});

test('Deadline refuses a body that trickles, whatever came before', () => {
  const trickle = [1e6, ...Array.from({ length: 1000 }, (_, second) => (second % 50 === 0 ? 1 : 0))];
  equal(refusal(trickle, 1000), GRACE + STALL);
});

test('Deadline waits for a client that has stopped for less than that, and goes on', () => {
  const pause = Array<number>(STALL - 2).fill(0);
  equal(refusal([50_000, ...pause, 50_000, ...pause, 50_000], STALL * 2), undefined);
});

test('Deadline holds nothing against the client while the edge itself does not read', () => {
  equal(refusal([], 1000, 500), 500 + STALL);
  equal(refusal([0, 0, ...Array<number>(1000).fill(SLOW)], 1000, 2), undefined);
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
