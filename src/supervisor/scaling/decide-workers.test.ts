import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Scaling } from '../../config/model/app.ts';
import type { LoadSample, ScalingBounds } from './decide-workers.ts';
import { decideWorkers, newMemory } from './decide-workers.ts';

const RULES: Scaling = {
  workersInitial: 0,
  step: 1,
  quietMs: 10_000,
  busyMax: 0.75,
  idleMs: 0,
  startsCheap: false,
  endsIdle: false,
};
const EVERY_MS = 500;

interface Played {
  /** By sample. */
  readonly targets: readonly number[];
  readonly changes: number;
}

/** Workers are ready a second after they were asked for; load beyond what they can do stands in the queue. */
function play(
  seconds: number,
  loadAt: (second: number) => number,
  {
    min = 1,
    max = 8,
    threads = 1,
    rules = {},
  }: { min?: number; max?: number; threads?: number; rules?: Partial<Scaling> } = {},
): Played {
  const bounds: ScalingBounds = { workersMin: min, workersMax: max, threads, rules: { ...RULES, ...rules } };
  let memory = newMemory(0, bounds.rules);
  let target = min;
  let readyAtMs = 0;
  let changes = 0;
  const targets: number[] = [];
  for (let atMs = EVERY_MS; atMs <= seconds * 1000; atMs += EVERY_MS) {
    const load = loadAt(atMs / 1000);
    const ready = atMs >= readyAtMs ? target : target - 1;
    const sample: LoadSample = {
      atMs,
      busyUnits: Math.min(load, ready * threads),
      oldestWaitMs: load > ready * threads ? 200 : 0,
      isActive: load > 0,
      ready,
      target,
    };
    const [after, decision] = decideWorkers(memory, sample, bounds);
    memory = after;
    if (decision.kind === 'set') {
      readyAtMs = decision.workers > target ? atMs + 1000 : 0;
      target = decision.workers;
      changes += 1;
    }
    targets.push(target);
  }
  return { targets, changes };
}

test('a step of load is followed within seconds, and its end after the quiet time, one worker a second', () => {
  const { targets, changes } = play(60, (second) => (second < 20 ? 4 : 0.1));
  const at = (second: number) => targets[second / 0.5 - 1];
  assert.equal(at(10), 6);
  assert.equal(at(25), 6, 'it waits');
  assert.equal(at(50), 1);
  assert.equal(changes, 9);
});

test('steady load does not change the number, wherever it lies', () => {
  for (const load of [0.2, 0.74, 0.76, 1.49, 1.51, 2.2, 3.7, 5.9]) {
    const { targets } = play(120, () => load);
    assert.equal(new Set(targets.slice(40)).size, 1, `at ${load}: ${targets.join()}`);
  }
});

test('load that trembles around a boundary does not flap', () => {
  const { targets, changes } = play(300, (second) => 1.5 + 0.25 * Math.sin(second * 3.4));
  assert.ok(changes <= 2, targets.join());
});

test('a square wave soon keeps the workers: they are not ended and started with each wave', () => {
  const wave = (second: number) => (Math.floor(second / 15) % 2 === 0 ? 4 : 0.1);
  const first = play(120, wave).changes;
  const all = play(600, wave).changes;
  assert.ok(all - first <= 2, `${first} changes in two minutes, ${all} in ten`);
});

test('a slow ramp is followed up and down, each number once', () => {
  const { targets, changes } = play(600, (second) => (second < 300 ? second / 60 : Math.max(0.1, (600 - second) / 60)));
  assert.equal(Math.max(...targets), 7);
  assert.ok(changes <= 14, targets.join());
  assert.ok((targets.at(-1) ?? 9) <= 2);
});

test('the number stays between the bounds, and grows by the step', () => {
  const { targets } = play(30, () => 100, { min: 2, max: 5, rules: { step: 2 } });
  assert.deepEqual([...new Set(targets)], [4, 5]);
  assert.deepEqual([...new Set(play(30, () => 0, { min: 2, max: 5 }).targets)], [2]);
});

test('threads count: one worker of four is enough for three requests at a time', () => {
  assert.equal(play(30, () => 2.9, { threads: 4 }).targets.at(-1), 1);
  assert.equal(play(30, () => 3.5, { threads: 4 }).targets.at(-1), 2);
});

test('without a request for the idle time all are let go, and the next one has them started', () => {
  const load = (second: number) => (second < 5 || second >= 30 ? 0.5 : 0);
  const { targets } = play(40, load, { min: 2, max: 2, rules: { idleMs: 10_000 } });
  const at = (second: number) => targets[second / 0.5 - 1];
  assert.deepEqual([at(10), at(20), at(31)], [2, 0, 2]);
});

test('endsIdle ends the server, and startsCheap does not wait for the idle time', () => {
  const rules = { ...RULES, idleMs: 5000 };
  const bounds: ScalingBounds = { workersMin: 1, workersMax: 1, threads: 1, rules };
  const quiet: LoadSample = { atMs: 6000, busyUnits: 0, oldestWaitMs: 0, isActive: false, ready: 1, target: 1 };
  const decide = (more: Partial<Scaling>, atMs: number) =>
    decideWorkers(
      newMemory(0, { ...rules, ...more }),
      { ...quiet, atMs },
      { ...bounds, rules: { ...rules, ...more } },
    )[1];
  assert.deepEqual(decide({ endsIdle: true }, 6000), { kind: 'end' });
  assert.deepEqual(decide({ endsIdle: true }, 4000), { kind: 'keep' });
  assert.equal(decide({ startsCheap: true }, 500).kind, 'set');
});
