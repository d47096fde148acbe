import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { LaneLoad } from './schedule.ts';
import { nextMean, pickLane, prefetchDepth, recallAfterMs, SCHEDULE } from './schedule.ts';

function lane(slot: number, more: Partial<LaneLoad> = {}): LaneLoad {
  return { slot, depth: 0, meanServiceUs: 50, usedAt: 0, isOpen: true, ...more };
}

test('pickLane() takes the idle lane that was used last', () => {
  const lanes = [lane(0, { usedAt: 3 }), lane(1, { usedAt: 5 }), lane(2, { usedAt: 4 })];
  equal(pickLane(lanes, Int32Array.of(0, 0, 0))?.slot, 1);
  equal(pickLane(lanes, Int32Array.of(0, 1, 0))?.slot, 2);
});

test('pickLane() prefers any idle lane to prefetching', () => {
  equal(pickLane([lane(0, { usedAt: 9 }), lane(1)], Int32Array.of(1, 0))?.slot, 1);
});

test('pickLane() prefetches on the least loaded lane, up to a millisecond of work', () => {
  const lanes = [lane(0, { meanServiceUs: 250 }), lane(1, { meanServiceUs: 250 })];
  equal(pickLane(lanes, Int32Array.of(3, 2))?.slot, 1);
  equal(pickLane(lanes, Int32Array.of(4, 5))?.slot, 0);
  equal(pickLane(lanes, Int32Array.of(5, 5)), undefined);
});

test('pickLane() sends nothing ahead to a lane whose speed is not known, or that is slow', () => {
  equal(pickLane([lane(0, { meanServiceUs: Infinity })], Int32Array.of(1)), undefined);
  equal(pickLane([lane(0, { meanServiceUs: SCHEDULE.prefetchMeanMaxUs + 1 })], Int32Array.of(1)), undefined);
});

test('pickLane() passes over lanes that are recalled, drained or stuck', () => {
  equal(pickLane([lane(0, { isOpen: false })], Int32Array.of(0)), undefined);
});

test('prefetchDepth() is one and what runs in a millisecond, one more at least, none for slow applications', () => {
  equal(prefetchDepth(Infinity, 1), 1);
  equal(prefetchDepth(1_000_000, 1), 1);
  equal(prefetchDepth(SCHEDULE.prefetchMeanMaxUs, 1), 2);
  equal(prefetchDepth(900, 1), 2);
  equal(prefetchDepth(3000, 1), 2);
  equal(prefetchDepth(3000, 0), 1, 'threads that share a unit');
  equal(prefetchDepth(100, 1), 11);
  equal(prefetchDepth(1, 1), 1 + SCHEDULE.prefetchDepthMax);
  equal(prefetchDepth(0, 1), 1 + SCHEDULE.prefetchDepthMax);
});

test('nextMean() begins with the first sample and follows slowly', () => {
  equal(nextMean(Infinity, 200), 200);
  equal(nextMean(200, 300), 210);
});

test('recallAfterMs() is ten milliseconds, or four means of a slow application', () => {
  equal(recallAfterMs(Infinity), 10);
  equal(recallAfterMs(50), 10);
  equal(recallAfterMs(20_000), 80);
});
