/**
 * Applications that come and go while the server runs. One that comes loads beside the others, and is the server's only when the new configuration is served; one
 * that is gone finishes what it has, and is forgotten with its last process.
 */

import type { AppId } from '../../config/model/app.ts';
import { createApp, reloadApp } from './app-fleet.ts';
import { endGeneration, log, openGeneration } from './fleet-changes.ts';
import type { AppFleet, AppSettings, ServerTurn, Turn } from './fleet-types.ts';
import { nameWorkers, warningsOf } from './reload-summary.ts';
import { appsOf, eachApp, turnOf } from './turns.ts';

export function joinApp(turn: ServerTurn, settings: AppSettings): void {
  const fleet: AppFleet = { ...createApp(settings), membership: 'joining' };
  turn.server.apps.set(settings.id, fleet);
  openGeneration(turnOf(turn, fleet), settings.preload);
}

/** The new configuration is served: what has joined for it serves. */
export function changeApps(turn: ServerTurn): void {
  eachApp(turn, (app) => {
    const { fleet } = app;
    if (fleet.membership === 'joined') {
      fleet.membership = 'serving';
      tellJoined(app);
    } else if (fleet.isFailed && fleet.membership === 'serving') {
      reloadApp(app, 'the configuration has changed');
    }
    // The places at which an application answers decide which of its folders are served.
    const facts = fleet.generations.get(fleet.current ?? 0)?.facts;
    if (fleet.membership === 'serving' && facts !== undefined) {
      app.actions.push({ kind: 'serve-static', facts });
    }
  });
}

/** What the configuration does not name any more finishes what it has; what has joined for one that is not served after all ends. */
export function dropApps(turn: ServerTurn, ids: readonly AppId[]): void {
  eachApp(turn, (app) => {
    const { settings, membership } = app.fleet;
    if (ids.includes(settings.id)) {
      if (membership === 'serving') {
        log(app, 'info', 'the configuration does not name the application any more: its workers finish what they have');
      }
      leave(app);
    }
  });
}

export function leave(turn: Turn): void {
  turn.fleet.membership = 'leaving';
  for (const generation of turn.fleet.generations.values()) {
    endGeneration(turn, generation);
  }
}

/** An application that was to join cannot. */
export function refuseApp(turn: Turn, error: string, traceback: string): void {
  leave(turn);
  turn.whole.actions.push({ kind: 'app-refused', id: turn.fleet.settings.id, error, traceback });
}

/** Its workers have ended, and the processes that forked them: nothing is left of it. */
export function forgetGone(turn: ServerTurn): void {
  for (const { settings, membership, workers, generations } of appsOf(turn)) {
    if (membership === 'leaving' && workers.size === 0 && generations.size === 0) {
      turn.server.apps.delete(settings.id);
      turn.actions.push({ kind: 'forget-app', id: settings.id });
    }
  }
}

function tellJoined(turn: Turn): void {
  const { fleet, nowMs } = turn;
  const generation = fleet.generations.get(fleet.current ?? 0);
  const workers = [...fleet.workers.values()].filter(({ state }) => state === 'ready');
  if (generation !== undefined) {
    const seconds = ((nowMs - generation.sinceMs) / 1000).toFixed(2);
    log(turn, 'info', `the application is served now, by ${nameWorkers(workers)} (after ${seconds} s)`);
    for (const warning of warningsOf(generation)) {
      log(turn, 'warning', warning);
    }
  }
}
