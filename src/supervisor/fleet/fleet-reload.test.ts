import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pick, Story, texts } from './fleet-story.ts';

test('step() loads in each worker when preloading is unsafe, and does not try again', () => {
  const story = new Story();
  story.happen({ kind: 'start' });
  const actions = story.happen({ kind: 'zygote-unsafe', generation: 1, reasons: ['a thread'], holdsLock: false });
  assert.deepEqual(pick(actions, 'start-zygote'), [{ kind: 'start-zygote', generation: 2, preload: 'never' }]);
  story.happen({ kind: 'zygote-exited', generation: 1, cause: { code: 4, signal: null } });
  story.happen({ kind: 'edge-ready' });
  story.load(2);
  story.readyAll();
  assert.deepEqual(pick(story.actions, 'announce')[0]?.apps[0]?.unsafeReasons, ['a thread']);
  assert.equal(pick(story.happen({ kind: 'reload', why: 'HUP' }), 'start-zygote')[0]?.preload, 'never');
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
