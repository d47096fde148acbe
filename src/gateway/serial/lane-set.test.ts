import { deepEqual, equal, notEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { FakeUnit } from '../fake-worker.ts';
import { FakeSocket } from '../fake-worker.ts';
import type { LaneIdentity } from '../lanes/lane-identity.ts';
import { FakeLaneOwner } from './fake-lane-owner.ts';
import { LaneSet } from './lane-set.ts';

const NOBODY: ReadonlySet<number> = new Set();

class Scene {
  readonly owner: FakeLaneOwner = new FakeLaneOwner();
  /** Workers that were said to be quiet. */
  readonly quiet: number[] = [];
  readonly lanes: LaneSet = new LaneSet((worker) => this.quiet.push(worker));

  connect(identity: Partial<LaneIdentity> = {}): FakeUnit {
    const unit = this.owner.connect(identity);
    this.lanes.add(unit.lane);
    return unit;
  }

  control(worker: number): FakeSocket {
    const socket = new FakeSocket();
    this.lanes.addControl(worker, socket);
    return socket;
  }
}

/** Whether DRAIN has come to the unit, once its lane is flushed. */
function isDrained(unit: FakeUnit): boolean {
  unit.lane.output.flush();
  unit.receive();
  return unit.isDrained;
}

test('LaneSet gives requests to the lanes of active workers, whichever comes first', () => {
  const scene = new Scene();
  const early = scene.connect({ worker: 1 }).lane;
  equal(early.isOpen, false);
  scene.lanes.setActive(new Set([1]), NOBODY);
  equal(early.isOpen, true);
  equal(scene.connect({ worker: 1 }).lane.isOpen, true);
  equal(scene.connect({ worker: 2 }).lane.isOpen, false);
});

test('LaneSet lets a lane of a worker that is not active yet wait, and drains none', () => {
  const scene = new Scene();
  const unit = scene.connect({ worker: 2 });
  scene.lanes.setActive(new Set([1]), NOBODY);
  equal(isDrained(unit), false);
  deepEqual(scene.quiet, []);
});

test('LaneSet drains the idle lanes of a worker that is active no longer, and tells when all are', () => {
  const scene = new Scene();
  scene.lanes.setActive(new Set([1, 2]), NOBODY);
  const units = [0, 1].map((unit) => scene.connect({ worker: 1, unit }));
  const other = scene.connect({ worker: 2 });
  scene.lanes.setActive(new Set([2]), NOBODY);
  deepEqual(units.map(isDrained), [true, true]);
  scene.lanes.setActive(new Set([2]), NOBODY);
  deepEqual(scene.quiet, [1]);
  equal(isDrained(other), false);
  equal(other.lane.isOpen, true);
});

test('LaneSet drains the lanes of a worker that ends, though it has never seen it active', () => {
  const scene = new Scene();
  const early = scene.connect({ worker: 1, unit: 0 });
  scene.lanes.setActive(NOBODY, new Set([1]));
  const late = scene.connect({ worker: 1, unit: 1 });
  deepEqual([early, late].map(isDrained), [true, true]);
  equal(late.lane.isOpen, false);
  deepEqual(scene.quiet, [1, 1], 'with each of them');
  scene.lanes.setActive(NOBODY, new Set([1]));
  deepEqual(scene.quiet, [1, 1]);
});

test('LaneSet drains a lane behind its last request, and asks for those that have not begun', () => {
  const scene = new Scene();
  const control = scene.control(1);
  scene.lanes.setActive(new Set([1]), NOBODY);
  const unit = scene.connect({ worker: 1, unit: 3 });
  for (const name of ['a', 'b']) scene.owner.send(unit, name);
  scene.lanes.setActive(NOBODY, NOBODY);
  deepEqual(control.takeOrders(), ['recall 3']);
  unit.lane.takeBack(new Set([2]));
  scene.lanes.finishDrain(unit.lane);
  equal(isDrained(unit), false, 'the recall is not answered');
  unit.lane.isRecalled = false;
  scene.lanes.finishDrain(unit.lane);
  equal(isDrained(unit), false, 'one runs');
  deepEqual(scene.quiet, []);
  unit.answer();
  scene.lanes.finishDrain(unit.lane);
  equal(isDrained(unit), true);
  deepEqual(scene.quiet, [1]);
  scene.lanes.finishDrain(unit.lane);
  unit.lane.output.flush();
  deepEqual(unit.socket.takeFrames(), [], 'it is drained once');
});

test('LaneSet sends DRAIN when a recall is answered, though the worker has run all that was asked for', () => {
  const scene = new Scene();
  scene.control(1);
  scene.lanes.setActive(new Set([1]), NOBODY);
  const unit = scene.connect({ worker: 1 });
  for (const name of ['a', 'b']) scene.owner.send(unit, name);
  scene.lanes.setActive(NOBODY, NOBODY);
  unit.answer(2);
  scene.lanes.finishDrain(unit.lane);
  equal(isDrained(unit), false);
  unit.lane.isRecalled = false;
  scene.lanes.finishDrain(unit.lane);
  equal(isDrained(unit), true);
});

test('LaneSet asks for nothing where nothing waits, or where it has asked before', () => {
  const scene = new Scene();
  const control = scene.control(1);
  scene.lanes.setActive(new Set([1]), NOBODY);
  const [one, two] = [0, 1].map((unit) => scene.connect({ worker: 1, unit })) as [FakeUnit, FakeUnit];
  scene.owner.send(one, 'a');
  for (const name of ['b', 'c']) scene.owner.send(two, name);
  scene.lanes.recall(two.lane);
  deepEqual(control.takeOrders(), ['recall 1']);
  scene.lanes.setActive(NOBODY, NOBODY);
  deepEqual(control.takeOrders(), []);
});

test('LaneSet does not wait for a request that was reported stuck', () => {
  const scene = new Scene();
  scene.lanes.setActive(new Set([1]), NOBODY);
  const [stuck, other] = [0, 1].map((unit) => scene.connect({ worker: 1, unit })) as [FakeUnit, FakeUnit];
  scene.owner.send(stuck, 'a');
  scene.owner.send(other, 'b');
  stuck.lane.pace = 'stuck';
  scene.lanes.setActive(NOBODY, NOBODY);
  deepEqual(scene.quiet, []);
  other.answer();
  scene.lanes.finishDrain(other.lane);
  deepEqual(scene.quiet, [1]);
});

test('LaneSet is not quiet while requests that are not stuck are on the lane of one that is', () => {
  const scene = new Scene();
  scene.lanes.setActive(new Set([1]), NOBODY);
  const unit = scene.connect({ worker: 1 });
  for (const name of ['a', 'b']) scene.owner.send(unit, name);
  unit.lane.pace = 'stuck';
  scene.lanes.setActive(NOBODY, NOBODY);
  deepEqual(scene.quiet, []);
  unit.lane.takeBack(new Set([2]));
  scene.lanes.finishDrain(unit.lane);
  deepEqual(scene.quiet, [1]);
});

test('LaneSet does not drain a lane that is lost', () => {
  const scene = new Scene();
  scene.lanes.setActive(new Set([1]), NOBODY);
  const unit = scene.connect({ worker: 1 });
  unit.lane.tell('lost');
  scene.lanes.setActive(NOBODY, NOBODY);
  notEqual(unit.lane.state, 'drained');
});

test('remove() closes a lane, once', () => {
  const scene = new Scene();
  const [unit, other] = [scene.connect(), scene.connect()];
  equal(scene.lanes.remove(unit.lane), true);
  equal(unit.socket.isDestroyed, true);
  equal(unit.lane.state, 'lost');
  deepEqual(scene.lanes.lanes, [other.lane]);
  equal(scene.lanes.remove(unit.lane), false);
});

test('recall() waits for an answer only if there is a control lane to ask on', () => {
  const scene = new Scene();
  const { lane } = scene.connect({ worker: 1, unit: 2 });
  scene.lanes.recall(lane);
  equal(lane.isRecalled, false);
  const control = scene.control(1);
  scene.lanes.recall(lane);
  equal(lane.isRecalled, true);
  deepEqual(control.takeOrders(), ['recall 2']);
});

test('abort() names the unit and the stream, unless the lane is lost', () => {
  const scene = new Scene();
  const control = scene.control(1);
  const { lane } = scene.connect({ worker: 1, unit: 2 });
  scene.lanes.abort(lane, 70_000);
  deepEqual(control.takeOrders(), ['abort 2 70000']);
  lane.tell('lost');
  scene.lanes.abort(lane, 70_000);
  deepEqual(control.takeOrders(), []);
});

test('removeControl() forgets the control lane that is meant, not one that has replaced it', () => {
  const scene = new Scene();
  const { lane } = scene.connect({ worker: 1 });
  const [old, fresh] = [scene.control(1), scene.control(1)];
  scene.lanes.removeControl(1, old);
  scene.lanes.abort(lane, 1);
  deepEqual([old.takeOrders(), fresh.takeOrders()], [[], ['abort 0 1']]);
  scene.lanes.removeControl(1, fresh);
  scene.lanes.abort(lane, 1);
  deepEqual(fresh.takeOrders(), []);
});
