import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextDeadline } from './fleet.ts';
import { kinds, pick, Story, texts } from './fleet-story.ts';

test('step() stops: the edge first, then the workers, then the zygotes', () => {
  const story = Story.started();
  const stopping = story.happen({ kind: 'stop', isQuick: false, why: 'SIGTERM' });
  assert.deepEqual(kinds(stopping), ['log', 'stop-edge', 'finish-worker', 'finish-worker', 'tell-state', 'tell-title']);
  assert.deepEqual(pick(stopping, 'finish-worker')[0], {
    kind: 'finish-worker',
    generation: 1,
    worker: 1,
    phase: 'stopping',
    withinMs: 30_000,
  });
  story.nowMs += 20_000;
  assert.deepEqual(story.published(), undefined, 'workers serve what the edge still has');
  const drained = story.happen({ kind: 'edge-drained' });
  assert.deepEqual(
    pick(drained, 'finish-worker').map(({ phase, withinMs }) => [phase, withinMs]),
    [
      ['stop', 10_000],
      ['stop', 10_000],
    ],
  );
  story.exit(1);
  assert.deepEqual(pick(story.actions, 'stop-zygote'), []);
  story.exit(2);
  assert.equal(pick(story.actions, 'stop-zygote').length, 1);
  story.happen({ kind: 'edge-exited', cause: { code: 0, signal: null }, message: '' });
  story.happen({ kind: 'zygote-exited', generation: 1, cause: { code: 0, signal: null } });
  assert.deepEqual(pick(story.actions, 'finish'), [{ kind: 'finish', code: 0 }]);
  assert.equal(nextDeadline(story.server, story.nowMs), Number.POSITIVE_INFINITY);
});

test('step() replaces a worker that dies while the edge finishes', () => {
  const story = Story.started();
  story.happen({ kind: 'stop', isQuick: false, why: 'SIGTERM' });
  assert.equal(pick(story.exit(1, null, 'SIGKILL'), 'spawn-worker').length, 1);
});

test('step() kills workers that do not end in what their requests have left of the time', () => {
  const story = Story.started();
  story.happen({ kind: 'stop', isQuick: false, why: 'SIGTERM' });
  story.nowMs += 20_000;
  story.happen({ kind: 'edge-exited', cause: { code: 0, signal: null }, message: '' });
  assert.deepEqual(pick(story.pass(10_000), 'signal-worker'), []);
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

test('step() throws the half-made generation away when it stops', () => {
  const story = Story.started();
  story.happen({ kind: 'reload', why: 'SIGHUP' });
  story.load(2);
  story.happen({ kind: 'stop', isQuick: false, why: 'SIGTERM' });
  assert.deepEqual(pick(story.actions, 'stop-zygote'), [{ kind: 'stop-zygote', generation: 2 }]);
  assert.match(texts(story.happen({ kind: 'reload', why: 'SIGHUP' }), 'warning')[0] ?? '', /stopping/);
});
