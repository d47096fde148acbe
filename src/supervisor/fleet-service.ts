/** How the server is, in the words of a service manager; told when it changes. */

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
}

/** Ready is who can answer a request: the edge, and one worker. It remains so when a worker or the edge has to be replaced. */
function serviceStateOf(fleet: Fleet): ServiceState {
  if (fleet.stop !== undefined) {
    return 'stopping';
  }
  if (fleet.serviceState === 'starting' && !canAnswer(fleet)) {
    return 'starting';
  }
  return fleet.isReloading ? 'reloading' : 'ready';
}

/** Or need not be there yet, or any more. */
export function isEdgeThere({ edge, stop }: Fleet): boolean {
  return edge.state === 'ready' || !edge.wasReady || stop !== undefined;
}

function canAnswer({ edge, workers, current }: Fleet): boolean {
  return (
    edge.state === 'ready' &&
    [...workers.values()].some(({ generation, state }) => generation === current && state === 'ready')
  );
}
