import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AppFacts } from '../protocol/control/zygote.ts';
import { createFleet, nextDeadline, step } from './fleet.ts';
import type { Fleet, FleetAction, FleetEvent, FleetSettings, FleetWorker } from './fleet-types.ts';

const FACTS: AppFacts = {
  app: 'site:application',
  interface: 'wsgi',
  framework: null,
  frameworkVersion: null,
  static: [],
  media: [],
  debug: null,
  allowedHosts: null,
  warnings: [],
};

const SETTINGS: FleetSettings = {
  workers: 2,
  threads: 1,
  preload: 'auto',
  slotsMax: 64,
  startTimeoutMs: 60_000,
  gracefulTimeoutMs: 30_000,
  timeoutMs: 30_000,
  maxAgeMs: 0,
};

type ActionOf<Kind extends FleetAction['kind']> = Extract<FleetAction, { kind: Kind }>;

/** A fleet whose time and whose facts the test makes up. */
class Story {
  fleet: Fleet;
  nowMs = 1000;
  readonly actions: FleetAction[] = [];

  constructor(settings: Partial<FleetSettings> = {}) {
    this.fleet = createFleet({ ...SETTINGS, ...settings });
  }

  /** Returns what is to be done now. */
  happen(event: FleetEvent): FleetAction[] {
    const before = structuredClone(this.fleet);
    const [fleet, actions] = step(this.fleet, event, this.nowMs);
    assert.deepEqual(this.fleet, before, 'step does not change what it is given');
    this.fleet = fleet;
    this.actions.push(...actions);
    return actions;
  }

  pass(ms: number): FleetAction[] {
    this.nowMs += ms;
    return this.happen({ kind: 'time-passed' });
  }

  /** Up to the moment when everything serves. */
  static started(settings: Partial<FleetSettings> = {}): Story {
    const story = new Story(settings);
    story.happen({ kind: 'start' });
    story.happen({ kind: 'edge-ready' });
    story.load(1);
    story.readyAll();
    assert.ok(story.fleet.isStarted);
    story.nowMs += 10_000;
    story.actions.length = 0;
    return story;
  }

  load(generation: number): FleetAction[] {
    return this.happen({ kind: 'zygote-loaded', generation, preloaded: true, python: '3.11.2', facts: FACTS });
  }

  ready(worker: number): FleetAction[] {
    this.happen({ kind: 'worker-spawned', worker, pid: 100 + worker });
    return this.happen({ kind: 'worker-ready', worker, facts: FACTS });
  }

  readyAll(): void {
    for (const worker of this.workers('starting')) {
      this.ready(worker.id);
    }
  }

  exit(worker: number, code: number | null = 0, signal: string | null = null): FleetAction[] {
    return this.happen({ kind: 'worker-exited', worker, cause: { code, signal }, reason: '' });
  }

  stuck(worker: number): FleetAction[] {
    return this.happen({ kind: 'request-stuck', worker, requestId: 'r1', method: 'GET', path: '/slow', seconds: 30 });
  }

  workers(state: FleetWorker['state']): FleetWorker[] {
    return [...this.fleet.workers.values()].filter((worker) => worker.state === state);
  }

  published(): { active: number[]; gone: readonly number[] } | undefined {
    const publish = pick(this.actions, 'publish').at(-1);
    return publish && { active: publish.active.map(({ id }) => id), gone: publish.gone };
  }
}

function pick<Kind extends FleetAction['kind']>(actions: readonly FleetAction[], kind: Kind): ActionOf<Kind>[] {
  return actions.filter((action): action is ActionOf<Kind> => action.kind === kind);
}

function kinds(actions: readonly FleetAction[]): string[] {
  return actions.map(({ kind }) => kind);
}

function texts(actions: readonly FleetAction[], level: string): string[] {
  return pick(actions, 'log')
    .filter((log) => log.level === level)
    .map(({ text }) => text);
}

