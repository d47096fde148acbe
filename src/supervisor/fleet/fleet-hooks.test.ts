import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pick, Story } from './fleet-story.ts';

test('step() says of a zygote that it is of a reload, and of that of the start that it is none', () => {
  const story = Story.started();
  assert.equal(pick(story.actions, 'start-zygote')[0]?.isReload, undefined);
  assert.equal(pick(story.happen({ kind: 'reload', why: 'SIGHUP' }), 'start-zygote')[0]?.isReload, true);
});

test('step() tells the one zygote that serves that the server ends with it', () => {
  const story = Story.started();
  story.happen({ kind: 'reload', why: 'SIGHUP' });
  story.load(2);
  story.ready(3);
  story.ready(4);
  story.happen({ kind: 'stop', isQuick: false, why: 'SIGTERM' });
  story.happen({ kind: 'edge-drained' });
  for (const worker of [1, 2, 3, 4]) {
    story.exit(worker);
  }
  const ends = pick(story.actions, 'stop-zygote').map(({ generation, isEnd }) => [generation, isEnd ?? false] as const);
  assert.deepEqual(Object.fromEntries(ends), { 1: false, 2: true });
});

test('step() tells the zygote that serves of a quick end', () => {
  const story = Story.started();
  story.happen({ kind: 'reload', why: 'SIGHUP' });
  const ends = pick(story.happen({ kind: 'stop', isQuick: true, why: 'SIGINT' }), 'stop-zygote');
  assert.deepEqual(
    ends.map(({ generation, isEnd }) => [generation, isEnd ?? false]),
    [
      [1, true],
      [2, false],
    ],
  );
});

test('step() tells the zygotes of another number of workers', () => {
  const story = Story.started();
  assert.deepEqual(pick(story.happen({ kind: 'add-worker' }), 'tell-workers'), [
    { kind: 'tell-workers', generation: 1, count: 3, before: 2 },
  ]);
  assert.deepEqual(pick(story.happen({ kind: 'remove-worker' }), 'tell-workers'), [
    { kind: 'tell-workers', generation: 1, count: 2, before: 3 },
  ]);
});

test('step() tells a zygote of a reload that it is the only one, when the one before has ended', () => {
  const story = Story.started({ hasHooks: true });
  story.happen({ kind: 'reload', why: 'SIGHUP' });
  story.load(2);
  story.ready(3);
  story.ready(4);
  story.exit(1);
  story.exit(2);
  assert.deepEqual(pick(story.actions, 'tell-alone'), []);
  const ended = story.happen({ kind: 'zygote-exited', generation: 1, cause: { code: 0, signal: null } });
  assert.deepEqual(pick(ended, 'tell-alone'), [{ kind: 'tell-alone', generation: 2 }]);
});

test('step() aborts a stuck worker whose hooks are to hear of it, a second before it is killed', () => {
  const story = Story.started({ hasHooks: true });
  story.stuck(1);
  const signalsAfter = (ms: number) => pick(story.pass(ms), 'signal-worker').map(({ signal }) => signal);
  assert.deepEqual(signalsAfter(500), ['SIGABRT']);
  assert.deepEqual(signalsAfter(999), []);
  assert.deepEqual(signalsAfter(1), ['SIGKILL']);
});

test('step() interrupts workers whose hooks are to hear of a quick end, ends their zygote behind them, and kills what is left', () => {
  const story = Story.started({ hasHooks: true });
  const begun = story.happen({ kind: 'stop', isQuick: true, why: 'SIGINT' });
  assert.deepEqual(
    pick(begun, 'signal-worker').map(({ signal }) => signal),
    ['SIGQUIT', 'SIGQUIT'],
  );
  assert.deepEqual(pick(begun, 'stop-edge'), [{ kind: 'stop-edge', deadlineMs: 0 }]);
  story.exit(1);
  assert.deepEqual(pick(story.actions, 'stop-zygote'), []);
  const late = structuredClone(story.server);
  story.exit(2);
  assert.deepEqual(pick(story.actions, 'stop-zygote'), [{ kind: 'stop-zygote', generation: 1, isEnd: true }]);
  story.server = late;
  const overdue = story.pass(2000);
  assert.deepEqual(
    pick(overdue, 'signal-worker').map(({ signal }) => signal),
    ['SIGKILL'],
  );
  assert.deepEqual(pick(overdue, 'stop-zygote'), [{ kind: 'stop-zygote', generation: 1, isEnd: true }]);
});

test('step() kills workers at once when a quick end is asked for twice, whatever their hooks', () => {
  const story = Story.started({ hasHooks: true });
  story.happen({ kind: 'stop', isQuick: true, why: 'SIGINT' });
  const again = story.happen({ kind: 'stop', isQuick: true, why: 'SIGINT' });
  assert.deepEqual(
    pick(again, 'signal-worker').map(({ signal }) => signal),
    ['SIGKILL', 'SIGKILL'],
  );
});
