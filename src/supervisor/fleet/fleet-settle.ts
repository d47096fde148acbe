/** What is wanted, brought about: after every event, whatever it was. The order of the lines in `settle` is the order of the rules. */

import type { AppId } from '../../config/model/app.ts';
import { forgetGone } from './fleet-apps.ts';
import {
  abortWorker,
  closeWorker,
  dismissWorker,
  endGeneration,
  killWorker,
  label,
  letWorkerFinish,
  log,
  mayClose,
  openGeneration,
  retireWorker,
  stopZygote,
} from './fleet-changes.ts';
import { settleEdge } from './fleet-edge.ts';
import { askZygote, failLoading, failStart, killLateZygote, replaceStandingZygote } from './fleet-failures.ts';
import { tellServiceState } from './fleet-service.ts';
import { settleStop } from './fleet-stop.ts';
import type { AppFleet, FleetWorker, Generation, ServerTurn, StartedApp, Turn } from './fleet-types.ts';
import { tellReload, warningsOf } from './reload-summary.ts';
import { appsOf, eachApp } from './turns.ts';

export function settle(turn: ServerTurn): void {
  eachApp(turn, expireAll);
  settleStop(turn);
  settleEdge(turn);
  const switched = new Set<AppId>();
  eachApp(turn, (app) => {
    if (settleApp(app)) {
      switched.add(app.fleet.settings.id);
    }
  });
  announce(turn);
  eachApp(turn, (app) => tellEdge(app, switched.has(app.fleet.settings.id)));
  // The edge has heard of the workers by then.
  eachApp(turn, tellJoined);
  forgetGone(turn);
  tellServiceState(turn);
}

function expireAll(turn: Turn): void {
  for (const worker of [...turn.fleet.workers.values()]) {
    if (turn.nowMs >= worker.deadlineMs) {
      expire(turn, worker);
    }
  }
  for (const generation of [...turn.fleet.generations.values()]) {
    if (turn.nowMs >= generation.deadlineMs) {
      expireGeneration(turn, generation);
    } else if (turn.nowMs >= generation.askAtMs) {
      askZygote(turn, generation);
    }
  }
}

/** Returns whether another generation serves now. */
function settleApp(turn: Turn): boolean {
  retryBehindLock(turn);
  retryGeneration(turn);
  fillSeats(turn, turn.fleet.current);
  fillSeats(turn, turn.fleet.next);
  const hasSwitched = switchGenerations(turn);
  stopEmptyZygotes(turn);
  return hasSwitched;
}

function tellEdge(turn: Turn, hasSwitched: boolean): void {
  const { fleet } = turn;
  publish(turn);
  if (hasSwitched && (fleet.settings.isDevelopment || fleet.isFailed)) {
    // The edge has heard of the new workers by then: requests that wait go to the new application, however that is called.
    turn.actions.push({ kind: 'tell-progress', progress: 'served' });
    fleet.isFailed = false;
  }
}

function expire(turn: Turn, worker: FleetWorker): void {
  switch (worker.state) {
    case 'starting':
      failStart(turn, worker);
      return;
    case 'ready':
      retireWorker(turn, worker, `it is ${Math.round((turn.nowMs - worker.sinceMs) / 1000)} s old (--max-age)`);
      return;
    case 'draining':
      if (mayClose(turn, worker)) {
        closeWorker(turn, worker, 'the drain timeout is over');
        return;
      }
      if (worker.stuckCount > 0 && turn.fleet.settings.hasHooks === true && worker.isAborted !== true) {
        abortWorker(turn, worker);
        return;
      }
      if (worker.stuckCount === 0) {
        const seconds = ((turn.nowMs - worker.sinceMs) / 1000).toFixed(1);
        log(turn, 'warning', `${label(worker)} did not finish within ${seconds} s and is killed`);
      }
      killWorker(turn, worker);
      return;
    default:
      return;
  }
}

function expireGeneration(turn: Turn, generation: Generation): void {
  if (generation.isStopSent) {
    killLateZygote(turn, generation);
  } else if (generation.state === 'loading') {
    failLoading(turn, generation);
  } else {
    replaceStandingZygote(turn, generation);
  }
}

/** In development: the workers that held the application's lock are gone, so whether its code is broken is to be seen anew. */
function retryBehindLock(turn: Turn): void {
  const { fleet } = turn;
  if (fleet.awaitsLock && fleet.workers.size === 0 && turn.server.stop === undefined) {
    fleet.awaitsLock = false;
    fleet.isBroken = false;
    fleet.isReloading = true;
    log(turn, 'info', 'the workers that held the lock of the application have ended: loading it again');
    turn.actions.push({ kind: 'tell-progress', progress: 'loading' });
  }
}

