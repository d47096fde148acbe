import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeAppFacts } from '../fake-app-facts.ts';
import { createFleet, nextDeadline, step } from './fleet.ts';
import { APP_SETTINGS } from './fleet-story.ts';
import type { FleetAction, FleetEvent, ServerFleet } from './fleet-types.ts';

const FACTS = fakeAppFacts({});
const FAULT = { error: 'no such table', traceback: '' };

/** A server of these applications, one worker each. */
class ServerStory {
  server: ServerFleet;
  nowMs = 1000;

  constructor(...ids: readonly string[]) {
    const apps = ids.map((id, index) => ({
      ...APP_SETTINGS,
      id,
      namePrefix: ids.length > 1 ? `${id}:` : '',
      firstSlot: index * 64,
      workers: 1,
    }));
    this.server = createFleet(APP_SETTINGS, apps);
  }

  happen(event: FleetEvent): FleetAction[] {
    const [server, actions] = step(this.server, event, this.nowMs);
    this.server = server;
    return actions;
  }

  /** The zygote of an application has loaded it, and its worker is ready. */
  serve(app: string, generation = 1, worker = generation): FleetAction[] {
    this.happen({ kind: 'zygote-loaded', app, generation, preloaded: true, python: '3.11.2', facts: FACTS });
    this.happen({ kind: 'worker-spawned', app, worker, pid: 100 + worker });
    return this.happen({ kind: 'worker-ready', app, worker, facts: FACTS });
  }
}

function kindsOf(actions: readonly FleetAction[]): string[] {
  return actions.map((action) => ('app' in action ? `${action.kind} ${action.app}` : action.kind));
}

function logged(actions: readonly FleetAction[]): string {
  return actions.map((action) => (action.kind === 'log' ? `${action.app ?? 'server'}: ${action.text}` : '')).join('\n');
}

test('a server without an application has started when its edge is ready, and ends with it', () => {
  const story = new ServerStory();
  assert.deepEqual(kindsOf(story.happen({ kind: 'start' })), ['start-edge']);
  assert.deepEqual(kindsOf(story.happen({ kind: 'edge-ready' })), ['announce', 'tell-state']);
  assert.equal(nextDeadline(story.server, story.nowMs), Number.POSITIVE_INFINITY);
  assert.match(logged(story.happen({ kind: 'reload', why: 'SIGHUP' })), /no application to load again/);
  assert.deepEqual(kindsOf(story.happen({ kind: 'stop', isQuick: false, why: 'SIGTERM' })).slice(0, 2), [
    'log',
    'stop-edge',
  ]);
  story.happen({ kind: 'edge-drained' });
  const ending = story.happen({ kind: 'edge-exited', cause: { code: 0, signal: null }, message: '' });
  assert.deepEqual(
    ending.filter(({ kind }) => kind === 'finish'),
    [{ kind: 'finish', code: 0 }],
  );
});

test('the start is announced when each application is served; those that are ready serve before', () => {
  const story = new ServerStory('shop', 'blog');
  const begun = kindsOf(story.happen({ kind: 'start' }));
  assert.deepEqual(begun.slice(0, 3), ['start-edge', 'start-zygote shop', 'start-zygote blog']);
  story.happen({ kind: 'edge-ready' });
  const first = kindsOf(story.serve('shop'));
  assert.ok(first.includes('publish shop') && !first.includes('announce') && !first.includes('publish blog'));
  const last = story.serve('blog');
  const [announce] = last.filter((action) => action.kind === 'announce');
  assert.deepEqual(
    announce?.apps.map(({ id }) => id),
    ['shop', 'blog'],
  );
});

test('slots and names of workers say whose they are, and numbers may be the same', () => {
  const story = new ServerStory('shop', 'blog');
  story.happen({ kind: 'start' });
  const loaded = (app: string) =>
    story.happen({ kind: 'zygote-loaded', app, generation: 1, preloaded: true, python: '3.11.2', facts: FACTS });
  const spawns = [...loaded('shop'), ...loaded('blog')].filter((action) => action.kind === 'spawn-worker');
  assert.deepEqual(
    spawns.map(({ app, worker, name, slot }) => [app, worker, name, slot]),
    [
      ['shop', 1, 'shop:w1', 0],
      ['blog', 1, 'blog:w1', 64],
    ],
  );
});

