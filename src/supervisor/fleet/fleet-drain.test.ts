import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SUPERVISOR_LIMITS } from '../limits.ts';
import { pick, Story, texts } from './fleet-story.ts';

const MINUTE_MS = 60_000;
const { workerEndMs } = SUPERVISOR_LIMITS;
const SETTINGS = { drainTimeoutMs: 10 * MINUTE_MS, gracefulTimeoutMs: MINUTE_MS };

function killed(story: Story): number[] {
  return pick(story.actions, 'signal-worker')
    .filter(({ signal }) => signal === 'SIGKILL')
    .map(({ worker }) => worker);
}

function told(story: Story): [worker: number, phase: string, withinMs: number][] {
  return pick(story.actions, 'finish-worker').map(({ worker, phase, withinMs }) => [worker, phase, withinMs]);
}

test('step() tells the edge how the application is called', () => {
  const said = (story: Story) => {
    story.reload(2);
    return pick(story.actions, 'publish').at(-1)?.interface;
  };
  assert.equal(said(Story.started({}, 'asgi')), 'asgi');
  assert.equal(said(Story.started({}, 'wsgi')), 'wsgi');
});

test('step() leaves the workers of an ASGI application their streams, then closes their WebSockets, then kills', () => {
  const story = Story.started(SETTINGS, 'asgi');
  story.reload(2);
  story.pass(9 * MINUTE_MS);
  assert.deepEqual(pick(story.actions, 'publish').at(-1)?.closing, []);
  story.pass(MINUTE_MS);
  assert.deepEqual(pick(story.actions, 'publish').at(-1)?.closing, [1, 2]);
  assert.match(texts(story.actions, 'info').join(), /worker w1 .* is asked to end: the drain timeout is over/);
  assert.deepEqual(told(story), [
    [1, 'stopping', MINUTE_MS],
    [2, 'stopping', MINUTE_MS],
  ]);
  story.exit(1);
  assert.deepEqual(killed(story), []);
  story.pass(MINUTE_MS + workerEndMs);
  assert.deepEqual(killed(story), [2]);
});

test('step() gives the workers of a WSGI application the graceful timeout alone, and tells them', () => {
  const story = Story.started(SETTINGS);
  story.reload(2);
  assert.deepEqual(told(story), [
    [1, 'drain', MINUTE_MS],
    [2, 'drain', MINUTE_MS],
  ]);
  story.pass(MINUTE_MS);
  assert.deepEqual(killed(story), [], 'they have a moment to say what they have not finished');
  story.pass(workerEndMs);
  assert.deepEqual(killed(story), [1, 2]);
});

test('step() closes the WebSockets of the worker that drains longest when its place is needed', () => {
  // Room for eight workers: four generations of two.
  const story = Story.started({ ...SETTINGS, slotsMax: 8 }, 'asgi');
  for (const generation of [2, 3, 4]) {
    story.nowMs += 1000;
    story.reload(generation);
  }
  story.actions.length = 0;
  story.happen({ kind: 'reload', why: 'SIGHUP' });
  story.load(5);
  assert.deepEqual(pick(story.actions, 'spawn-worker'), []);
  assert.deepEqual(pick(story.actions, 'publish').at(-1)?.closing, [1], 'one at a time');
  story.exit(1);
  assert.equal(pick(story.actions, 'spawn-worker').length, 1);
  assert.deepEqual(pick(story.actions, 'publish').at(-1)?.closing, [2]);
});

test('step() kills a worker whose event loop stands still as soon as its tracebacks are written, however many threads it has', () => {
  const story = Story.started({ ...SETTINGS, threads: 4 }, 'asgi');
  story.stuck(1, true);
  assert.match(texts(story.actions, 'error').join(), /the event loop of worker w1 .* has not turned for 30\.0 s/);
  story.pass(5000);
  assert.deepEqual(killed(story), [1]);
});
