import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextDeadline } from './fleet.ts';
import { kinds, pick, Story, texts } from './fleet-story.ts';

const LIMIT = { startTimeoutMs: 5000 };

test('step() asks a zygote that does not load where it is, and then gives it up', () => {
  const story = new Story(LIMIT);
  story.happen({ kind: 'start' });
  story.happen({ kind: 'edge-ready' });
  assert.equal(nextDeadline(story.server, story.nowMs), story.nowMs + 5000);
  assert.deepEqual(kinds(story.pass(5000)), ['dump-zygote']);
  const actions = story.pass(500);
  assert.deepEqual(pick(actions, 'kill-zygote'), [{ kind: 'kill-zygote', generation: 1 }]);
  assert.match(pick(actions, 'give-up')[0]?.error ?? '', /did not end within 5 s \(--start-timeout\)/);
  story.happen({ kind: 'zygote-exited', generation: 1, cause: { code: null, signal: 'SIGKILL' } });
  story.happen({ kind: 'edge-exited', cause: { code: 0, signal: null }, message: '' });
  assert.deepEqual(pick(story.actions, 'finish'), [{ kind: 'finish', code: 3 }]);
});

test('step() tells of a Python that is ended by the question where it is, because it has not begun to load, as one that was late', () => {
  const story = new Story(LIMIT);
  const end = (generation: number) =>
    story.happen({ kind: 'zygote-exited', generation, cause: { code: null, signal: 'SIGUSR2' } });
  story.happen({ kind: 'start' });
  story.happen({ kind: 'edge-ready' });
  story.pass(5000);
  assert.equal(
    pick(end(1), 'give-up')[0]?.error,
    'Python did not get as far as the application within 5 s (--start-timeout)',
  );
  const other = new Story(LIMIT);
  other.happen({ kind: 'start' });
  const killed = other.happen({ kind: 'zygote-exited', generation: 1, cause: { code: null, signal: 'SIGUSR2' } });
  assert.match(pick(killed, 'give-up')[0]?.error ?? '', /was killed by SIGUSR2/, 'by somebody else');
});

test('step() takes a zygote that loads while it is asked', () => {
  const story = new Story(LIMIT);
  story.happen({ kind: 'start' });
  story.happen({ kind: 'edge-ready' });
  story.pass(5000);
  story.load(1);
  story.readyAll();
  assert.deepEqual(pick(story.pass(60_000), 'kill-zygote'), []);
  assert.ok(story.server.isStarted);
});

test('step() gives a reload up that is not loaded in time, and keeps the version that runs', () => {
  const story = Story.started(LIMIT);
  story.happen({ kind: 'reload', why: 'SIGHUP' });
  story.pass(5000);
  assert.deepEqual(pick(story.pass(500), 'kill-zygote'), [{ kind: 'kill-zygote', generation: 2 }]);
  assert.match(texts(story.actions, 'error').join(), /\(--start-timeout\)\. The version that runs is kept/);
  assert.equal(story.workers('ready').length, 2);
});

test('step() kills a zygote that was told to stop and does not go', () => {
  const story = Story.started();
  story.happen({ kind: 'reload', why: 'SIGHUP' });
  assert.equal(pick(story.happen({ kind: 'reload', why: 'SIGHUP' }), 'stop-zygote')[0]?.generation, 2);
  assert.deepEqual(pick(story.pass(1999), 'kill-zygote'), []);
  assert.deepEqual(pick(story.pass(1), 'kill-zygote'), [{ kind: 'kill-zygote', generation: 2 }]);
  assert.deepEqual(
    pick(story.pass(60_000), 'kill-zygote').filter(({ generation }) => generation === 2),
    [],
    'once',
  );
});

test('step() asks a worker that is not ready in time where it is, and kills it then', () => {
  const story = Story.started({ ...LIMIT, workers: 1 });
  story.exit(1, null, 'SIGSEGV');
  const [worker] = story.workers('starting');
  story.happen({ kind: 'worker-spawned', worker: worker?.id ?? 0, pid: 7 });
  const signals = (ms: number) => pick(story.pass(ms), 'signal-worker').map(({ signal }) => signal);
  assert.deepEqual([signals(4999), signals(1), signals(499), signals(1)], [[], ['SIGUSR2'], [], ['SIGKILL']]);
  assert.match(texts(story.actions, 'error').join(), /was not ready 5 s after its start/);
});

test('step() kills a worker at once that was not even forked in time', () => {
  const story = Story.started({ ...LIMIT, workers: 1 });
  story.exit(1, null, 'SIGSEGV');
  assert.deepEqual(
    pick(story.pass(5000), 'signal-worker').map(({ signal }) => signal),
    ['SIGKILL'],
  );
});
