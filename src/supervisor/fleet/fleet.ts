/**
 * The fleet: generations of workers, each of them forked by a zygote, and the edge that gives them requests.
 *
 * `step` takes what is known and what has happened, and returns what is known now and what is to be done: no process, no timer, no
 * clock. Time comes in with each event; `nextDeadline` says when `time-passed` is due. After the event itself, `settle` brings the
 * fleet towards what is wanted, whatever led here: every rule of restarting and replacing is there, in one order.
 */

import { endGeneration, log, openGeneration } from './fleet-changes.ts';
import { applyEdge, newEdge, startEdge } from './fleet-edge.ts';
import { settle } from './fleet-settle.ts';
import { beginStop } from './fleet-stop.ts';
import type { Fleet, FleetAction, FleetEvent, FleetSettings, Turn } from './fleet-types.ts';
import { applyWorker } from './fleet-workers.ts';
import { applyZygote } from './fleet-zygotes.ts';

export function createFleet(settings: FleetSettings): Fleet {
  return {
    settings,
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
    isStarted: false,
    isReloading: false,
    reloadCount: 0,
    isOld: false,
    isBroken: false,
    awaitsLock: false,
    serviceState: 'starting',
    title: { reloadCount: 0, reload: 'done', isStopping: false },
    toldWarnings: [],
    loggedFault: '',
    zygoteRetry: { failures: 0, notBeforeMs: 0 },
    edge: newEdge(),
    gone: [],
    published: undefined,
    stop: undefined,
  };
}

export function step(before: Fleet, event: FleetEvent, nowMs: number): [Fleet, FleetAction[]] {
  const turn: Turn = { fleet: structuredClone(before), nowMs, actions: [] };
  apply(turn, event);
  settle(turn);
  return [turn.fleet, turn.actions];
}

/** When `time-passed` has something to do; Infinity if only an event can. */
export function nextDeadline(fleet: Fleet, nowMs: number): number {
  const times = [fleet.zygoteRetry.notBeforeMs, fleet.edge.notBeforeMs].filter((time) => time > nowMs);
  times.push(fleet.edge.deadlineMs, fleet.edge.askAtMs);
  if (fleet.stop !== undefined) {
    times.push(fleet.stop.deadlineMs);
  }
  for (const worker of fleet.workers.values()) {
    times.push(worker.deadlineMs);
  }
  for (const { seats, deadlineMs, askAtMs } of fleet.generations.values()) {
    times.push(deadlineMs, askAtMs);
    times.push(...seats.map((seat) => seat.notBeforeMs).filter((time) => time > nowMs));
  }
  return Math.min(Number.POSITIVE_INFINITY, ...times);
}

function apply(turn: Turn, event: FleetEvent): void {
  switch (event.kind) {
    case 'start':
      startEdge(turn);
      openGeneration(turn, turn.fleet.settings.preload);
      return;
    case 'reload':
      onReload(turn, event.why);
      return;
    case 'add-worker':
      setTarget(turn, turn.fleet.target + 1);
      return;
    case 'remove-worker':
      setTarget(turn, turn.fleet.target - 1);
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

function onReload(turn: Turn, why: string): void {
  const { fleet } = turn;
  if (fleet.stop !== undefined) {
    log(turn, 'warning', 'not reloading: the server is stopping');
    return;
  }
  if (fleet.settings.isDevelopment) {
    // Before the log says that it is so.
    leaveOldCode(turn);
  }
  const halfMade = fleet.generations.get(fleet.next ?? 0);
  if (halfMade !== undefined) {
    log(turn, 'info', `${why}: reloading again; what the reload before had loaded is thrown away`);
    endGeneration(turn, halfMade);
  } else if (fleet.settings.isDevelopment) {
    log(turn, 'info', `${why}: reloading`);
  } else {
    log(turn, 'info', `${why}: reloading; the running workers serve until the new ones are ready`);
  }
  openGeneration(turn, fleet.unsafeReasons.length > 0 ? 'never' : fleet.settings.preload);
  fleet.isReloading = true;
  fleet.reloadCount += 1;
  if (fleet.serviceState === 'reloading') {
    // Told once more: a service manager that has sent the signal (`Type=notify-reload`) waits for a message that is younger than it.
    fleet.serviceState = 'ready';
  }
  fleet.isOld = false;
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

function setTarget(turn: Turn, target: number): void {
  const { fleet } = turn;
  if (fleet.isAlone) {
    log(turn, 'warning', 'one worker serves, because no second can load the application');
    return;
  }
  if (target < 1 || target > Math.floor(fleet.settings.slotsMax / fleet.settings.threads / 2)) {
    log(turn, 'warning', `the number of workers stays at ${fleet.target}`);
    return;
  }
  fleet.target = target;
  log(turn, 'info', `the number of workers is now ${target}`);
}
