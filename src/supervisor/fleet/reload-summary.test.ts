import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeAppFacts } from '../fake-app-facts.ts';
import { Story, texts } from './fleet-story.ts';
import type { Generation } from './fleet-types.ts';
import { describeChanges } from './reload-summary.ts';

test('a reload says who serves now, which generation they are, and how long it took', () => {
  const story = Story.started();
  story.happen({ kind: 'reload', why: 'SIGHUP' });
  story.load(2);
  story.nowMs += 1240;
  story.ready(3);
  story.ready(4);
  const [told] = texts(story.actions, 'info').filter((text) => text.startsWith('reloaded'));
  assert.match(
    told ?? '',
    /^reloaded: the new workers serve, .*: w1 \(pid \d+\), w2 \(pid \d+\) \(generation 2, after 1\.24 s\)$/,
  );
  assert.deepEqual(texts(story.actions, 'warning'), []);
});

for (const isDevelopment of [false, true]) {
  test(`a warning that is new after a reload is told, once${isDevelopment ? ', in development too' : ''}`, () => {
    const story = Story.started({ isDevelopment });
    const warned = (warnings: readonly string[]): string[] => {
      story.actions.length = 0;
      story.happen({ kind: 'reload', why: 'SIGHUP' });
      const generation = story.fleet.lastGeneration;
      story.happen({
        kind: 'zygote-loaded',
        generation,
        preloaded: true,
        python: '3.11.2',
        facts: fakeAppFacts({ warnings }),
      });
      story.readyAll();
      return texts(story.actions, 'warning');
    };
    assert.deepEqual(warned(['one']), ['one']);
    assert.deepEqual(warned(['one', 'two']), ['two']);
    assert.deepEqual(warned([]), []);
    assert.deepEqual(warned(['one']), ['one']);
  });
}

test('of many workers the first are named', () => {
  const story = Story.started({ workers: 10 });
  story.happen({ kind: 'reload', why: 'SIGHUP' });
  story.load(2);
  story.readyAll();
  assert.match(texts(story.actions, 'info').join('\n'), /w8 \(pid \d+\) and 2 more \(generation 2/);
});

test('describeChanges() says in what the application differs', () => {
  const story = Story.started();
  const old = story.fleet.generations.get(1);
  assert.ok(old?.facts !== undefined);
  const folder = { url: '/s/', root: '/srv/s', links: false, asked: [], hashed: false };
  const before: Generation = {
    ...old,
    facts: { ...old.facts, framework: 'django', frameworkVersion: '5.1', settings: 'a', static: [folder] },
  };
  const after: Generation = {
    ...before,
    python: '3.12.1',
    preloaded: false,
    facts: {
      ...old.facts,
      framework: 'django',
      frameworkVersion: '5.2',
      settings: 'b',
      static: [{ ...folder, root: '/srv/t' }],
    },
  };
  assert.deepEqual(describeChanges(before, before), []);
  assert.deepEqual(describeChanges(before, after), [
    'Python was 3.11.2, is 3.12.1',
    'the framework was django 5.1, is django 5.2',
    'the settings module was a, is b',
    'each worker loads the application',
    'files of /s/ from /srv/t are served',
    'files of /s/ from /srv/s are served no more',
  ]);
});
