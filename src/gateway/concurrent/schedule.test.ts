import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { pickConcurrentLane } from './schedule.ts';

/** `running` and `sockets`: by slot. */
function pickConcurrent(
  running: readonly number[],
  sockets: readonly number[],
  isWebSocket = false,
): number | undefined {
  const lanes = running.map((_, slot) => ({ slot, capacity: 10, usedAt: slot, isOpen: true }));
  const tables = {
    loads: Int32Array.from(running, (count, slot) => count + (sockets[slot] ?? 0)),
    progressUs: new Int32Array(running.length),
    webSockets: Int32Array.from(sockets),
  };
  return pickConcurrentLane(lanes, tables, isWebSocket)?.slot;
}

test('pickConcurrentLane() weighs requests by requests and WebSockets by WebSockets', () => {
  equal(pickConcurrent([1, 0], [0, 8]), 1, 'idle WebSockets keep no request away');
  equal(pickConcurrent([1, 0], [0, 8], true), 0);
  equal(pickConcurrent([2, 2], [1, 3]), 0, 'among equals the one with less of the other kind');
  equal(pickConcurrent([3, 1], [2, 2], true), 1);
});

test('pickConcurrentLane() takes among equals the one used last, and none that is full', () => {
  equal(pickConcurrent([0, 0, 0], [0, 0, 0]), 2);
  equal(pickConcurrent([5, 0], [0, 10]), 0);
  equal(pickConcurrent([4, 9], [6, 1]), undefined);
  equal(pickConcurrent([], []), undefined);
});
