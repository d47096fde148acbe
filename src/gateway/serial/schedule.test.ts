import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { LaneLoad, ThreadLoad } from './schedule.ts';
import { nextBudgetUs, nextMean, ownDepth, pickLane, prefetchDepth, recallAfterMs, SCHEDULE } from './schedule.ts';

function lane(slot: number, more: Partial<LaneLoad> = {}): LaneLoad {
  return { slot, depth: 0, meanServiceUs: 50, usedAt: 0, isOpen: true, ...more };
}

const thread = (waiting: number, threads = 1, budgetUs = 20_000, nowMs = 0): ThreadLoad => ({
  waiting,
  threads,
  budgetUs,
  monotonicMs: () => nowMs,
});
const pick = (lanes: readonly LaneLoad[], loads: readonly number[], waiting = 0, threads = 1): number | undefined =>
  pickLane(
    lanes,
    {
      loads: Int32Array.from(loads),
      progressUs: new Int32Array(loads.length),
      webSockets: new Int32Array(loads.length),
    },
    thread(waiting, threads),
  )?.slot;

test('pickLane() takes the idle lane that was used last', () => {
  const lanes = [lane(0, { usedAt: 3 }), lane(1, { usedAt: 5 }), lane(2, { usedAt: 4 })];
  equal(pick(lanes, [0, 0, 0]), 1);
  equal(pick(lanes, [0, 1, 0]), 2);
});

test('pickLane() prefers any idle lane to prefetching', () => {
  equal(pick([lane(0, { usedAt: 9 }), lane(1)], [1, 0]), 1);
});

test('pickLane() prefetches on the least loaded lane, up to a millisecond of work of all threads', () => {
  const lanes = [lane(0, { meanServiceUs: 250, depth: 2 }), lane(1, { meanServiceUs: 250, depth: 2 })];
  equal(pick(lanes, [3, 2]), 1);
  equal(pick(lanes, [4, 5]), 0);
  equal(pick(lanes, [5, 5]), undefined);
});

test('pickLane() sends nothing ahead to a lane whose speed is not known, or that is slow', () => {
  equal(pick([lane(0, { meanServiceUs: Infinity })], [1]), undefined);
  equal(pick([lane(0, { meanServiceUs: SCHEDULE.prefetchMeanMaxUs + 1 })], [1]), undefined);
});

test('pickLane() passes over lanes that are recalled, drained or stuck', () => {
  equal(pick([lane(0, { isOpen: false })], [0]), undefined);
});

test('pickLane() lets a thread have two requests on a busy unit, however many the others have there', () => {
  const own = (depth: number): LaneLoad[] => [lane(0, { meanServiceUs: 900, depth })];
  equal(pick(own(0), [20], 0, 2), 0);
  equal(pick(own(1), [20], 0, 2), 0);
  equal(pick(own(2), [20], 0, 2), undefined);
});

test('pickLane() hands out more while requests wait, half of an even share', () => {
  const lanes = [lane(0, { meanServiceUs: 900, depth: 4 }), lane(1, { meanServiceUs: 900, depth: 5 })];
  equal(pick(lanes, [4, 5], 15), undefined);
  equal(pick(lanes, [4, 5], 16), 0);
  equal(pick(lanes, [6, 5], 16), 0, 'the less loaded one is as full as this thread may make it');
});

test('pickLane() sends nothing to a unit that has answered nothing for longer than it should take', () => {
  const lanes = [lane(0, { meanServiceUs: 400, depth: 1 }), lane(1, { meanServiceUs: 400, depth: 2 })];
  const pickAt = (nowMs: number, progressMs: readonly number[]): number | undefined =>
    pickLane(
      lanes,
      {
        loads: Int32Array.of(1, 2),
        progressUs: Int32Array.from(progressMs, (ms) => ms * 1000),
        webSockets: new Int32Array(2),
      },
      thread(0, 1, 20_000, nowMs),
    )?.slot;
  equal(pickAt(1001.7, [1000, 1000]), 0);
  equal(
    pickAt(1002, [1000, 1000]),
    1,
    'the first is late after 1 ms and twice its 0.4 ms; the second has two requests',
  );
  equal(pickAt(1003, [1000, 1000]), undefined);
  const wrapped = 2 ** 32 / 1000;
  equal(pickAt(1001.7 + wrapped, [1000, 1000]), 0, 'the table counts modulo 2^32');
});

test('prefetchDepth() is one and what runs in a millisecond', () => {
  equal(prefetchDepth(Infinity), 1);
  equal(prefetchDepth(1_000_000), 1);
  equal(prefetchDepth(900), 2);
  equal(prefetchDepth(100), 11);
  equal(prefetchDepth(1), 1 + SCHEDULE.prefetchDepthMax);
  equal(prefetchDepth(0), 1 + SCHEDULE.prefetchDepthMax);
});

test('ownDepth() is two at least, what runs in twenty milliseconds at most, none for slow applications', () => {
  equal(ownDepth(900, 1, thread(0)), 2);
  equal(ownDepth(900, 2, thread(11)), 3);
  equal(ownDepth(900, 2, thread(12)), 4);
  equal(ownDepth(900, 1, thread(1000)), 23);
  equal(ownDepth(900, 1, thread(1000, 2)), 12, 'threads share the twenty milliseconds');
  equal(ownDepth(10, 1, thread(1000)), 1 + SCHEDULE.prefetchDepthMax);
  equal(ownDepth(SCHEDULE.prefetchMeanMaxUs, 1, thread(1000)), 5);
  equal(ownDepth(SCHEDULE.prefetchMeanMaxUs + 1, 1, thread(1000)), 0);
  equal(ownDepth(SCHEDULE.prefetchMeanMaxUs, 1, thread(1000, 2)), 0);
  equal(ownDepth(Infinity, 1, thread(1000)), 0);
  equal(ownDepth(900, 1, thread(1000, 1, 0)), 2, 'after recalls');
});

test('nextBudgetUs() halves with a recall and grows back within a second', () => {
  equal(nextBudgetUs(20_000, 10, true), 10_000);
  equal(nextBudgetUs(10_000, 10, false), 10_200);
  equal(nextBudgetUs(19_950, 10, false), 20_000);
});

test('nextMean() begins with the first sample and follows slowly', () => {
  equal(nextMean(Infinity, 200), 200);
  equal(nextMean(200, 300), 210);
});

test('recallAfterMs() is twelve milliseconds, four means of a slow application, or twice what may come before or be waited for', () => {
  equal(recallAfterMs(Infinity, 9, 9), 12);
  equal(recallAfterMs(50, 100, 0), 12);
  equal(recallAfterMs(20_000, 1, 0), 80);
  equal(recallAfterMs(2000, 1, 6), 24);
  equal(recallAfterMs(900, 8, 0), 14.4);
  equal(recallAfterMs(900, 20, 0), 20);
});