test('step() starts edge and zygote together, then workers, and announces when all is ready', () => {
  const story = new Story();
  assert.deepEqual(kinds(story.happen({ kind: 'start' })).slice(0, 2), ['start-edge', 'start-zygote']);
  const spawns = pick(story.load(1), 'spawn-worker');
  assert.deepEqual(
    spawns.map(({ worker, name, slot }) => [worker, name, slot]),
    [
      [1, 'w1', 0],
      [2, 'w2', 1],
    ],
  );
  assert.deepEqual(pick(story.ready(2), 'serve-static').length, 1);
  assert.deepEqual(story.published(), { active: [2], gone: [] }, 'the first that is ready serves at once');
  assert.deepEqual(pick(story.ready(1), 'announce'), [], 'the edge is not ready');
  assert.equal(pick(story.happen({ kind: 'edge-ready' }), 'announce').length, 1);
  assert.deepEqual(story.published(), { active: [1, 2], gone: [] });
});

test('step() gives each worker slots of its own, one for each thread', () => {
  const story = new Story({ threads: 4 });
  story.happen({ kind: 'start' });
  assert.deepEqual(
    pick(story.load(1), 'spawn-worker').map(({ slot }) => slot),
    [0, 4],
  );
  story.readyAll();
  assert.deepEqual(
    pick(story.actions, 'publish')
      .at(-1)
      ?.active.map(({ slots }) => slots),
    [
      [0, 1, 2, 3],
      [4, 5, 6, 7],
    ],
  );
});

test('step() takes the berth that has been free longest', () => {
  const story = Story.started();
  story.exit(1, 1);
  assert.equal(pick(story.actions, 'spawn-worker').at(-1)?.slot, 2);
  for (let turn = 0; turn < 64; turn += 1) {
    story.readyAll();
    story.nowMs += 1000;
    story.exit(story.workers('ready')[0]?.id ?? 0, 1);
  }
  const slots = [...story.fleet.workers.values()].map(({ berth }) => berth);
  assert.equal(new Set(slots).size, slots.length);
  assert.equal(story.fleet.freeBerths.length + slots.length, 64);
});

test('step() gives up with code 3 when the application cannot be imported, and says so once', () => {
  const story = new Story();
  story.happen({ kind: 'start' });
  story.happen({ kind: 'edge-ready' });
  const actions = story.happen({ kind: 'zygote-load-failed', generation: 1, error: 'ImportError: no', traceback: 'T' });
  assert.deepEqual(pick(actions, 'give-up'), [{ kind: 'give-up', error: 'ImportError: no', traceback: 'T' }]);
  assert.equal(pick(actions, 'stop-edge').length, 1);
  assert.deepEqual(
    pick(story.happen({ kind: 'zygote-exited', generation: 1, cause: { code: 3, signal: null } }), 'give-up'),
    [],
  );
  const end = story.happen({ kind: 'edge-exited', cause: { code: 0, signal: null }, message: '' });
  assert.deepEqual(pick(end, 'finish'), [{ kind: 'finish', code: 3 }]);
});

test('step() gives up when the first worker of several cannot load the application', () => {
  const story = new Story({ preload: 'never' });
  story.happen({ kind: 'start' });
  story.load(1);
  const first = story.happen({ kind: 'worker-load-failed', worker: 1, error: 'E', traceback: 'T' });
  const second = story.happen({ kind: 'worker-load-failed', worker: 2, error: 'E', traceback: 'T' });
  assert.equal(pick([...first, ...second], 'give-up').length, 1);
});

test('step() gives up when workers die again and again before one was ever ready', () => {
  const story = new Story({ workers: 1 });
  story.happen({ kind: 'start' });
  story.load(1);
  for (let turn = 1; turn <= 3; turn += 1) {
    assert.deepEqual(pick(story.actions, 'give-up'), []);
    story.exit(turn, null, 'SIGSEGV');
    story.pass(1000);
  }
  assert.match(
    pick(story.actions, 'give-up')[0]?.error ?? '',
    /killed by SIGSEGV \(segmentation fault\) before it was ready/,
  );
});

test('step() gives up with code 1 when the edge cannot start', () => {
  const story = new Story();
  story.happen({ kind: 'start' });
  story.happen({ kind: 'edge-exited', cause: { code: 1, signal: null }, message: 'no memory' });
  assert.equal(pick(story.actions, 'give-up')[0]?.error, 'no memory');
  story.happen({ kind: 'zygote-exited', generation: 1, cause: { code: 0, signal: null } });
  assert.deepEqual(pick(story.actions, 'finish'), [{ kind: 'finish', code: 1 }]);
});

