import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../kernel/fake-clock.ts';
import { APP_SETTINGS, Story } from './fleet/fleet-story.ts';
import type { FleetCommand, ServerFleet } from './fleet/fleet-types.ts';
import type { ModelChange } from './model-reload.ts';
import { Reloads } from './reloads.ts';

/** Reloads of a server in a made-up world. `change`: what comes of reading its files; undefined if it has none. */
function reloadsOf(story: Story, change?: ModelChange): { readonly reloads: Reloads; readonly tell: () => void } {
  const reloads = new Reloads({
    ...{ clock: new FakeClock(), log: { say: () => undefined }, look: () => undefined },
    fleet: () => story.server,
    command: (command: FleetCommand) => story.happen(command),
    model: () =>
      change === undefined ? undefined : { run: () => Promise.resolve(change), faults: ['no.\nTraceback', 'nor this'] },
    renewCertificates: () => undefined,
  });
  return { reloads, tell: () => reloads.onTitle(story.server.title) };
}

test('begin() resolves when the new workers serve', async () => {
  const story = Story.started();
  const { reloads, tell } = reloadsOf(story);
  const end = reloads.begin('asked');
  assert.equal(reloads.last?.result, 'runs');
  tell();
  story.load(2);
  story.readyAll();
  tell();
  const record = await end;
  assert.deepEqual([record.result, record.faults, record.why], ['done', [], 'asked']);
  assert.equal(reloads.last, record);
});

test('begin() resolves with the traceback when the application cannot be loaded, and the next one forgets it', async () => {
  const story = Story.started();
  const { reloads, tell } = reloadsOf(story);
  const end = reloads.begin('asked');
  story.happen({ kind: 'zygote-load-failed', generation: 2, error: 'SyntaxError', traceback: 'Traceback …' });
  tell();
  const { result, faults } = await end;
  assert.deepEqual(
    [result, faults],
    ['failed', [{ app: APP_SETTINGS.id, error: 'SyntaxError', traceback: 'Traceback …' }]],
  );
  const again = reloads.begin('asked');
  story.load(3);
  story.readyAll();
  tell();
  assert.equal((await again).result, 'done');
  assert.equal(story.fleet.loadFault, undefined);
});

test('begin() is given up when the server stops meanwhile, or before', async () => {
  const story = Story.started();
  const { reloads, tell } = reloadsOf(story);
  const end = reloads.begin('asked');
  story.happen({ kind: 'stop', isQuick: false, why: 'SIGTERM' });
  tell();
  assert.equal((await end).result, 'given-up');
  assert.equal((await reloads.begin('asked')).result, 'given-up');
  assert.equal((await reloadsOf(story, 'changed').reloads.begin('asked')).result, 'given-up');
});

test('begin() tells of the configuration where a file describes the server', async () => {
  const results: string[] = [];
  for (const change of ['changed', 'refused', 'superseded'] as const) {
    const { result, faults } = await reloadsOf(Story.started(), change).reloads.begin('asked');
    results.push([result, ...faults.map(({ error, traceback }) => `${error} ${traceback}`)].join(': '));
  }
  assert.deepEqual(results, [
    'done',
    'refused: no. Traceback: nor this ',
    'given-up: another reload was asked for meanwhile ',
  ]);
  const story = Story.started();
  const { reloads, tell } = reloadsOf(story, 'same');
  const end = reloads.begin('asked');
  await Promise.resolve();
  await Promise.resolve();
  story.load(2);
  story.readyAll();
  tell();
  assert.equal((await end).result, 'done');
});

test('a server that starts does not read its files again', async () => {
  const server: ServerFleet = { ...new Story().server };
  const story = Object.assign(new Story(), { server });
  assert.equal((await reloadsOf(story, 'same').reloads.begin('asked')).result, 'given-up');
});
