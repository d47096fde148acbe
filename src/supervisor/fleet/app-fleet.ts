/** The workers of one application: what they are at first, and what is asked of all of them. */

import { endGeneration, killWorker, log, openGeneration } from './fleet-changes.ts';
import type { AppFleet, AppSettings, FleetCommand, Turn } from './fleet-types.ts';

export function createApp(settings: AppSettings): AppFleet {
  return {
    settings,
    membership: 'serving',
    target: settings.workers,
    current: undefined,
    next: undefined,
    generations: new Map(),
    workers: new Map(),
    freeBerths: Array.from({ length: Math.floor(settings.slotsMax / settings.threads) }, (_, berth) => berth),
    lastWorker: 0,
    lastGeneration: 0,
    takeoverCount: 0,
    unsafeReasons: [],
    holdsLock: false,
    isAlone: false,
    wasReady: false,
    isFailed: false,
    isReloading: false,
    isOld: false,
    isBroken: false,
    awaitsLock: false,
    toldWarnings: [],
    loadFault: undefined,
    loggedFault: '',
    zygoteRetry: { failures: 0, notBeforeMs: 0 },
    gone: [],
    published: undefined,
  };
}

export function nextAppDeadline({ zygoteRetry, workers, generations }: AppFleet, nowMs: number): number {
  const times = [zygoteRetry.notBeforeMs].filter((time) => time > nowMs);
  for (const worker of workers.values()) {
    times.push(worker.deadlineMs);
  }
  for (const { seats, deadlineMs, askAtMs } of generations.values()) {
    times.push(deadlineMs, askAtMs);
    times.push(...seats.map((seat) => seat.notBeforeMs).filter((time) => time > nowMs));
  }
  return Math.min(Number.POSITIVE_INFINITY, ...times);
}

export function reloadApp(turn: Turn, why: string): void {
  const { fleet } = turn;
  if (fleet.settings.isDevelopment) {
    // Before the log says that it is so.
    leaveOldCode(turn);
  }
  const halfMade = fleet.generations.get(fleet.next ?? 0);
  if (halfMade !== undefined) {
    log(turn, 'info', `${why}: reloading again; what the reload before had loaded is thrown away`);
    endGeneration(turn, halfMade);
  } else if (fleet.settings.isDevelopment || fleet.isFailed || fleet.current === undefined) {
    log(turn, 'info', `${why}: reloading`);
  } else {
    log(turn, 'info', `${why}: reloading; the running workers serve until the new ones are ready`);
  }
  fleet.isReloading = true;
  fleet.isOld = false;
  // What is loaded is seen to run by a worker.
  fleet.target = Math.max(1, fleet.target);
  fleet.loadFault = undefined;
  openGeneration(turn, fleet.unsafeReasons.length > 0 ? 'never' : fleet.settings.preload);
}

/** Requests that run are lost with their workers; those that wait are for the new ones. */
export function killServing(turn: Turn): void {
  const { fleet } = turn;
  const old = fleet.generations.get(fleet.current ?? 0);
  for (const worker of fleet.workers.values()) {
    killWorker(turn, worker);
  }
  if (old !== undefined) {
    endGeneration(turn, old);
  }
}

/** A developer who has changed the code is to see what it does now, not the version before: requests wait for the new one. */
function leaveOldCode(turn: Turn): void {
  const { fleet } = turn;
  const old = fleet.generations.get(fleet.current ?? 0);
  if (old !== undefined) {
    endGeneration(turn, old);
  }
  fleet.isBroken = false;
  fleet.awaitsLock = false;
  turn.actions.push({ kind: 'tell-progress', progress: 'loading' });
}

/** While a generation replaces another, there are twice as many. */
export function workersMax({ slotsMax, threads }: Pick<AppSettings, 'slotsMax' | 'threads'>): number {
  return Math.floor(slotsMax / threads / 2);
}

export function addWorkers(turn: Turn, count: number): void {
  const { fleet } = turn;
  const target = fleet.target + count;
  if (fleet.isAlone) {
    log(turn, 'warning', 'one worker serves, because no second can load the application');
    return;
  }
  if (target < 1 || target > workersMax(fleet.settings)) {
    log(turn, 'warning', `the number of workers stays at ${fleet.target}`);
    return;
  }
  setTarget(turn, target, '');
}

/** By load. 0: all of them are let go, until there is work again. */
export function scaleApp(
  turn: Turn,
  { app, workers, why }: Omit<Extract<FleetCommand, { kind: 'scale-app' }>, 'kind'>,
): void {
  const { settings, target, isAlone } = turn.fleet;
  const isPossible = workers <= (isAlone ? 1 : workersMax(settings)) && turn.server.stop === undefined;
  if (settings.id === app && target !== workers && isPossible) {
    setTarget(turn, workers, `: ${why}`);
  }
}

function setTarget(turn: Turn, target: number, reason: string): void {
  const { fleet } = turn;
  const before = fleet.target;
  fleet.target = target;
  log(turn, 'info', `the number of workers is now ${target}${reason}`);
  for (const { id, state } of fleet.generations.values()) {
    if (state !== 'ending') {
      turn.actions.push({ kind: 'tell-workers', generation: id, count: target, before });
    }
  }
}

/** Of the application that is meant. */
export function setWorkers(turn: Turn, { app, workers }: { readonly app: string; readonly workers: number }): void {
  const { settings, target } = turn.fleet;
  if (settings.id === app && target !== workers) {
    addWorkers(turn, workers - target);
  }
}
