import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeAppFacts } from '../fake-app-facts.ts';
import { createFleet, nextDeadline, step } from './fleet.ts';
import { APP_SETTINGS } from './fleet-story.ts';
import type { AppSettings, FleetAction, FleetEvent, ServerFleet } from './fleet-types.ts';

const FACTS = fakeAppFacts({});
const CHANGED = { kind: 'change-apps', settings: APP_SETTINGS } as const;
const ENDED = { code: 0, signal: null };

const settingsOf = (id: string): AppSettings => ({ ...APP_SETTINGS, id, namePrefix: `${id}:`, workers: 1 });

/** A server that serves one application, "shop", when others come. */
class Story {
  server: ServerFleet = createFleet(APP_SETTINGS, [settingsOf('shop')]);
  nowMs = 1000;

  constructor() {
    this.happen({ kind: 'start' });
    this.happen({ kind: 'edge-ready' });
    this.serve('shop');
    assert.ok(this.server.isStarted);
  }

  happen(event: FleetEvent): FleetAction[] {
    const [server, actions] = step(this.server, event, this.nowMs);
    this.server = server;
    return actions;
  }

  serve(app: string): FleetAction[] {
    this.happen({ kind: 'zygote-loaded', app, generation: 1, preloaded: true, python: '3.11.2', facts: FACTS });
    this.happen({ kind: 'worker-spawned', app, worker: 1, pid: 101 });
    return this.happen({ kind: 'worker-ready', app, worker: 1, facts: FACTS });
  }

  end(app: string): FleetAction[] {
    this.happen({ kind: 'worker-exited', app, worker: 1, cause: ENDED, reason: '' });
    return this.happen({ kind: 'zygote-exited', app, generation: 1, cause: ENDED });
  }
}

function kindsOf(actions: readonly FleetAction[]): string[] {
  return actions.map((action) =>
    'app' in action ? `${action.kind} ${action.app}` : 'id' in action ? `${action.kind} ${action.id}` : action.kind,
  );
}

test('an application joins beside those that serve, and is one of them when its configuration is served', () => {
  const story = new Story();
  assert.deepEqual(kindsOf(story.happen({ kind: 'join-app', settings: settingsOf('blog') })), [
    'start-zygote blog',
    'publish blog',
    'tell-state',
  ]);
  assert.equal(story.server.serviceState, 'reloading');
  const ready = kindsOf(story.serve('blog'));
  assert.ok(ready.indexOf('publish blog') < ready.indexOf('app-joined blog'), 'the edge has heard of its workers');
  assert.equal(story.server.serviceState, 'ready');
  assert.deepEqual(kindsOf(story.happen(CHANGED)), ['serve-static shop', 'log blog', 'serve-static blog']);
  const reloaded = kindsOf(story.happen({ kind: 'reload', why: 'SIGHUP' }));
  assert.ok(reloaded.includes('start-zygote shop') && reloaded.includes('start-zygote blog'));
});

test('one that cannot be loaded is refused with its traceback, and forgotten; the others never notice', () => {
  const story = new Story();
  const before = structuredClone(story.server.apps.get('shop'));
  story.happen({ kind: 'join-app', settings: settingsOf('blog') });
  const fault = { error: 'no such table', traceback: 'Traceback' };
  const failed = story.happen({ kind: 'zygote-load-failed', app: 'blog', generation: 1, ...fault });
  assert.deepEqual(
    failed.filter(({ kind }) => kind === 'app-refused'),
    [{ kind: 'app-refused', id: 'blog', ...fault }],
  );
  assert.deepEqual(
    failed.filter(({ kind }) => kind === 'log' || kind === 'give-up'),
    [],
  );
  const gone = story.happen({ kind: 'zygote-exited', app: 'blog', generation: 1, cause: { code: 3, signal: null } });
  assert.ok(kindsOf(gone).includes('forget-app blog'));
  assert.deepEqual([...story.server.apps.keys()], ['shop']);
  assert.deepEqual(story.server.apps.get('shop'), before);
  assert.equal(nextDeadline(story.server, story.nowMs), Number.POSITIVE_INFINITY);
});

