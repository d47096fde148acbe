import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isEdgeThere } from './fleet-service.ts';
import { pick, Story } from './fleet-story.ts';

function states(story: Story): string[] {
  return pick(story.actions, 'tell-state').map(({ state, isOld }) => `${state}${isOld ? ', old' : ''}`);
}

test('ready is a server whose edge and one of whose workers are', () => {
  const story = new Story({ workers: 2 });
  story.happen({ kind: 'start' });
  story.load(1);
  const [first, second] = story.workers('starting');
  story.ready(first?.id ?? 0);
  assert.deepEqual(states(story), []);
  story.happen({ kind: 'edge-ready' });
  assert.deepEqual(states(story), ['ready']);
  story.ready(second?.id ?? 0);
  assert.deepEqual(states(story), ['ready']);
});

test('a reload is told, and its end, whatever that is', () => {
  const story = Story.started();
  story.reload(2);
  assert.deepEqual(states(story), ['reloading', 'ready']);
  story.actions.length = 0;
  story.happen({ kind: 'reload', why: 'SIGHUP' });
  story.happen({ kind: 'reload', why: 'SIGHUP' });
  story.happen({ kind: 'zygote-load-failed', generation: 4, error: 'no', traceback: '' });
  assert.deepEqual(states(story), ['reloading', 'reloading', 'ready, old'], 'each signal is answered');
  story.actions.length = 0;
  story.reload(5);
  assert.deepEqual(states(story), ['reloading', 'ready']);
});

test('the title tells of a reload during the start, and of one that cannot be loaded', () => {
  const titles = (story: Story): string[] =>
    pick(story.actions, 'tell-title').map(({ title: { reloadCount, reload } }) => `${reloadCount} ${reload}`);
  const story = new Story({ isDevelopment: true });
  story.happen({ kind: 'start' });
  story.happen({ kind: 'reload', why: 'SIGHUP' });
  story.happen({ kind: 'zygote-load-failed', generation: 2, error: 'no', traceback: 'T', page: '{}' });
  assert.deepEqual(titles(story), ['1 runs', '1 broken']);
  story.actions.length = 0;
  story.happen({ kind: 'reload', why: 'changed' });
  story.load(3);
  story.readyAll();
  assert.deepEqual(titles(story), ['2 runs', '2 done']);
  story.actions.length = 0;
  story.happen({ kind: 'reload', why: 'SIGHUP' });
  story.happen({ kind: 'reload', why: 'SIGHUP' });
  assert.deepEqual(titles(story), ['3 runs', '4 runs'], 'each signal is counted');
});

test('what is replaced is no change of state, and the end is', () => {
  const story = Story.started();
  for (const worker of story.workers('ready')) {
    story.exit(worker.id, null, 'SIGKILL');
  }
  story.happen({ kind: 'edge-exited', cause: { code: 70, signal: null }, message: '' });
  assert.deepEqual(states(story), []);
  story.happen({ kind: 'stop', isQuick: false, why: 'SIGTERM' });
  story.happen({ kind: 'stop', isQuick: true, why: 'SIGTERM' });
  assert.deepEqual(states(story), ['stopping']);
});

test('isEdgeThere() is false only while an edge that served is gone', () => {
  const story = new Story();
  story.happen({ kind: 'start' });
  assert.equal(isEdgeThere(story.server), true);
  story.happen({ kind: 'edge-ready' });
  story.happen({ kind: 'edge-exited', cause: { code: 70, signal: null }, message: '' });
  assert.equal(isEdgeThere(story.server), false);
  story.happen({ kind: 'stop', isQuick: true, why: 'SIGTERM' });
  assert.equal(isEdgeThere(story.server), true);
});