test('step() loads in each worker when preloading is unsafe, and does not try again', () => {
  const story = new Story();
  story.happen({ kind: 'start' });
  const actions = story.happen({ kind: 'zygote-unsafe', generation: 1, reasons: ['a thread'] });
  assert.deepEqual(pick(actions, 'start-zygote'), [{ kind: 'start-zygote', generation: 2, preload: 'never' }]);
  story.happen({ kind: 'zygote-exited', generation: 1, cause: { code: 4, signal: null } });
  story.happen({ kind: 'edge-ready' });
  story.load(2);
  story.readyAll();
  assert.deepEqual(pick(story.actions, 'announce')[0]?.unsafeReasons, ['a thread']);
  assert.equal(pick(story.happen({ kind: 'reload', why: 'HUP' }), 'start-zygote')[0]?.preload, 'never');
});

test('step() replaces a worker that dies at once, and says what killed it', () => {
  const story = Story.started();
  const actions = story.exit(1, null, 'SIGKILL');
  assert.equal(pick(actions, 'spawn-worker').length, 1);
  assert.deepEqual(story.published(), { active: [2], gone: [1] });
  assert.match(texts(actions, 'error')[0] ?? '', /^worker w1 \(pid 101\) was killed by SIGKILL/);
});

test('step() backs off when a worker dies as soon as it is ready, and forgets it once one lived', () => {
  const story = Story.started({ workers: 1 });
  const waits: number[] = [];
  let worker = 1;
  for (let turn = 0; turn < 12; turn += 1) {
    story.exit(worker, 1);
    if (story.workers('starting').length === 0) {
      const due = nextDeadline(story.fleet, story.nowMs) - story.nowMs;
      waits.push(due);
      story.pass(due - 1);
      assert.equal(story.workers('starting').length, 0);
      story.pass(1);
    }
    worker = story.workers('starting')[0]?.id ?? 0;
    story.ready(worker);
  }
  assert.deepEqual(waits, [100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]);
  story.nowMs += 1000;
  assert.equal(pick(story.exit(worker, 1), 'spawn-worker').length, 1);
});

test('step() logs the same traceback of a failing replacement once', () => {
  const story = Story.started({ preload: 'never', workers: 1 });
  story.exit(1, 1);
  const fail = (worker: number) =>
    texts(story.happen({ kind: 'worker-load-failed', worker, error: 'E', traceback: 'T1' }), 'error')[0];
  assert.match(fail(2) ?? '', /could not load the application: E\nT1$/);
  story.exit(2, 3);
  story.pass(100);
  assert.match(fail(3) ?? '', /\(the same traceback as before\)$/);
});

test('step() reloads by generations: the old serve until all new are ready, then drain', () => {
  const story = Story.started();
  assert.deepEqual(pick(story.happen({ kind: 'reload', why: 'SIGHUP' }), 'start-zygote').length, 1);
  story.load(2);
  assert.equal(story.published(), undefined);
  story.ready(3);
  assert.equal(story.published(), undefined, 'one of two is not enough');
  story.ready(4);
  assert.deepEqual(story.published(), { active: [3, 4], gone: [] });
  assert.deepEqual(
    story.workers('draining').map(({ id }) => id),
    [1, 2],
  );
  assert.deepEqual(pick(story.actions, 'stop-zygote'), []);
  story.exit(1);
  story.exit(2);
  assert.deepEqual(pick(story.actions, 'stop-zygote'), [{ kind: 'stop-zygote', generation: 1 }]);
  assert.deepEqual(texts(story.actions, 'error'), []);
});

test('step() keeps the old generation when the new one cannot be loaded', () => {
  const story = Story.started();
  story.happen({ kind: 'reload', why: 'SIGHUP' });
  story.happen({ kind: 'zygote-load-failed', generation: 2, error: 'SyntaxError: x', traceback: 'T' });
  story.happen({ kind: 'zygote-exited', generation: 2, cause: { code: 3, signal: null } });
  assert.equal(story.published(), undefined);
  assert.match(texts(story.actions, 'error').join(), /SyntaxError: x\. The version that runs is kept/);
  assert.equal(story.workers('ready').length, 2);
  assert.equal(
    pick(story.happen({ kind: 'reload', why: 'SIGHUP' }), 'start-zygote')[0]?.generation,
    3,
    'and can be asked again',
  );
});

