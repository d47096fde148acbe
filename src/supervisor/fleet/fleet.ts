/**
 * The fleet: the edge of a server, and for each of its applications generations of workers, forked by a zygote.
 *
 * `step` takes what is known and what has happened, and returns what is known now and what is to be done: no process, no timer, no
 * clock. Time comes in with each event; `nextDeadline` says when `time-passed` is due. After the event itself, `settle` brings the
 * fleet towards what is wanted, whatever led here: every rule of restarting and replacing is there, in one order.
 */

import { addWorkers, createApp, killServing, nextAppDeadline, reloadApp, scaleApp, setWorkers } from './app-fleet.ts';
import { changeApps, dropApps, joinApp } from './fleet-apps.ts';
import { log, openGeneration } from './fleet-changes.ts';
import { applyEdge, newEdge, startEdge } from './fleet-edge.ts';
import { settle } from './fleet-settle.ts';
import { beginStop } from './fleet-stop.ts';
import type {
  AppFact,
  AppSettings,
  FleetAction,
  FleetEvent,
  ServerFleet,
  ServerSettings,
  ServerTurn,
} from './fleet-types.ts';
import { applyWorker } from './fleet-workers.ts';
import { applyZygote } from './fleet-zygotes.ts';
import { eachApp, eachServing, turnOf } from './turns.ts';

export function createFleet(settings: ServerSettings, apps: readonly AppSettings[]): ServerFleet {
  return {
    settings,
    apps: new Map(apps.map((app) => [app.id, createApp(app)])),
    isStarted: false,
    reloadCount: 0,
    serviceState: 'starting',
    title: { reloadCount: 0, reload: 'done', isStopping: false },
    edge: newEdge(),
    stop: undefined,
  };
}

export function step(before: ServerFleet, event: FleetEvent, nowMs: number): [ServerFleet, FleetAction[]] {
  const actions: FleetAction[] = [];
  const turn: ServerTurn = { server: structuredClone(before), nowMs, actions };
  apply(turn, event);
  settle(turn);
  return [turn.server, actions];
}

/** When `time-passed` has something to do; Infinity if only an event can. */
export function nextDeadline({ edge, stop, apps }: ServerFleet, nowMs: number): number {
  const times = [edge.deadlineMs, edge.askAtMs, ...(edge.notBeforeMs > nowMs ? [edge.notBeforeMs] : [])];
  if (stop !== undefined) {
    times.push(stop.deadlineMs);
  }
  for (const app of apps.values()) {
    times.push(nextAppDeadline(app, nowMs));
  }
  return Math.min(Number.POSITIVE_INFINITY, ...times);
}

function apply(turn: ServerTurn, event: FleetEvent): void {
  switch (event.kind) {
    case 'start':
      startEdge(turn);
      eachApp(turn, (app) => openGeneration(app, app.fleet.settings.preload));
      return;
    case 'reload':
      reload(turn, event);
      return;
    case 'add-worker':
      eachServing(turn, (app) => addWorkers(app, 1));
      return;
    case 'remove-worker':
      eachServing(turn, (app) => addWorkers(app, -1));
      return;
    case 'set-workers':
      eachServing(turn, (app) => setWorkers(app, event));
      return;
    case 'go-cheap':
      eachServing(turn, (app) => scaleApp(app, { app: app.fleet.settings.id, workers: 0, why: event.why }));
      return;
    case 'scale-app':
      eachServing(turn, (app) => scaleApp(app, event));
      return;
    case 'join-app':
      joinApp(turn, event.settings);
      return;
    case 'change-apps':
      turn.server.settings = event.settings;
      changeApps(turn);
      return;
    case 'drop-apps':
      dropApps(turn, event.ids);
      return;
    case 'stop':
      beginStop(turn, { isQuick: event.isQuick, why: event.why, code: 0 });
      return;
    case 'edge-ready':
    case 'edge-answered':
    case 'edge-leaving':
    case 'edge-drained':
    case 'edge-exited':
      applyEdge(turn, event);
      return;
    case 'time-passed':
      return;
    default:
      applyToApp(turn, event);
  }
}

/** What is said of an application that the server does not have (any more) is about nobody. */
function applyToApp(whole: ServerTurn, event: AppFact & { readonly app: string }): void {
  const fleet = whole.server.apps.get(event.app);
  if (fleet === undefined) {
    return;
  }
  const turn = turnOf(whole, fleet);
  switch (event.kind) {
    case 'zygote-loaded':
    case 'zygote-load-failed':
    case 'zygote-unsafe':
    case 'zygote-answered':
    case 'zygote-exited':
      applyZygote(turn, event);
      return;
    default:
      applyWorker(turn, event);
      return;
  }
}

function reload(turn: ServerTurn, { why, isBrutal }: Extract<FleetEvent, { kind: 'reload' }>): void {
  const { server } = turn;
  if (server.stop !== undefined) {
    log(turn, 'warning', 'not reloading: the server is stopping');
    return;
  }
  if (server.apps.size === 0) {
    log(turn, 'info', `${why}: there is no application to load again`);
  }
  eachServing(turn, (app) => {
    if (isBrutal === true) {
      killServing(app);
    }
    reloadApp(app, why);
  });
  server.reloadCount += 1;
  if (server.serviceState === 'reloading') {
    // Told once more: a service manager that has sent the signal (`Type=notify-reload`) waits for a message that is younger than it.
    server.serviceState = 'ready';
  }
}