test('one that hangs while it is loaded is refused after its start timeout', () => {
  const story = new Story();
  story.happen({ kind: 'join-app', settings: settingsOf('blog') });
  story.nowMs += APP_SETTINGS.startTimeoutMs;
  assert.ok(kindsOf(story.happen({ kind: 'time-passed' })).includes('dump-zygote blog'));
  story.nowMs += 1000;
  const late = kindsOf(story.happen({ kind: 'time-passed' }));
  assert.ok(late.includes('kill-zygote blog') && late.includes('app-refused blog'));
});

test('one that has joined for a configuration that is not served ends', () => {
  const story = new Story();
  story.happen({ kind: 'join-app', settings: settingsOf('blog') });
  story.serve('blog');
  const dropped = kindsOf(story.happen({ kind: 'drop-apps', ids: ['blog'] }));
  assert.ok(dropped.includes('finish-worker blog'));
  assert.ok(kindsOf(story.end('blog')).includes('forget-app blog'));
});

test('one that is gone finishes what it has, is not loaded again, and is forgotten', () => {
  const story = new Story();
  story.happen({ kind: 'join-app', settings: settingsOf('blog') });
  story.serve('blog');
  story.happen(CHANGED);
  const gone = story.happen({ kind: 'drop-apps', ids: ['shop'] });
  const published = gone.filter((action) => action.kind === 'publish');
  assert.deepEqual(
    published.map(({ app, active, draining }) => [app, active, draining]),
    [['shop', [], [1]]],
  );
  assert.ok(kindsOf(gone).includes('finish-worker shop') && !kindsOf(gone).includes('signal-worker shop'));
  assert.ok(!kindsOf(story.happen({ kind: 'reload', why: 'SIGHUP' })).includes('start-zygote shop'));
  story.happen({ kind: 'add-worker' });
  assert.equal(story.server.apps.get('shop')?.target, 1);
  assert.ok(kindsOf(story.end('shop')).includes('forget-app shop'));
  assert.deepEqual([...story.server.apps.keys()], ['blog']);
});

test('one that is gone and does not end in time is killed', () => {
  const story = new Story();
  story.happen({ kind: 'drop-apps', ids: ['shop'] });
  story.nowMs += APP_SETTINGS.gracefulTimeoutMs + 10_000;
  assert.ok(kindsOf(story.happen({ kind: 'time-passed' })).includes('signal-worker shop'));
});

test('one that could not be loaded when the server started is tried again with a new configuration', () => {
  const story = new Story();
  const shop = story.server.apps.get('shop');
  assert.ok(shop);
  story.server.apps.set('broken', { ...structuredClone(shop), settings: settingsOf('broken'), isFailed: true });
  assert.ok(kindsOf(story.happen(CHANGED)).includes('start-zygote broken'));
});

test('a stop ends what joins and what leaves as well', () => {
  const story = new Story();
  story.happen({ kind: 'join-app', settings: settingsOf('blog') });
  story.happen({ kind: 'stop', isQuick: true, why: 'SIGTERM' });
  story.happen({ kind: 'edge-exited', cause: ENDED, message: '' });
  story.end('shop');
  const last = story.happen({ kind: 'zygote-exited', app: 'blog', generation: 1, cause: ENDED });
  assert.ok(kindsOf(last).includes('finish'));
});

test('the end goes by the configuration that is served', () => {
  const story = new Story();
  story.happen({ ...CHANGED, settings: { ...APP_SETTINGS, gracefulTimeoutMs: 5000 } });
  const actions = story.happen({ kind: 'stop', isQuick: false, why: 'SIGQUIT' });
  assert.deepEqual(
    actions.filter(({ kind }) => kind === 'stop-edge'),
    [{ kind: 'stop-edge', deadlineMs: 5000 }],
  );
});
