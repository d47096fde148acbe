import { deepEqual, equal, notEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { Call } from '../call.ts';
import type { FakeUnit } from '../fake-worker.ts';
import { FakeBoard, FakeSocket } from '../fake-worker.ts';
import type { StuckRequest } from '../stuck-request.ts';
import { FakeLaneOwner, toldOf } from './fake-lane-owner.ts';
import { LaneSet } from './lane-set.ts';
import { LaneWatch } from './lane-watch.ts';
import { SCHEDULE } from './schedule.ts';

const TIMEOUT_MS = 30_000;

/** One unit of worker 1, which does not answer, and what was noticed of it. */
class Scene {
  readonly owner: FakeLaneOwner = new FakeLaneOwner();
  readonly board: FakeBoard = new FakeBoard();
  readonly control: FakeSocket = new FakeSocket();
  readonly stuck: StuckRequest[] = [];
  readonly unit: FakeUnit = this.owner.connect({ worker: 1, unit: 2, slot: 5, pid: 101 });
  readonly watch: LaneWatch;

  constructor(timeoutMs: number = TIMEOUT_MS) {
    const lanes = new LaneSet(() => undefined);
    lanes.add(this.unit.lane);
    lanes.addControl(1, this.control);
    this.watch = new LaneWatch({
      lanes,
      board: this.board.asBoard,
      timeoutMs,
      loadOf: (lane) => this.owner.loadOf(lane),
      onStuck: (stuck) => this.stuck.push(stuck),
    });
  }

  send(...names: readonly string[]): Call[] {
    return names.map((name) => this.owner.send(this.unit, name));
  }

  recallAfter(ms: number): boolean {
    this.owner.clock.advance(ms);
    return this.watch.recallSlow(this.owner.clock.monotonicMs());
  }

  /** The names of requests that were reported. */
  reportedAfter(ms: number): string[] {
    this.owner.clock.advance(ms);
    this.watch.checkTimeouts(this.owner.clock.monotonicMs());
    return this.stuck.map(({ requestId }) => requestId);
  }
}

test('recallSlow() asks back what waits behind a request that takes long, once', () => {
  const scene = new Scene();
  scene.send('a', 'b');
  equal(scene.recallAfter(SCHEDULE.recallAfterMs), false);
  equal(scene.unit.lane.pace, 'prompt');
  equal(scene.recallAfter(1), true);
  equal(scene.unit.lane.pace, 'slow');
  equal(scene.recallAfter(50), false);
  deepEqual(scene.control.takeOrders(), ['recall 2']);
});

test('recallSlow() asks again if the worker has kept some', () => {
  const scene = new Scene();
  scene.send('a', 'b');
  scene.recallAfter(13);
  scene.unit.lane.isRecalled = false;
  equal(scene.recallAfter(10), true);
  deepEqual(scene.control.takeOrders(), ['recall 2', 'recall 2']);
});

test('recallSlow() gives a slow application four mean service times', () => {
  const scene = new Scene();
  scene.unit.lane.meanServiceUs = 20_000;
  scene.send('a', 'b');
  equal(scene.recallAfter(80), false);
  equal(scene.recallAfter(1), true);
});

test('recallSlow() gives more time where requests of other edge threads are on the unit', () => {
  const scene = new Scene();
  scene.unit.lane.meanServiceUs = 2000;
  scene.owner.others = 10;
  scene.send('a', 'b');
  equal(scene.recallAfter(40), false);
  equal(scene.recallAfter(1), true);
});

test('recallSlow() asks nothing back from a unit that has but one request, and gives it no other', () => {
  const scene = new Scene();
  scene.send('a');
  equal(scene.recallAfter(1000), false);
  equal(scene.unit.lane.pace, 'slow');
  deepEqual(scene.control.takeOrders(), []);
});

test("recallSlow() asks back a single request that may wait behind another thread's", () => {
  const scene = new Scene();
  scene.owner.others = 1;
  scene.send('a');
  equal(scene.recallAfter(13), true);
});

test('recallSlow() opens a slow lane again when nothing is left on its unit', () => {
  const scene = new Scene();
  const { lane } = scene.unit;
  scene.owner.others = 1;
  scene.send('a');
  scene.recallAfter(13);
  lane.takeBack(new Set([1]));
  scene.recallAfter(10);
  equal(lane.pace, 'slow', "another thread's request still runs");
  scene.owner.others = 0;
  scene.recallAfter(10);
  equal(lane.pace, 'prompt');
});

test('recallSlow() has nothing to say of a lane that is idle', () => {
  equal(new Scene().recallAfter(1000), false);
});

test('checkTimeouts() answers 504 for a request that runs too long, and reports it once', () => {
  const scene = new Scene();
  const [a] = scene.send('a') as [Call];
  deepEqual(scene.reportedAfter(TIMEOUT_MS), []);
  deepEqual(scene.reportedAfter(400), ['a']);
  deepEqual(scene.stuck, [
    { worker: 1, pid: 101, unit: 2, requestId: 'a', method: 'GET', path: '/a', seconds: 30, isLoop: false },
  ]);
  deepEqual(toldOf(a), ['refuse 504']);
  equal(scene.unit.lane.pace, 'stuck');
  deepEqual(scene.reportedAfter(3 * TIMEOUT_MS), ['a']);
});

test('checkTimeouts() counts from the moment when a request became the first', () => {
  const scene = new Scene();
  scene.send('a', 'b');
  scene.owner.clock.advance(TIMEOUT_MS);
  scene.unit.answer();
  deepEqual(scene.reportedAfter(TIMEOUT_MS), []);
  deepEqual(scene.reportedAfter(1), ['b']);
});

test('checkTimeouts() gives up the call that the board names, not those before it, which are answered and not sent', () => {
  const scene = new Scene();
  const calls = scene.send('a', 'b', 'c');
  scene.board.started.set(5, scene.unit.streamOf('b'));
  deepEqual(scene.reportedAfter(TIMEOUT_MS + 1), ['b']);
  deepEqual(calls.map(toldOf), [[], ['refuse 504'], []]);
});

test('checkTimeouts() takes the first if the board names an earlier request, or that of another slot', () => {
  const scene = new Scene();
  scene.send('a', 'b');
  scene.board.started.set(5, 77);
  scene.board.started.set(4, scene.unit.streamOf('b'));
  deepEqual(scene.reportedAfter(TIMEOUT_MS + 1), ['a']);
});

test('checkTimeouts() leaves it to another thread to report its request, until twice the timeout', () => {
  const scene = new Scene();
  scene.owner.others = 1;
  const [a] = scene.send('a', 'b') as [Call];
  deepEqual(scene.reportedAfter(2 * TIMEOUT_MS), []);
  notEqual(scene.unit.lane.pace, 'stuck');
  deepEqual(scene.reportedAfter(1), ['a']);
  deepEqual(toldOf(a), ['refuse 504']);
});

test('checkTimeouts() reports what has begun here, whatever the other threads have on the unit', () => {
  const scene = new Scene();
  scene.owner.others = 3;
  scene.send('a', 'b');
  scene.board.started.set(5, scene.unit.streamOf('a'));
  deepEqual(scene.reportedAfter(TIMEOUT_MS + 1), ['a']);
});

test('checkTimeouts() reports a request whose client has gone: it holds its worker all the same', () => {
  const scene = new Scene();
  const [a] = scene.send('a') as [Call];
  a.onGone();
  deepEqual(scene.reportedAfter(TIMEOUT_MS + 1), ['a']);
  deepEqual(toldOf(a), []);
});

test('checkTimeouts() leaves idle lanes alone, and every lane if there is no timeout', () => {
  deepEqual(new Scene().reportedAfter(10 * TIMEOUT_MS), []);
  const scene = new Scene(0);
  scene.send('a');
  deepEqual(scene.reportedAfter(10 * TIMEOUT_MS), []);
});
