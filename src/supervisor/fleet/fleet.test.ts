import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextDeadline } from './fleet.ts';
import { kinds, pick, Story, texts } from './fleet-story.ts';

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

test('step() serves by one worker when the import takes a lock that the others cannot have', () => {
  const story = new Story({ workers: 3 });
  story.happen({ kind: 'start' });
  story.happen({ kind: 'edge-ready' });
  story.happen({ kind: 'zygote-unsafe', generation: 1, reasons: ['a lock on /srv/Data.fs.lock'], holdsLock: true });
  story.happen({ kind: 'zygote-loaded', generation: 2, preloaded: false, python: '3.11.2', facts: undefined });
  const [first, second] = story.workers('starting');
  assert.ok(first !== undefined && second !== undefined);
  story.happen({ kind: 'worker-load-failed', worker: second.id, error: 'LockError', traceback: '' });
  assert.match(
    texts(story.actions, 'warning').join(),
    /a lock on \S+Data\.fs\.lock, .* one worker serves instead of 3/,
  );
  assert.deepEqual(pick(story.actions, 'give-up'), []);
  story.happen({ kind: 'zygote-loaded', generation: 3, preloaded: false, python: '3.11.2', facts: undefined });
  assert.equal(story.workers('starting').length, 1);
  story.readyAll();
  assert.ok(story.server.isStarted);
  story.happen({ kind: 'add-worker' });
  assert.equal(story.workers('starting').length, 0, 'and none is added');
  replaceAlone(story);
  story.happen({ kind: 'reload', why: 'SIGHUP' });
  story.happen({ kind: 'zygote-load-failed', generation: 4, error: 'LockError', traceback: '' });
  assert.match(texts(story.actions, 'error').join(), /It holds a lock: .* only a new start of the server helps/);
});

test('step() finds out that a worker has to end before its successor can have the lock of the import', () => {
  const story = new Story({ workers: 1 });
  story.happen({ kind: 'start' });
  story.happen({ kind: 'edge-ready' });
  story.happen({ kind: 'zygote-unsafe', generation: 1, reasons: ['a lock on /srv/Data.fs.lock'], holdsLock: true });
  story.load(2);
  story.readyAll();
  const [first] = story.workers('ready');
  assert.ok(first !== undefined);
  story.happen({ kind: 'worker-retiring', worker: first.id, reason: 'max-requests' });
  const [second] = story.workers('starting');
  assert.ok(second !== undefined, 'the lock may be one that both can have');
  story.happen({ kind: 'worker-load-failed', worker: second.id, error: 'LockError', traceback: '' });
  story.exit(second.id, 3);
  assert.equal(first.id, story.workers('draining')[0]?.id);
  story.pass(1000);
  assert.deepEqual(story.workers('starting'), []);
  story.exit(first.id);
  story.pass(1000);
  story.readyAll();
  replaceAlone(story);
});

/** The one worker that serves ends before the next is started. */
function replaceAlone(story: Story): void {
  const [worker] = story.workers('ready');
  assert.ok(worker !== undefined);
  story.happen({ kind: 'worker-retiring', worker: worker.id, reason: 'max-requests' });
  assert.deepEqual(
    [story.workers('draining'), story.workers('starting')].map(({ length }) => length),
    [1, 0],
  );
  story.exit(worker.id);
  assert.equal(story.workers('starting').length, 1);
  story.readyAll();
}

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

test('step() replaces a worker that dies at once, and says what killed it', () => {
  const story = Story.started();
  const actions = story.exit(1, null, 'SIGKILL');
  assert.equal(pick(actions, 'spawn-worker').length, 1);
  assert.deepEqual(story.published(), { active: [2], gone: [1] });
  assert.match(texts(actions, 'error')[0] ?? '', /^worker w1 \(pid 101\) was killed by SIGKILL/);
});

test('step() replaces a worker that dies as soon as it is ready at a steady pace, and at once one that lived', () => {
  const story = Story.started({ workers: 1 });
  const waits: number[] = [];
  let worker = 1;
  for (let turn = 0; turn < 12; turn += 1) {
    story.exit(worker, 1);
    if (story.workers('starting').length === 0) {
      const due = nextDeadline(story.server, story.nowMs) - story.nowMs;
      waits.push(due);
      story.pass(due - 1);
      assert.equal(story.workers('starting').length, 0);
      story.pass(1);
    }
    worker = story.workers('starting')[0]?.id ?? 0;
    story.ready(worker);
  }
  assert.deepEqual(waits, new Array(11).fill(100));
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

test('step() starts the edge again, and tells it who serves', () => {
  const story = Story.started();
  const actions = story.happen({ kind: 'edge-exited', cause: { code: null, signal: 'SIGSEGV' }, message: '' });
  assert.deepEqual(kinds(actions), ['log', 'start-edge', 'publish']);
  assert.deepEqual(story.published(), { active: [1, 2], gone: [] });
});

test('step() tells a new edge which workers are to end, for they dial it too', () => {
  const story = Story.started();
  story.happen({ kind: 'reload', why: 'SIGHUP' });
  story.load(2);
  story.readyAll();
  const actions = story.happen({ kind: 'edge-exited', cause: { code: null, signal: 'SIGSEGV' }, message: '' });
  assert.deepEqual(
    pick(actions, 'publish').map(({ active, draining }) => [active, draining]),
    [
      [
        [3, 4],
        [1, 2],
      ],
    ],
  );
});

test('step() waits longer each time for an edge that does not come up again', () => {
  const story = Story.started();
  const waits: number[] = [];
  for (let turn = 0; turn < 4; turn += 1) {
    story.nowMs += 500;
    story.happen({ kind: 'edge-exited', cause: { code: 1, signal: null }, message: '' });
    const due = story.server.edge.state === 'ended' ? story.server.edge.notBeforeMs - story.nowMs : 0;
    waits.push(due);
    story.pass(due);
  }
  assert.deepEqual(waits, [0, 100, 200, 400]);
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