/** After the loss of a zygote, or a failed attempt to replace one. */
function retryGeneration(turn: Turn): void {
  const { fleet } = turn;
  const isWanted = fleet.membership !== 'leaving' && !fleet.isBroken;
  const isMissing = fleet.current === undefined && fleet.next === undefined && isWanted;
  if (isMissing && fleet.wasReady && turn.server.stop === undefined && turn.nowMs >= fleet.zygoteRetry.notBeforeMs) {
    const preload = fleet.unsafeReasons.length > 0 ? 'never' : fleet.settings.preload;
    openGeneration(turn, preload);
  }
}

function fillSeats(turn: Turn, id: number | undefined): void {
  const { fleet } = turn;
  const generation = fleet.generations.get(id ?? 0);
  if (generation?.state !== 'loaded' || (turn.server.stop !== undefined && turn.server.stop.phase !== 'edge')) {
    return;
  }
  const members = [...fleet.workers.values()].filter((worker) => worker.generation === generation.id);
  for (const worker of members) {
    if (worker.seat >= fleet.target) {
      dismissWorker(turn, worker);
    }
  }
  for (let seat = 0; seat < fleet.target; seat += 1) {
    fillSeat(
      turn,
      generation,
      members.filter((worker) => worker.seat === seat),
      seat,
    );
  }
}

function fillSeat(turn: Turn, generation: Generation, holders: readonly FleetWorker[], seatIndex: number): void {
  const { fleet, nowMs } = turn;
  const retiring = holders.find((worker) => worker.state === 'retiring');
  const successor = holders.find((worker) => worker.state === 'ready');
  if (retiring !== undefined && (successor !== undefined || fleet.isAlone)) {
    letWorkerFinish(turn, retiring);
    closeAlone(turn, retiring);
    return;
  }
  if (fleet.isAlone && holders.length > 0) {
    return;
  }
  const isReplacing = retiring !== undefined;
  const isTaken = successor !== undefined || holders.some((worker) => worker.state === 'starting');
  if (
    isTaken ||
    (isReplacing && (turn.server.stop !== undefined || replacementCount(turn) >= Math.ceil(fleet.target / 2)))
  ) {
    return;
  }
  generation.seats[seatIndex] ??= { failures: 0, notBeforeMs: 0 };
  if (nowMs >= (generation.seats[seatIndex]?.notBeforeMs ?? 0)) {
    spawn(turn, generation, seatIndex);
  }
}

/** Closes a worker that cannot have another beside it: nobody serves until it has ended, so its streams do not have the drain timeout. */
function closeAlone(turn: Turn, worker: FleetWorker): void {
  if (turn.fleet.isAlone && mayClose(turn, worker)) {
    closeWorker(turn, worker, 'no other can serve beside it');
  }
}

/** Replacements cost memory beside those they replace, so only half of the workers are replaced at one time. */
function replacementCount(turn: Turn): number {
  const workers = [...turn.fleet.workers.values()];
  const isReplaced = (other: FleetWorker) =>
    workers.some(
      (worker) => worker.state === 'retiring' && worker.generation === other.generation && worker.seat === other.seat,
    );
  return workers.filter((worker) => worker.state === 'starting' && isReplaced(worker)).length;
}

function spawn(turn: Turn, generation: Generation, seat: number): void {
  const { fleet, nowMs } = turn;
  const berth = fleet.freeBerths.shift();
  if (berth === undefined) {
    freeBerth(turn);
    return;
  }
  fleet.lastWorker += 1;
  const worker: FleetWorker = {
    id: fleet.lastWorker,
    name: `${fleet.settings.namePrefix}w${seat + 1}`,
    generation: generation.id,
    seat,
    berth,
    pid: 0,
    state: 'starting',
    sinceMs: nowMs,
    deadlineMs: nowMs + fleet.settings.startTimeoutMs,
    stuckCount: 0,
    why: '',
    isClosing: false,
    isOverdue: false,
  };
  fleet.workers.set(worker.id, worker);
  const slot = fleet.settings.firstSlot + berth * fleet.settings.threads;
  turn.actions.push({ kind: 'spawn-worker', generation: generation.id, worker: worker.id, name: worker.name, slot });
}

/** Workers that keep WebSockets for long must not keep a new version from starting: the worker that drains longest is closed, and frees its berth. */
function freeBerth(turn: Turn): void {
  const draining = [...turn.fleet.workers.values()].filter((worker) => worker.state === 'draining');
  const longest = draining.toSorted((a, b) => a.sinceMs - b.sinceMs)[0];
  if (longest !== undefined && !draining.some((worker) => worker.isClosing) && mayClose(turn, longest)) {
    closeWorker(turn, longest, 'its place is needed');
  }
}

