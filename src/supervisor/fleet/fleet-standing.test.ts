import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pick, Story, texts } from './fleet-story.ts';

const WATCHED = { edgeTimeoutMs: 30_000, gracefulTimeoutMs: 5000 };

function quiet(story: Story): void {
  story.happen({ kind: 'edge-answered' });
}

test('step() asks a zygote that has loaded, and leaves one alone that answers', () => {
  const story = Story.started(WATCHED);
  story.pass(0);
  assert.deepEqual(pick(story.actions, 'ask-zygote'), [{ kind: 'ask-zygote', generation: 1 }]);
  for (let count = 0; count < 20; count += 1) {
    quiet(story);
    story.happen({ kind: 'zygote-answered', generation: 1 });
    story.pass(3000);
  }
  assert.equal(pick(story.actions, 'ask-zygote').length, 21);
  assert.deepEqual(pick(story.actions, 'start-zygote'), []);
});

test('step() loads the application beside a zygote that does not answer, and kills that behind its workers', () => {
  const story = Story.started(WATCHED);
  story.pass(0);
  quiet(story);
  story.pass(30_000);
  assert.match(
    texts(story.actions, 'error').join(),
    /has not answered for 30 s \(--edge-timeout\); another is started/,
  );
  assert.equal(pick(story.actions, 'start-zygote').length, 1);
  assert.deepEqual(pick(story.actions, 'kill-zygote'), [], 'its workers serve');
  quiet(story);
  story.load(2);
  story.readyAll();
  // The zygote does not say that its workers have ended, so the test waits until their time is over.
  for (let seconds = 0; seconds < 20; seconds += 1) {
    quiet(story);
    story.happen({ kind: 'zygote-answered', generation: 2 });
    story.pass(1000);
  }
  assert.deepEqual(pick(story.actions, 'stop-zygote'), [{ kind: 'stop-zygote', generation: 1 }]);
  assert.deepEqual(pick(story.actions, 'kill-zygote'), [{ kind: 'kill-zygote', generation: 1 }]);
});
