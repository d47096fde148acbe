/** A fleet in a made-up world, for its tests. */

import assert from 'node:assert/strict';
import type { AppFacts } from '../../protocol/control/zygote.ts';
import { fakeAppFacts } from '../fake-app-facts.ts';
import { createFleet, step } from './fleet.ts';
import type { Fleet, FleetAction, FleetEvent, FleetSettings, FleetWorker } from './fleet-types.ts';

const SETTINGS: FleetSettings = {
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

type ActionOf<Kind extends FleetAction['kind']> = Extract<FleetAction, { kind: Kind }>;

/** Time and facts are the test's. */
export class Story {
  fleet: Fleet;
  nowMs = 1000;
  readonly actions: FleetAction[] = [];

  readonly #facts: AppFacts;

  constructor(settings: Partial<FleetSettings> = {}, interfaceOfApp: 'wsgi' | 'asgi' = 'wsgi') {
    this.fleet = createFleet({ ...SETTINGS, ...settings });
    this.#facts = fakeAppFacts({ interface: interfaceOfApp });
  }

  /** Returns what is to be done now. */
  happen(event: FleetEvent): FleetAction[] {
    const before = structuredClone(this.fleet);
    const [fleet, actions] = step(this.fleet, event, this.nowMs);
    assert.deepEqual(this.fleet, before, 'step does not change what it is given');
    this.fleet = fleet;
    this.actions.push(...actions);
    return actions;
  }

  pass(ms: number): FleetAction[] {
    this.nowMs += ms;
    return this.happen({ kind: 'time-passed' });
  }

  /** A story at the moment when everything serves. */
  static started(settings: Partial<FleetSettings> = {}, interfaceOfApp: 'wsgi' | 'asgi' = 'wsgi'): Story {
    const story = new Story(settings, interfaceOfApp);
    story.happen({ kind: 'start' });
    story.happen({ kind: 'edge-ready' });
    story.load(1);
    story.readyAll();
    assert.ok(story.fleet.isStarted);
    story.nowMs += 10_000;
    story.actions.length = 0;
    return story;
  }

  load(generation: number): FleetAction[] {
    return this.happen({ kind: 'zygote-loaded', generation, preloaded: true, python: '3.11.2', facts: this.#facts });
  }

  ready(worker: number): FleetAction[] {
    this.happen({ kind: 'worker-spawned', worker, pid: 100 + worker });
    return this.happen({ kind: 'worker-ready', worker, facts: this.#facts });
  }

  readyAll(): void {
    for (const worker of this.workers('starting')) {
      this.ready(worker.id);
    }
  }

  exit(worker: number, code: number | null = 0, signal: string | null = null): FleetAction[] {
    return this.happen({ kind: 'worker-exited', worker, cause: { code, signal }, reason: '' });
  }

  stuck(worker: number, isLoop = false): FleetAction[] {
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

  published(): { active: number[]; gone: readonly number[] } | undefined {
    const publish = pick(this.actions, 'publish').at(-1);
    return publish && { active: publish.active.map(({ id }) => id), gone: publish.gone };
  }
}

export function pick<Kind extends FleetAction['kind']>(actions: readonly FleetAction[], kind: Kind): ActionOf<Kind>[] {
  return actions.filter((action): action is ActionOf<Kind> => action.kind === kind);
}

export function kinds(actions: readonly FleetAction[]): string[] {
  return actions.map(({ kind }) => kind);
}

export function texts(actions: readonly FleetAction[], level: string): string[] {
  return pick(actions, 'log')
    .filter((log) => log.level === level)
    .map(({ text }) => text);
}
