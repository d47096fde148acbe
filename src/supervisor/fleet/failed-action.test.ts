import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { test } from 'node:test';
import { describeSystemError, factOfFailure } from './failed-action.ts';
import { pick, Story, texts } from './fleet-story.ts';

const EMFILE = 'spawn python3 EMFILE';

test('factOfFailure() says of what was to be started that it has ended', () => {
  const cause = { code: null, signal: null, error: EMFILE };
  assert.deepEqual(factOfFailure({ kind: 'start-edge' }, EMFILE), { kind: 'edge-exited', cause, message: '' });
  assert.deepEqual(factOfFailure({ kind: 'start-zygote', app: 'site', generation: 2, preload: 'auto' }, EMFILE), {
    kind: 'zygote-exited',
    app: 'site',
    generation: 2,
    cause,
  });
  assert.deepEqual(
    factOfFailure({ kind: 'spawn-worker', app: 'site', generation: 2, worker: 7, name: 'w1', slot: 0 }, EMFILE),
    { kind: 'worker-exited', app: 'site', worker: 7, cause, reason: '' },
  );
  assert.equal(factOfFailure({ kind: 'kill-edge' }, EMFILE), undefined);
});

test('describeSystemError() tells what the system refused from what is a bug', () => {
  assert.throws(
    () => statSync('/nowhere/to/be/found'),
    (error) => describeSystemError(error)?.startsWith('ENOENT') === true,
  );
  assert.equal(describeSystemError(new TypeError('x is not a function')), undefined);
  assert.equal(describeSystemError('text'), undefined);
});

test('step() tries an edge that could not be started again and again, with growing waits', () => {
  const story = Story.started();
  story.happen({ kind: 'edge-exited', cause: { code: null, signal: 'SIGKILL' }, message: '' });
  const fact = factOfFailure({ kind: 'start-edge' }, EMFILE);
  assert.ok(fact);
  const waits = [100, 200, 400].map((waitMs) => {
    story.happen(fact);
    assert.deepEqual(pick(story.pass(waitMs - 1), 'start-edge'), []);
    return pick(story.pass(1), 'start-edge').length;
  });
  assert.deepEqual(waits, [1, 1, 1]);
  assert.match(texts(story.actions, 'error').at(-1) ?? '', /the edge process could not be started \(spawn .*EMFILE\)/);
});

test('step() keeps the version that runs when a zygote for the next cannot be started', () => {
  const story = Story.started();
  story.happen({ kind: 'reload', why: 'SIGHUP' });
  const fact = factOfFailure({ kind: 'start-zygote', app: 'site', generation: 2, preload: 'auto' }, EMFILE);
  assert.ok(fact);
  story.happen(fact);
  assert.match(
    texts(story.actions, 'error').join(),
    /could not be started \(.*EMFILE\)\. The version that runs is kept/,
  );
  assert.equal(story.workers('ready').length, 2);
});