test('what happens to one application is nothing to the others', () => {
  const story = new ServerStory('shop', 'blog');
  story.happen({ kind: 'start' });
  story.happen({ kind: 'edge-ready' });
  story.serve('shop');
  story.serve('blog');
  const before = structuredClone(story.server.apps.get('blog'));
  const cause = { code: null, signal: 'SIGSEGV' };
  const actions = story.happen({ kind: 'worker-exited', app: 'shop', worker: 1, cause, reason: '' });
  assert.match(logged(actions), /^shop: worker shop:w1 .*it is replaced/m);
  assert.deepEqual(story.server.apps.get('blog'), before);
  assert.deepEqual(story.happen({ kind: 'worker-quiet', app: 'gone', worker: 1 }), [], 'nor what is about nobody');
});

test('an application that cannot be loaded fails alone: the others serve, and a reload tries it again', () => {
  const story = new ServerStory('shop', 'blog');
  story.happen({ kind: 'start' });
  story.happen({ kind: 'edge-ready' });
  const failed = story.happen({ kind: 'zygote-load-failed', app: 'blog', generation: 1, ...FAULT });
  assert.match(logged(failed), /^blog: the application could not be loaded: no such table/m);
  assert.ok(kindsOf(failed).includes('tell-progress blog'));
  assert.equal(story.server.stop, undefined);
  story.happen({ kind: 'zygote-exited', app: 'blog', generation: 1, cause: { code: 3, signal: null } });
  const [announce] = story.serve('shop').filter((action) => action.kind === 'announce');
  assert.deepEqual(
    announce?.apps.map(({ id }) => id),
    ['shop'],
  );
  assert.equal(nextDeadline(story.server, story.nowMs), Number.POSITIVE_INFINITY, 'it is not tried again by itself');
  story.happen({ kind: 'reload', why: 'SIGHUP' });
  assert.equal(story.server.title.reload, 'runs');
  story.serve('shop', 2);
  const served = story.serve('blog', 2, 1);
  assert.deepEqual(
    served.filter(({ kind }) => kind === 'tell-progress'),
    [{ kind: 'tell-progress', app: 'blog', progress: 'served' }],
  );
  assert.match(logged(served), /^blog: reloaded: /m);
  assert.equal(story.server.title.reload, 'done');
});

test('one that fails again at a reload stays refused, and the title says so', () => {
  const story = new ServerStory('shop', 'blog');
  story.happen({ kind: 'start' });
  story.happen({ kind: 'edge-ready' });
  story.serve('shop');
  story.happen({ kind: 'zygote-load-failed', app: 'blog', generation: 1, ...FAULT });
  story.happen({ kind: 'reload', why: 'SIGHUP' });
  story.serve('shop', 2);
  story.happen({ kind: 'zygote-load-failed', app: 'blog', generation: 2, ...FAULT });
  assert.equal(story.server.title.reload, 'failed');
  assert.equal(story.server.stop, undefined);
});

test('a server of which no application can be loaded gives up', () => {
  const story = new ServerStory('shop', 'blog');
  story.happen({ kind: 'start' });
  story.happen({ kind: 'zygote-load-failed', app: 'blog', generation: 1, ...FAULT });
  const last = story.happen({ kind: 'zygote-load-failed', app: 'shop', generation: 1, ...FAULT });
  assert.deepEqual(
    last.filter(({ kind }) => kind === 'give-up'),
    [
      {
        kind: 'give-up',
        error: 'none of its applications can be loaded, the last of them shop: no such table',
        traceback: '',
      },
    ],
  );
  assert.equal(story.server.stop?.code, 3);
});

test('a stop while one application is still loaded lets the requests of the others end', () => {
  const story = new ServerStory('shop', 'blog');
  story.happen({ kind: 'start' });
  story.happen({ kind: 'edge-ready' });
  story.serve('shop');
  const actions = kindsOf(story.happen({ kind: 'stop', isQuick: false, why: 'SIGTERM' }));
  assert.equal(story.server.stop?.phase, 'edge');
  assert.ok(actions.includes('finish-worker shop'));
});

test('the edge is told anew of the workers of each application when it was started again', () => {
  const story = new ServerStory('shop', 'blog');
  story.happen({ kind: 'start' });
  story.happen({ kind: 'edge-ready' });
  story.serve('shop');
  story.serve('blog');
  story.nowMs += 10_000;
  const actions = story.happen({ kind: 'edge-exited', cause: { code: null, signal: 'SIGSEGV' }, message: '' });
  assert.deepEqual(kindsOf(actions), ['log', 'start-edge', 'publish shop', 'publish blog']);
});