test('step() keeps the old generation when the new zygote dies while it loads', () => {
  const story = Story.started();
  story.happen({ kind: 'reload', why: 'SIGHUP' });
  story.happen({ kind: 'zygote-exited', generation: 2, cause: { code: null, signal: 'SIGSEGV' } });
  assert.match(texts(story.actions, 'error').join(), /SIGSEGV.*The version that runs is kept/);
  assert.equal(story.workers('ready').length, 2);
});

test('step() keeps the old generation when a new worker cannot load, and kills those that could', () => {
  const story = Story.started({ preload: 'never' });
  story.happen({ kind: 'reload', why: 'SIGHUP' });
  story.load(2);
  story.ready(3);
  story.happen({ kind: 'worker-load-failed', worker: 4, error: 'E', traceback: 'T' });
  assert.deepEqual(
    pick(story.actions, 'signal-worker').map(({ worker }) => worker),
    [3, 4],
  );
  assert.equal(story.published(), undefined);
  story.exit(3, null, 'SIGKILL');
  story.exit(4, 3);
  assert.deepEqual(pick(story.actions, 'stop-zygote'), [{ kind: 'stop-zygote', generation: 2 }]);
  assert.deepEqual(story.published(), { active: [1, 2], gone: [4] });
});

test('step() keeps the old generation when a new worker is not ready in time', () => {
  const story = Story.started();
  story.happen({ kind: 'reload', why: 'SIGHUP' });
  story.load(2);
  story.pass(60_000);
  assert.match(texts(story.actions, 'error').join(), /not ready 60 s after its start/);
  assert.equal(story.fleet.next, undefined);
  assert.equal(story.workers('ready').length, 2);
});

test('step() throws a half-made generation away when asked to reload again', () => {
  const story = Story.started();
  story.happen({ kind: 'reload', why: 'SIGHUP' });
  story.load(2);
  story.ready(3);
  const actions = story.happen({ kind: 'reload', why: 'SIGHUP' });
  assert.equal(pick(actions, 'start-zygote')[0]?.generation, 3);
  assert.deepEqual(
    pick(actions, 'signal-worker').map(({ worker }) => worker),
    [3, 4],
  );
  assert.deepEqual(pick(actions, 'stop-zygote'), [{ kind: 'stop-zygote', generation: 2 }]);
  story.happen({ kind: 'zygote-exited', generation: 2, cause: { code: 0, signal: null } });
  story.load(3);
  story.readyAll();
  assert.deepEqual(story.published()?.active, [5, 6]);
});

test('step() retires a worker only when its replacement is ready', () => {
  const story = Story.started();
  const actions = story.happen({ kind: 'worker-retiring', worker: 1, reason: 'max-requests' });
  assert.equal(pick(actions, 'spawn-worker')[0]?.name, 'w1');
  assert.equal(story.published(), undefined);
  story.ready(3);
  assert.deepEqual(story.published(), { active: [2, 3], gone: [] });
  assert.deepEqual(
    story.workers('draining').map(({ id }) => id),
    [1],
  );
});

test('step() lets a retiring worker serve on while its replacement fails', () => {
  const story = Story.started({ preload: 'never' });
  story.happen({ kind: 'worker-retiring', worker: 1, reason: 'max-requests' });
  story.happen({ kind: 'worker-load-failed', worker: 3, error: 'E', traceback: 'T' });
  story.exit(3, 3);
  assert.deepEqual(story.published()?.active, [1, 2]);
  assert.equal(pick(story.pass(100), 'spawn-worker').length, 1);
});

test('step() replaces at most half of the workers at one time', () => {
  const story = Story.started({ workers: 4 });
  for (const worker of [1, 2, 3, 4]) {
    story.happen({ kind: 'worker-oversized', worker, bytes: 2 ** 30 });
  }
  assert.equal(story.workers('starting').length, 2);
  story.readyAll();
  assert.equal(story.workers('starting').length, 2);
});

test('step() retires workers by age, not all at once', () => {
  const story = Story.started({ maxAgeMs: 100_000 });
  const due = story.workers('ready').map(({ deadlineMs }) => deadlineMs);
  assert.equal(new Set(due).size, 2);
  story.pass(Math.min(...due) - story.nowMs);
  assert.equal(story.workers('retiring').length, 1);
});

