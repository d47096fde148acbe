/** The state of the server in the words of a service manager, and as the list of processes shows it; both are told when it changes. */

import type { ReloadState } from '../server-title.ts';
import type { AppFleet, ServerFleet, ServerTurn, ServiceState } from './fleet-types.ts';
import { appsOf } from './turns.ts';

export function tellServiceState(turn: ServerTurn): void {
  const { server } = turn;
  for (const app of appsOf(turn)) {
    if (app.next === undefined) {
      app.isReloading = false;
    }
  }
  const state = serviceStateOf(server);
  if (state !== server.serviceState) {
    server.serviceState = state;
    turn.actions.push({ kind: 'tell-state', state, isOld: appsOf(turn).some(({ isOld }) => isOld) });
  }
  tellTitle(turn);
}

/** The title, unlike the state, tells of reloads during the start too: whoever has asked for one waits to be told of its end. */
function tellTitle(turn: ServerTurn): void {
  const { server } = turn;
  const { reloadCount, title: before } = server;
  const lasting = appsOf(turn).filter(({ membership }) => membership !== 'leaving');
  const reload = reloadStateOf(lasting, reloadCount);
  const isStopping = server.stop !== undefined;
  if (before.reloadCount !== reloadCount || before.reload !== reload || before.isStopping !== isStopping) {
    server.title = { reloadCount, reload, isStopping };
    turn.actions.push({ kind: 'tell-title', title: server.title });
  }
}

/** Of several applications the one that is worst off is told of. */
function reloadStateOf(apps: readonly AppFleet[], reloadCount: number): ReloadState {
  if (apps.some(({ isReloading }) => isReloading)) {
    return 'runs';
  }
  if (reloadCount === 0) {
    return 'done';
  }
  const isBroken = apps.some((app) => app.isBroken);
  return isBroken ? 'broken' : apps.some(({ isOld, isFailed }) => isOld || isFailed) ? 'failed' : 'done';
}

/**
 * A server is ready when the edge and one worker of each application can answer a request; of several applications one that cannot be loaded is not waited
 * for. It remains so while a worker or the edge is replaced.
 */
function serviceStateOf(server: ServerFleet): ServiceState {
  if (server.stop !== undefined) {
    return 'stopping';
  }
  const apps = [...server.apps.values()];
  const canAnswer = server.edge.state === 'ready' && apps.every((app) => app.isFailed || hasWorker(app));
  if (server.serviceState === 'starting' && !canAnswer) {
    return 'starting';
  }
  const isChanging = apps.some(({ isReloading, membership }) => isReloading || membership === 'joining');
  return isChanging ? 'reloading' : 'ready';
}

/** True also while no edge is needed: before the first was ready, and when the server stops. */
export function isEdgeThere({ edge, stop }: ServerFleet): boolean {
  return edge.state === 'ready' || !edge.wasReady || stop !== undefined;
}

function hasWorker({ workers, current }: AppFleet): boolean {
  return [...workers.values()].some(({ generation, state }) => generation === current && state === 'ready');
}
