/** A server of one application in a made-up world, for the tests of the fleet. Events and actions of the application are written without its name. */

import assert from 'node:assert/strict';
import type { AppFacts } from '../../protocol/control/zygote.ts';
import { fakeAppFacts } from '../fake-app-facts.ts';
import { createFleet, step } from './fleet.ts';
import type {
  AppAction,
  AppFact,
  AppFleet,
  AppSettings,
  FleetEvent,
  FleetWorker,
  ServerAction,
  ServerFleet,
  ServerSettings,
} from './fleet-types.ts';

export type Action = AppAction | ServerAction;
type Event = AppFact | FleetEvent;

const APP = 'site';

export const APP_SETTINGS: AppSettings & ServerSettings = {
  id: APP,
  namePrefix: '',
  firstSlot: 0,
  workers: 2,
  threads: 1,
  preload: 'auto',
  workerClass: 'sync',
  slotsMax: 64,
  startTimeoutMs: 60_000,
  edgeTimeoutMs: 0,
  gracefulTimeoutMs: 30_000,
  drainTimeoutMs: 3_600_000,
  timeoutMs: 30_000,
  maxAgeMs: 0,
  isDevelopment: false,
};

type ActionOf<Kind extends Action['kind']> = Extract<Action, { kind: Kind }>;

/** Time and facts are the test's. */
export class Story {
  server: ServerFleet;
  nowMs = 1000;
  readonly actions: Action[] = [];
  /** Who follows the steps. */
  onStep: (before: ServerFleet, event: FleetEvent, after: ServerFleet) => void = () => undefined;

  readonly #facts: AppFacts;

  constructor(settings: Partial<AppSettings> = {}, interfaceOfApp: 'wsgi' | 'asgi' = 'wsgi') {
    const app = { ...APP_SETTINGS, ...settings };
    this.server = createFleet(app satisfies ServerSettings, [app]);
    this.#facts = fakeAppFacts({ interface: interfaceOfApp });
  }

  /** The one application. */
  get fleet(): AppFleet {
    const fleet = this.server.apps.get(APP);
    assert.ok(fleet);
    return fleet;
  }

  /** Returns what is to be done now. */
  happen(event: Event): Action[] {
    const before = structuredClone(this.server);
    // Whatever is about no application does not mind the name of one.
    const said = { app: APP, ...event } as FleetEvent;
    const [server, named] = step(this.server, said, this.nowMs);
    assert.deepEqual(this.server, before, 'step does not change what it is given');
    this.server = server;
    this.onStep(before, said, server);
    const actions = named.map((action): Action => {
      const { app, ...rest } = { app: APP, ...action };
      assert.equal(app, APP);
      return rest;
    });
    this.actions.push(...actions);
    return actions;
  }

  pass(ms: number): Action[] {
    this.nowMs += ms;
    return this.happen({ kind: 'time-passed' });
  }

  /** A story at the moment when everything serves. */
  static started(settings: Partial<AppSettings> = {}, interfaceOfApp: 'wsgi' | 'asgi' = 'wsgi'): Story {
    const story = new Story(settings, interfaceOfApp);
    story.happen({ kind: 'start' });
    story.happen({ kind: 'edge-ready' });
    story.load(1);
    story.readyAll();
    assert.ok(story.server.isStarted);
    story.nowMs += 10_000;
    story.actions.length = 0;
    return story;
  }

  load(generation: number): Action[] {
    return this.happen({ kind: 'zygote-loaded', generation, preloaded: true, python: '3.11.2', facts: this.#facts });
  }

  ready(worker: number): Action[] {
    this.happen({ kind: 'worker-spawned', worker, pid: 100 + worker });
    return this.happen({ kind: 'worker-ready', worker, facts: this.#facts });
  }

  readyAll(): void {
    for (const worker of this.workers('starting')) {
      this.ready(worker.id);
    }
  }

  exit(worker: number, code: number | null = 0, signal: string | null = null): Action[] {
    return this.happen({ kind: 'worker-exited', worker, cause: { code, signal }, reason: '' });
  }

  stuck(worker: number, isLoop = false): Action[] {
    return this.happen({
      kind: 'request-stuck',
      worker,
      requestId: 'r1',
      method: 'GET',
      path: '/slow',
      seconds: 30,
      isLoop,
    });
  }

  workers(state: FleetWorker['state']): FleetWorker[] {
    return [...this.fleet.workers.values()].filter((worker) => worker.state === state);
  }

  /** A new generation takes over; workers are numbered on. */
  reload(generation: number): void {
    this.happen({ kind: 'reload', why: 'SIGHUP' });
    this.load(generation);
    this.readyAll();
  }

  published(): { active: readonly number[]; gone: readonly number[] } | undefined {
    const publish = pick(this.actions, 'publish').at(-1);
    return publish && { active: publish.active, gone: publish.gone };
  }
}

export function pick<Kind extends Action['kind']>(actions: readonly Action[], kind: Kind): ActionOf<Kind>[] {
  return actions.filter((action): action is ActionOf<Kind> => action.kind === kind);
}

export function kinds(actions: readonly Action[]): string[] {
  return actions.map(({ kind }) => kind);
}

export function texts(actions: readonly Action[], level: string): string[] {
  return pick(actions, 'log')
    .filter((log) => log.level === level)
    .map(({ text }) => text);
}