test('step() adds and removes workers, down to one', () => {
  const story = Story.started();
  assert.equal(pick(story.happen({ kind: 'add-worker' }), 'spawn-worker')[0]?.name, 'w3');
  story.readyAll();
  story.happen({ kind: 'remove-worker' });
  story.happen({ kind: 'remove-worker' });
  assert.deepEqual(story.published()?.active, [1]);
  assert.match(texts(story.happen({ kind: 'remove-worker' }), 'warning')[0] ?? '', /stays at 1/);
});

test('step() dumps, replaces and kills a worker of one thread that is stuck', () => {
  const story = Story.started();
  const actions = story.stuck(1);
  assert.match(texts(actions, 'error')[0] ?? '', /request r1 GET \/slow has run for 30.0 s in worker w1 \(pid 101\)/);
  assert.deepEqual(
    pick(actions, 'signal-worker').map(({ signal }) => signal),
    ['SIGUSR2'],
  );
  assert.equal(pick(actions, 'spawn-worker').length, 1, 'its replacement does not wait for its end');
  assert.deepEqual(story.published(), { active: [2], gone: [] });
  assert.deepEqual(
    pick(story.pass(200), 'signal-worker').map(({ signal }) => signal),
    ['SIGKILL'],
  );
});

test('step() lets the other threads of a stuck worker finish', () => {
  const story = Story.started({ threads: 4 });
  story.stuck(1);
  assert.deepEqual(pick(story.pass(200), 'signal-worker'), []);
  assert.deepEqual(
    pick(story.happen({ kind: 'worker-quiet', worker: 1 }), 'signal-worker').map(({ signal }) => signal),
    ['SIGKILL'],
  );
  story.exit(1, null, 'SIGKILL');
  assert.equal(texts(story.actions, 'error').length, 1, 'that it was killed is no news');
});

test('step() kills a stuck worker soon when all of its threads are stuck, and at the timeout at the latest', () => {
  const story = Story.started({ threads: 2 });
  story.stuck(1);
  story.stuck(1);
  assert.equal(pick(story.pass(200), 'signal-worker').length, 1);
  story.stuck(2);
  assert.equal(pick(story.pass(30_000), 'signal-worker').at(-1)?.worker, 2);
});

test('step() kills a draining worker that does not finish, and says so', () => {
  const story = Story.started({ gracefulTimeoutMs: 5000 });
  story.happen({ kind: 'reload', why: 'SIGHUP' });
  story.load(2);
  story.readyAll();
  assert.equal(nextDeadline(story.fleet, story.nowMs), story.nowMs + 5000);
  const actions = story.pass(5000);
  assert.equal(pick(actions, 'signal-worker').length, 2);
  assert.match(texts(actions, 'warning')[0] ?? '', /did not finish within 5.0 s/);
});

test('step() starts a new zygote, and with it new workers, when one dies', () => {
  const story = Story.started();
  const actions = story.happen({ kind: 'zygote-exited', generation: 1, cause: { code: null, signal: 'SIGKILL' } });
  assert.deepEqual(
    pick(actions, 'kill-process').map(({ pid }) => pid),
    [101, 102],
  );
  assert.deepEqual(story.published(), { active: [], gone: [1, 2] });
  assert.equal(pick(actions, 'start-zygote').length, 1);
  story.happen({ kind: 'zygote-load-failed', generation: 2, error: 'E', traceback: '' });
  story.happen({ kind: 'zygote-exited', generation: 2, cause: { code: 3, signal: null } });
  assert.equal(pick(story.pass(99), 'start-zygote').length, 0);
  assert.equal(pick(story.pass(1), 'start-zygote')[0]?.generation, 3);
});

test('step() starts the edge again, and tells it everything', () => {
  const story = Story.started();
  const actions = story.happen({ kind: 'edge-exited', cause: { code: null, signal: 'SIGSEGV' }, message: '' });
  assert.deepEqual(kinds(actions), ['log', 'start-edge', 'serve-static', 'publish']);
  assert.deepEqual(story.published(), { active: [1, 2], gone: [] });
});

