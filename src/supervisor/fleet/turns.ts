/** A step of the whole server, as steps of its applications. */

import type { AppFleet, ServerTurn, Turn } from './fleet-types.ts';

export function turnOf(whole: ServerTurn, fleet: AppFleet): Turn {
  const app = fleet.settings.id;
  return {
    server: whole.server,
    fleet,
    nowMs: whole.nowMs,
    actions: { push: (action) => whole.actions.push({ ...action, app }) },
    whole,
  };
}

export function eachApp(whole: ServerTurn, act: (turn: Turn) => void): void {
  for (const fleet of whole.server.apps.values()) {
    act(turnOf(whole, fleet));
  }
}

/** … of those that are the server's, and stay. */
export function eachServing(whole: ServerTurn, act: (turn: Turn) => void): void {
  eachApp(whole, (turn) => {
    if (turn.fleet.membership === 'serving') {
      act(turn);
    }
  });
}

export function appsOf({ server }: Pick<ServerTurn, 'server'>): AppFleet[] {
  return [...server.apps.values()];
}
