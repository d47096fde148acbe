import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kinds, pick, Story, texts } from './fleet-story.ts';

const FAULT = { error: 'SyntaxError: x', traceback: 'T', page: '{}' };

test('step() leaves old code at once in development: requests wait until one worker has the new', () => {
  const story = Story.started({ isDevelopment: true });
  const actions = story.happen({ kind: 'reload', why: 'app.py has changed' });
  assert.deepEqual(pick(actions, 'tell-progress'), [{ kind: 'tell-progress', progress: 'loading' }]);
  assert.deepEqual(story.published(), { active: [], gone: [] });
  assert.equal(story.workers('draining').length, 2, 'what they have begun they finish');
  story.load(2);
  const taken = story.ready(3);
  assert.deepEqual(pick(taken, 'tell-progress'), [{ kind: 'tell-progress', progress: 'served' }]);
  const order = kinds(taken).filter((kind) => kind === 'publish' || kind === 'tell-progress');
  assert.deepEqual(order, ['publish', 'tell-progress'], 'requests that wait go to an application that the edge knows');
  assert.deepEqual(story.published(), { active: [3], gone: [] });
  assert.match(texts(story.actions, 'info').join(), /reloaded:/);
});

test('step() waits in development for code that cannot be loaded to be mended, also at the first start', () => {
  const story = new Story({ isDevelopment: true });
  story.happen({ kind: 'start' });
  story.happen({ kind: 'edge-ready' });
  const actions = story.happen({ kind: 'zygote-load-failed', generation: 1, ...FAULT });
  assert.deepEqual(pick(actions, 'tell-progress'), [
    { kind: 'tell-progress', progress: 'broken', fault: '{}', number: 1 },
  ]);
  assert.deepEqual(pick(story.actions, 'give-up'), []);
  story.happen({ kind: 'zygote-exited', generation: 1, cause: { code: 3, signal: null } });
  assert.deepEqual(pick(story.pass(100_000), 'start-zygote'), [], 'it is not tried again by itself');
  assert.equal(pick(story.happen({ kind: 'reload', why: 'changed' }), 'start-zygote').length, 1);
  story.load(2);
  story.readyAll();
  assert.equal(pick(story.actions, 'announce').length, 1);
});

test('step() says in development what was broken by a change, whatever it is, and tries again at the next', () => {
  const story = Story.started({ isDevelopment: true });
  story.happen({ kind: 'reload', why: 'changed' });
  story.happen({ kind: 'zygote-exited', generation: 2, cause: { code: null, signal: 'SIGSEGV' } });
  const [broken] = pick(story.actions, 'tell-progress').slice(-1);
  assert.equal(broken?.progress, 'broken');
  assert.match(broken?.progress === 'broken' ? broken.fault : '', /SIGSEGV/);
  assert.deepEqual(pick(story.pass(100_000), 'start-zygote'), []);
  assert.equal(pick(story.happen({ kind: 'reload', why: 'changed' }), 'start-zygote').length, 1);
});

test('step() gives up in development too where the fault is in no code: the command is to be mended', () => {
  const story = new Story({ isDevelopment: true });
  story.happen({ kind: 'start' });
  const fault = { error: 'there is no module x', traceback: '' };
  assert.equal(pick(story.happen({ kind: 'zygote-load-failed', generation: 1, ...fault }), 'give-up').length, 1);
});

test('step() can be stopped while the code is broken', () => {
  const story = new Story({ isDevelopment: true });
  story.happen({ kind: 'start' });
  story.happen({ kind: 'edge-ready' });
  story.happen({ kind: 'zygote-load-failed', generation: 1, ...FAULT });
  story.happen({ kind: 'zygote-exited', generation: 1, cause: { code: 3, signal: null } });
  story.happen({ kind: 'stop', isQuick: false, why: 'SIGINT' });
  story.happen({ kind: 'edge-exited', cause: { code: 0, signal: null }, message: '' });
  assert.deepEqual(pick(story.actions, 'finish'), [{ kind: 'finish', code: 0 }]);
});

test('step() loads an application again whose lock the workers before it held, when these have ended', () => {
  const story = Story.started({ isDevelopment: true });
  story.happen({ kind: 'zygote-unsafe', generation: 1, reasons: ['a lock on /srv/lock'], holdsLock: true });
  story.happen({ kind: 'reload', why: 'changed' });
  const old = story.workers('draining').map(({ id }) => id);
  story.happen({ kind: 'zygote-load-failed', generation: story.fleet.lastGeneration, ...FAULT });
  assert.match(
    texts(story.actions, 'error').join(),
    /when the workers that hold its lock have ended, or when a file changes/,
  );
  assert.equal(story.fleet.isBroken, true);
  for (const id of old) {
    assert.equal(story.fleet.isBroken, true);
    story.exit(id, 0, null);
  }
  assert.equal(story.fleet.isBroken, false);
  assert.notEqual(story.fleet.next, undefined);
  story.happen({ kind: 'zygote-load-failed', generation: story.fleet.lastGeneration, ...FAULT });
  assert.equal(story.fleet.isBroken, true, 'it is not tried a third time');
  assert.equal(story.fleet.next, undefined);
});
