import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextDeadline } from './fleet.ts';
import type { Action } from './fleet-story.ts';
import { kinds, pick, Story, texts } from './fleet-story.ts';

const WATCHED = { edgeTimeoutMs: 30_000 };
/** What the fleet does while time passes, without its pings to the zygote: that always answers at once here. */
function pass(story: Story, ms: number): Action[] {
  story.happen({ kind: 'zygote-answered', generation: 1 });
  return story.pass(ms).filter(({ kind }) => kind !== 'ask-zygote');
}

const KILLED = { kind: 'edge-exited', cause: { code: null, signal: 'SIGKILL' }, message: '' } as const;

test('step() asks the edge every few seconds, and kills it when it has not answered for the edge timeout', () => {
  const story = Story.started(WATCHED);
  const asked = () => pick(story.actions, 'ask-edge').length;
  pass(story, 0);
  assert.equal(asked(), 1);
  pass(story, 29_999);
  assert.equal(asked(), 1, 'one question at a time');
  story.happen({ kind: 'edge-answered' });
  assert.equal(nextDeadline(story.server, story.nowMs), story.nowMs + 3000);
  pass(story, 3000);
  assert.equal(asked(), 2);
  const actions = pass(story, 30_000);
  assert.deepEqual(kinds(actions), ['log', 'kill-edge']);
  assert.match(
    texts(actions, 'error')[0] ?? '',
    /the edge process has not answered for 30 s \(--edge-timeout\): it is killed/,
  );
  assert.deepEqual(kinds(pass(story, 60_000)), [], 'once');
  assert.equal(pick(story.happen(KILLED), 'start-edge').length, 1);
});

test('step() kills an edge that does not become ready, and tries again', () => {
  const story = Story.started(WATCHED);
  story.happen(KILLED);
  const actions = pass(story, 60_000);
  assert.match(texts(actions, 'error')[0] ?? '', /was not ready 60 s after its start/);
  assert.equal(pick(actions, 'kill-edge').length, 1);
  story.happen(KILLED);
  assert.equal(pick(pass(story, 1000), 'start-edge').length, 1);
});

test('step() gives up when the first edge does not become ready', () => {
  const story = new Story({ ...WATCHED, startTimeoutMs: 60_000 });
  story.happen({ kind: 'start' });
  assert.equal(pick(pass(story, 60_000), 'kill-edge').length, 1);
  assert.match(pick(story.happen(KILLED), 'give-up')[0]?.error ?? '', /was not ready 60 s after its start/);
});

test('step() starts an edge again that has left after an error of its own, and kills one that does not leave', () => {
  const story = Story.started(WATCHED);
  story.happen({ kind: 'edge-leaving', deadlineMs: 3000 });
  assert.deepEqual(pick(pass(story, 3999), 'kill-edge'), []);
  assert.equal(pick(pass(story, 1), 'kill-edge').length, 1);
  story.happen(KILLED);
  story.happen({ kind: 'edge-ready' });
  story.happen({ kind: 'edge-leaving', deadlineMs: 3000 });
  const actions = story.happen({ kind: 'edge-exited', cause: { code: 70, signal: null }, message: '' });
  assert.deepEqual(pick(story.actions, 'signal-worker'), [], 'the workers stay');
  assert.match(texts(actions, 'error')[0] ?? '', /exited with code 70; it is started again/);
});

test('step() does not watch the edge with a timeout of 0', () => {
  const story = Story.started();
  assert.deepEqual(kinds(pass(story, 1_000_000)), []);
  assert.equal(nextDeadline(story.server, story.nowMs), Number.POSITIVE_INFINITY);
});