/** The next generation takes over when all of it is ready; or, when nobody serves, as soon as one worker is. Returns whether it has. */
function switchGenerations(turn: Turn): boolean {
  const { fleet } = turn;
  const next = fleet.generations.get(fleet.next ?? 0);
  if (next === undefined) {
    return false;
  }
  const workers = [...fleet.workers.values()];
  const readyCount = workers.filter((worker) => worker.generation === next.id && worker.state === 'ready').length;
  const isServed = workers.some((worker) => worker.generation === fleet.current && isActive(worker));
  if (readyCount < (isServed ? fleet.target : 1)) {
    return false;
  }
  const old = fleet.generations.get(fleet.current ?? 0);
  fleet.current = next.id;
  fleet.next = undefined;
  fleet.takeoverCount += 1;
  fleet.loadFault = undefined;
  if (old !== undefined) {
    endGeneration(turn, old);
  }
  if (old !== undefined || (fleet.isReloading && (fleet.settings.isDevelopment || fleet.isFailed))) {
    tellReload(turn, old, next);
  }
  fleet.toldWarnings = warningsOf(next);
  if (next.facts !== undefined) {
    turn.actions.push({ kind: 'serve-static', facts: next.facts });
  }
  return true;
}

function stopEmptyZygotes(turn: Turn): void {
  const { fleet } = turn;
  const living = new Set(
    [...fleet.workers.values()].filter((worker) => worker.state !== 'stopping').map((worker) => worker.generation),
  );
  for (const generation of fleet.generations.values()) {
    if (generation.state === 'ending' && !living.has(generation.id)) {
      stopZygote(turn, generation);
    }
  }
}

/** The start has succeeded when the edge and all workers are ready. Of several applications one that cannot be loaded is not waited for. */
function announce(turn: ServerTurn): void {
  const { server } = turn;
  const isWaiting = (app: AppFleet) => !isComplete(app) && !app.isFailed && !(app.isBroken && server.apps.size > 1);
  if (server.isStarted || server.edge.state !== 'ready' || server.stop !== undefined || appsOf(turn).some(isWaiting)) {
    return;
  }
  server.isStarted = true;
  turn.actions.push({ kind: 'announce', apps: appsOf(turn).filter(isComplete).flatMap(startedApp) });
}

function tellJoined({ fleet, whole }: Turn): void {
  if (fleet.membership === 'joining' && isComplete(fleet)) {
    fleet.membership = 'joined';
    whole.actions.push({ kind: 'app-joined', id: fleet.settings.id });
  }
}

function isComplete({ current, workers, target }: AppFleet): boolean {
  return current !== undefined && [...workers.values()].filter(isActive).length >= target;
}

function startedApp({ settings, target, current, generations, unsafeReasons }: AppFleet): StartedApp[] {
  const generation = generations.get(current ?? 0);
  return generation === undefined
    ? []
    : [{ id: settings.id, workers: target, generation: structuredClone(generation), unsafeReasons }];
}

function isActive(worker: FleetWorker): boolean {
  return worker.state === 'ready' || worker.state === 'retiring';
}

/** How the edge is to send requests; undefined until an application was loaded. */
function currentInterface({ fleet }: Turn): 'wsgi' | 'asgi' | 'gevent' | undefined {
  const facts = fleet.generations.get(fleet.current ?? 0)?.facts;
  if (facts === undefined || facts.interface === 'asgi') {
    return facts && 'asgi';
  }
  return fleet.settings.workerClass === 'gevent' ? 'gevent' : 'wsgi';
}

function publish(turn: Turn): void {
  const { fleet } = turn;
  const active = [...fleet.workers.values()]
    .filter((worker) => worker.generation === fleet.current && isActive(worker))
    .map(({ id }) => id);
  const old = [...fleet.workers.values()].filter(({ state }) => state === 'draining');
  const draining = old.map(({ id }) => id);
  const closing = old.filter((worker) => worker.isClosing).map(({ id }) => id);
  const interfaceOfApp = currentInterface(turn);
  const published = `${interfaceOfApp} ${active.join()}/${draining.join()}/${closing.join()}`;
  if (fleet.published === published && fleet.gone.length === 0) {
    return;
  }
  turn.actions.push({ kind: 'publish', interface: interfaceOfApp, active, draining, closing, gone: fleet.gone });
  fleet.published = published;
  fleet.gone = [];
}
