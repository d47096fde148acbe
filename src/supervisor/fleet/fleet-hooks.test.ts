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