test('step() stops: the edge first, then the workers, then the zygotes', () => {
  const story = Story.started();
  assert.deepEqual(kinds(story.happen({ kind: 'stop', isQuick: false, why: 'SIGTERM' })), ['log', 'stop-edge']);
  assert.deepEqual(story.published(), undefined, 'workers serve what the edge still has');
  const drained = story.happen({ kind: 'edge-drained' });
  assert.deepEqual(
    pick(drained, 'signal-worker').map(({ signal }) => signal),
    ['SIGTERM', 'SIGTERM'],
  );
  story.exit(1);
  assert.deepEqual(pick(story.actions, 'stop-zygote'), []);
  story.exit(2);
  assert.equal(pick(story.actions, 'stop-zygote').length, 1);
  story.happen({ kind: 'edge-exited', cause: { code: 0, signal: null }, message: '' });
  story.happen({ kind: 'zygote-exited', generation: 1, cause: { code: 0, signal: null } });
  assert.deepEqual(pick(story.actions, 'finish'), [{ kind: 'finish', code: 0 }]);
  assert.equal(nextDeadline(story.fleet, story.nowMs), Number.POSITIVE_INFINITY);
});

test('step() replaces a worker that dies while the edge finishes', () => {
  const story = Story.started();
  story.happen({ kind: 'stop', isQuick: false, why: 'SIGTERM' });
  assert.equal(pick(story.exit(1, null, 'SIGKILL'), 'spawn-worker').length, 1);
});

test('step() kills workers that do not end when they are drained', () => {
  const story = Story.started();
  story.happen({ kind: 'stop', isQuick: false, why: 'SIGTERM' });
  story.happen({ kind: 'edge-exited', cause: { code: 0, signal: null }, message: '' });
  assert.deepEqual(
    pick(story.pass(3000), 'signal-worker').map(({ signal }) => signal),
    ['SIGKILL', 'SIGKILL'],
  );
});

test('step() kills what has not ended at the graceful timeout', () => {
  const story = Story.started();
  story.happen({ kind: 'stop', isQuick: false, why: 'SIGTERM' });
  const actions = story.pass(31_000);
  assert.deepEqual(
    kinds(actions).filter((kind) => kind !== 'log' && kind !== 'publish'),
    ['stop-edge', 'signal-worker', 'signal-worker', 'stop-zygote'],
  );
  assert.deepEqual(kinds(story.pass(1000)), ['kill-edge', 'kill-zygote']);
});

test('step() stops at once when asked to, or asked twice, or before it has started', () => {
  for (const stops of [[true], [false, true]]) {
    const story = Story.started();
    for (const isQuick of stops) {
      story.happen({ kind: 'stop', isQuick, why: 'signal' });
    }
    assert.equal(pick(story.actions, 'signal-worker').length, 2);
    assert.equal(pick(story.actions, 'stop-edge').at(-1)?.deadlineMs, 0);
  }
  const early = new Story();
  early.happen({ kind: 'start' });
  early.happen({ kind: 'stop', isQuick: false, why: 'SIGINT' });
  assert.deepEqual(pick(early.actions, 'stop-zygote').length, 1);
  early.happen({ kind: 'zygote-exited', generation: 1, cause: { code: 0, signal: null } });
  early.happen({ kind: 'edge-exited', cause: { code: 0, signal: null }, message: '' });
  assert.deepEqual(pick(early.actions, 'finish'), [{ kind: 'finish', code: 0 }]);
});

test('step() ignores what is said about those that are gone', () => {
  const story = Story.started();
  const silent = [
    story.stuck(99),
    story.exit(99),
    story.load(99),
    story.happen({ kind: 'worker-retiring', worker: 99, reason: '' }),
  ];
  assert.deepEqual(silent.flat(), []);
});

test('step() throws the half-made generation away when it stops', () => {
  const story = Story.started();
  story.happen({ kind: 'reload', why: 'SIGHUP' });
  story.load(2);
  story.happen({ kind: 'stop', isQuick: false, why: 'SIGTERM' });
  assert.deepEqual(pick(story.actions, 'stop-zygote'), [{ kind: 'stop-zygote', generation: 2 }]);
  assert.match(texts(story.happen({ kind: 'reload', why: 'SIGHUP' }), 'warning')[0] ?? '', /stopping/);
});
