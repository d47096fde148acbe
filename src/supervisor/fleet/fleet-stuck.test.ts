import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SUPERVISOR_LIMITS } from '../limits.ts';
import { nextDeadline } from './fleet.ts';
import { pick, Story, texts } from './fleet-story.ts';

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
    pick(story.happen({ kind: 'worker-quiet', worker: 1 }), 'signal-worker'),
    [],
    'its tracebacks are being written',
  );
  assert.deepEqual(
    pick(story.pass(500), 'signal-worker').map(({ signal }) => signal),
    ['SIGKILL'],
  );
});

test('step() lets the other threads of a stuck worker finish', () => {
  const story = Story.started({ threads: 4 });
  story.stuck(1);
  assert.deepEqual(pick(story.pass(500), 'signal-worker'), []);
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
  assert.equal(pick(story.pass(500), 'signal-worker').length, 1);
  story.stuck(2);
  assert.equal(pick(story.pass(30_000), 'signal-worker').at(-1)?.worker, 2);
});

test('step() kills a draining worker that does not finish, and says so', () => {
  const story = Story.started({ gracefulTimeoutMs: 5000 });
  story.happen({ kind: 'reload', why: 'SIGHUP' });
  story.load(2);
  story.readyAll();
  const graceMs = 5000 + SUPERVISOR_LIMITS.workerEndMs;
  assert.equal(nextDeadline(story.server, story.nowMs), story.nowMs + graceMs);
  const actions = story.pass(graceMs);
  assert.equal(pick(actions, 'signal-worker').length, 2);
  assert.match(texts(actions, 'warning')[0] ?? '', /did not finish within 8.0 s/);
});
