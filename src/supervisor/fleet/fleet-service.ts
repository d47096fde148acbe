/** The state of the server in the words of a service manager, and as the list of processes shows it; both are told when it changes. */

import type { ReloadState } from '../server-title.ts';
import type { Fleet, ServiceState, Turn } from './fleet-types.ts';

export function tellServiceState(turn: Turn): void {
  const { fleet } = turn;
  if (fleet.next === undefined) {
    fleet.isReloading = false;
  }
  const state = serviceStateOf(fleet);
  if (state !== fleet.serviceState) {
    fleet.serviceState = state;
    turn.actions.push({ kind: 'tell-state', state, isOld: fleet.isOld });
  }
  tellTitle(turn);
}

/** The title, unlike the state, tells of reloads during the start too: whoever has asked for one waits to be told of its end. */
function tellTitle(turn: Turn): void {
  const { fleet } = turn;
  const { reloadCount, title: before } = fleet;
  const reload = reloadStateOf(fleet);
  const isStopping = fleet.stop !== undefined;
  if (before.reloadCount !== reloadCount || before.reload !== reload || before.isStopping !== isStopping) {
    fleet.title = { reloadCount, reload, isStopping };
    turn.actions.push({ kind: 'tell-title', title: fleet.title });
  }
}

function reloadStateOf({ isReloading, isBroken, isOld, reloadCount }: Fleet): ReloadState {
  if (isReloading || reloadCount === 0) {
    return isReloading ? 'runs' : 'done';
  }
  return isBroken ? 'broken' : isOld ? 'failed' : 'done';
}

/** A server is ready when the edge and one worker can answer a request. It remains so while a worker or the edge is replaced. */
function serviceStateOf(fleet: Fleet): ServiceState {
  if (fleet.stop !== undefined) {
    return 'stopping';
  }
  if (fleet.serviceState === 'starting' && !canAnswer(fleet)) {
    return 'starting';
  }
  return fleet.isReloading ? 'reloading' : 'ready';
}

/** True also while no edge is needed: before the first was ready, and when the server stops. */
export function isEdgeThere({ edge, stop }: Fleet): boolean {
  return edge.state === 'ready' || !edge.wasReady || stop !== undefined;
}

function canAnswer({ edge, workers, current }: Fleet): boolean {
  return (
    edge.state === 'ready' &&
    [...workers.values()].some(({ generation, state }) => generation === current && state === 'ready')
  );
}
