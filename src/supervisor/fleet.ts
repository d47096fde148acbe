/**
 * The fleet: generations of workers, each of them forked by a zygote, and the edge that gives them requests.
 *
 * `step` takes what is known and what has happened, and returns what is known now and what is to be done: no process, no timer, no
 * clock. Time comes in with each event; `nextDeadline` says when `time-passed` is due. After the event itself, `settle` brings the
 * fleet towards what is wanted, whatever led here: every rule of restarting and replacing is there, in one order.
 */

import { unreachable } from '../kernel/unreachable.ts';
import { backoffMs } from './backoff.ts';
import { describeExit } from './exit-words.ts';
import {
  drainWorker,
  endGeneration,
  label,
  log,
  nameFault,
  openGeneration,
  removeWorker,
  retireWorker,
} from './fleet-changes.ts';
import { failGeneration, recordFailure } from './fleet-failures.ts';
import { settle } from './fleet-settle.ts';
import { beginStop, drainAfterEdge } from './fleet-stop.ts';
import type { Fleet, FleetAction, FleetEvent, FleetSettings, FleetWorker, Generation, Turn } from './fleet-types.ts';
import { SUPERVISOR_LIMITS } from './limits.ts';

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
    unsafeReasons: [],
    wasReady: false,
    isStarted: false,
    loggedFault: '',
    zygoteRetry: { failures: 0, notBeforeMs: 0 },
    edge: { state: 'starting', wasReady: false, failures: 0, sinceMs: 0, notBeforeMs: 0 },
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
  if (fleet.stop !== undefined) {
    times.push(fleet.stop.deadlineMs);
  }
  for (const worker of fleet.workers.values()) {
    times.push(worker.deadlineMs);
  }
  for (const { seats } of fleet.generations.values()) {
    times.push(...seats.map((seat) => seat.notBeforeMs).filter((time) => time > nowMs));
  }
  return Math.min(Number.POSITIVE_INFINITY, ...times);
}

function apply(turn: Turn, event: FleetEvent): void {
  switch (event.kind) {
    case 'start':
      turn.actions.push({ kind: 'start-edge' });
      turn.fleet.edge.sinceMs = turn.nowMs;
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
    case 'edge-drained':
    case 'edge-exited':
      applyEdge(turn, event);
      return;
    case 'time-passed':
      return;
    case 'zygote-loaded':
    case 'zygote-load-failed':
    case 'zygote-unsafe':
    case 'zygote-exited':
      applyZygote(turn, event);
      return;
    default:
      applyWorker(turn, event);
      return;
  }
}

type EventOf<Kind extends FleetEvent['kind']> = Extract<FleetEvent, { kind: Kind }>;

function onReload(turn: Turn, why: string): void {
  const { fleet } = turn;
  if (fleet.stop !== undefined) {
    log(turn, 'warning', 'not reloading: the server is stopping');
    return;
  }
  const halfMade = fleet.generations.get(fleet.next ?? 0);
  if (halfMade !== undefined) {
    log(turn, 'info', `${why}: reloading again; what the reload before had loaded is thrown away`);
    endGeneration(turn, halfMade);
  } else {
    log(turn, 'info', `${why}: reloading; the running workers serve until the new ones are ready`);
  }
  openGeneration(turn, fleet.unsafeReasons.length > 0 ? 'never' : fleet.settings.preload);
}

function setTarget(turn: Turn, target: number): void {
  const { fleet } = turn;
  if (target < 1 || target > Math.floor(fleet.settings.slotsMax / fleet.settings.threads / 2)) {
    log(turn, 'warning', `the number of workers stays at ${fleet.target}`);
    return;
  }
  fleet.target = target;
  log(turn, 'info', `the number of workers is now ${target}`);
}

function applyEdge(turn: Turn, event: EventOf<'edge-ready' | 'edge-drained' | 'edge-exited'>): void {
  const { edge, stop } = turn.fleet;
  if (event.kind === 'edge-ready') {
    edge.state = 'ready';
    edge.wasReady = true;
    edge.sinceMs = turn.nowMs;
    return;
  }
  if (event.kind === 'edge-exited') {
    edge.state = 'ended';
  }
  if (stop !== undefined) {
    drainAfterEdge(turn);
    return;
  }
  if (event.kind === 'edge-drained') {
    return;
  }
  if (!edge.wasReady) {
    const error =
      event.message === '' ? `the edge process ${describeExit(event.cause)} while it started` : event.message;
    turn.actions.push({ kind: 'give-up', error, traceback: '' });
    beginStop(turn, { isQuick: true, why: '', code: 1 });
    return;
  }
  edge.failures = turn.nowMs - edge.sinceMs < SUPERVISOR_LIMITS.stableAfterMs ? edge.failures + 1 : 0;
  edge.notBeforeMs = turn.nowMs + backoffMs(edge.failures);
  log(turn, 'error', `the edge process ${describeExit(event.cause)}; it is started again`);
}

function applyZygote(
  turn: Turn,
  event: EventOf<'zygote-loaded' | 'zygote-load-failed' | 'zygote-unsafe' | 'zygote-exited'>,
): void {
  const { fleet } = turn;
  const generation = fleet.generations.get(event.generation);
  if (generation === undefined) {
    return;
  }
  switch (event.kind) {
    case 'zygote-loaded':
      generation.state = generation.state === 'loading' ? 'loaded' : generation.state;
      generation.preloaded = event.preloaded;
      generation.python = event.python;
      generation.facts = event.facts;
      return;
    case 'zygote-load-failed':
      if (generation.state !== 'ending') {
        failGeneration(turn, generation, event.error, event.traceback);
      }
      return;
    case 'zygote-unsafe':
      onUnsafePreload(turn, generation, event.reasons);
      return;
    case 'zygote-exited':
      onZygoteExited(turn, generation, event);
      return;
    default:
      unreachable(event);
  }
}

function onUnsafePreload(turn: Turn, generation: Generation, reasons: readonly string[]): void {
  const { fleet } = turn;
  if (generation.state === 'ending') {
    return;
  }
  fleet.unsafeReasons = reasons;
  log(
    turn,
    fleet.isStarted ? 'info' : 'debug',
    `the application is loaded in each worker instead of once: ${reasons.join('; ')}`,
  );
  endGeneration(turn, generation);
  openGeneration(turn, 'never');
}

function onZygoteExited(turn: Turn, generation: Generation, event: EventOf<'zygote-exited'>): void {
  const { fleet } = turn;
  const wasLoading = generation.state === 'loading';
  if (wasLoading) {
    failGeneration(turn, generation, `the process that loads the application ${describeExit(event.cause)}`, '');
  } else if (generation.state === 'loaded') {
    log(
      turn,
      'error',
      `the process that forks the workers ${describeExit(event.cause)}; it and its workers are started again`,
    );
  }
  for (const worker of [...fleet.workers.values()].filter((worker) => worker.generation === generation.id)) {
    if (worker.pid !== 0) {
      turn.actions.push({ kind: 'kill-process', pid: worker.pid });
    }
    removeWorker(turn, worker);
  }
  fleet.generations.delete(generation.id);
  fleet.current = fleet.current === generation.id ? undefined : fleet.current;
  fleet.next = fleet.next === generation.id ? undefined : fleet.next;
}

type WorkerEvent = Extract<FleetEvent, { worker: number }>;

function applyWorker(turn: Turn, event: WorkerEvent): void {
  const worker = turn.fleet.workers.get(event.worker);
  if (worker === undefined) {
    return;
  }
  switch (event.kind) {
    case 'worker-spawned':
      worker.pid = event.pid;
      return;
    case 'worker-ready':
      onWorkerReady(turn, worker, event);
      return;
    case 'worker-load-failed':
      onWorkerLoadFailed(turn, worker, event);
      return;
    case 'worker-retiring':
      retireWorker(turn, worker, event.reason);
      return;
    case 'worker-oversized':
      retireWorker(turn, worker, `it uses ${Math.round(event.bytes / 2 ** 20)} MB`);
      return;
    case 'worker-exited':
      onWorkerExited(turn, worker, event);
      return;
    case 'worker-quiet':
      worker.deadlineMs = worker.stuckCount > 0 && worker.state === 'draining' ? turn.nowMs : worker.deadlineMs;
      return;
    case 'request-stuck':
      onRequestStuck(turn, worker, event);
      return;
    default:
      unreachable(event);
  }
}

function onWorkerReady(turn: Turn, worker: FleetWorker, event: EventOf<'worker-ready'>): void {
  if (worker.state !== 'starting') {
    return;
  }
  worker.state = 'ready';
  worker.sinceMs = turn.nowMs;
  worker.deadlineMs = turn.nowMs + ageLimitMs(turn.fleet.settings.maxAgeMs, worker.id);
  turn.fleet.wasReady = true;
  turn.fleet.zygoteRetry.failures = 0;
  const generation = turn.fleet.generations.get(worker.generation);
  if (generation !== undefined) {
    generation.facts ??= event.facts;
  }
  log(turn, 'debug', `${label(worker)} is ready`);
}

/** A tenth of the age is left to chance, drawn from the worker's number, so that workers of one start do not retire together. */
function ageLimitMs(maxAgeMs: number, id: number): number {
  const draw = (Math.imul(id, 0x9e3779b1) >>> 0) / 2 ** 32;
  return maxAgeMs === 0 ? Number.POSITIVE_INFINITY : maxAgeMs * (1 - 0.1 * draw);
}

function onWorkerLoadFailed(
  turn: Turn,
  worker: FleetWorker,
  { error, traceback }: EventOf<'worker-load-failed'>,
): void {
  const { fleet } = turn;
  const generation = fleet.generations.get(worker.generation);
  if (generation === undefined || generation.state === 'ending') {
    return;
  }
  if (fleet.next === generation.id) {
    failGeneration(turn, generation, error, traceback);
    return;
  }
  log(turn, 'error', `${label(worker)} could not load the application: ${error}${nameFault(turn, traceback)}`);
}

function onWorkerExited(turn: Turn, worker: FleetWorker, event: EventOf<'worker-exited'>): void {
  const { fleet } = turn;
  const words = `${label(worker)} ${describeExit(event.cause)}${event.reason === '' ? '' : `: ${event.reason}`}`;
  const isExpected = worker.state === 'stopping' || (worker.state === 'draining' && event.cause.code === 0);
  log(
    turn,
    isExpected ? 'debug' : 'error',
    isExpected || worker.state === 'draining' || fleet.stop !== undefined ? words : `${words}; it is replaced`,
  );
  const generation = fleet.generations.get(worker.generation);
  if (worker.state === 'starting' && generation !== undefined) {
    recordFailure(turn, generation, worker.seat);
    if (!fleet.wasReady && generation.failures >= SUPERVISOR_LIMITS.firstStartFailuresMax) {
      failGeneration(turn, generation, `${words} before it was ready, and so did those before it`, '');
    } else if (fleet.next === generation.id && generation.failures >= SUPERVISOR_LIMITS.firstStartFailuresMax) {
      failGeneration(turn, generation, `${words} before it was ready`, '');
    }
  } else if (worker.state === 'ready' || worker.state === 'retiring') {
    const seat = generation?.seats[worker.seat];
    if (generation !== undefined && turn.nowMs - worker.sinceMs < SUPERVISOR_LIMITS.stableAfterMs) {
      recordFailure(turn, generation, worker.seat);
    } else if (seat !== undefined) {
      seat.failures = 0;
    }
  }
  removeWorker(turn, worker);
}

function onRequestStuck(turn: Turn, worker: FleetWorker, event: EventOf<'request-stuck'>): void {
  const { settings } = turn.fleet;
  const { requestId, method, path, seconds } = event;
  const request = `request ${requestId} ${method} ${path} has run for ${seconds.toFixed(1)} s`;
  log(
    turn,
    'error',
    `${request} in ${label(worker)}, longer than the timeout: its client was answered 504, and the worker is replaced`,
  );
  worker.stuckCount += 1;
  if (worker.stuckCount === 1 && worker.state !== 'stopping') {
    turn.actions.push({ kind: 'signal-worker', generation: worker.generation, worker: worker.id, signal: 'SIGUSR2' });
  }
  const isAlone = worker.stuckCount >= settings.threads;
  const graceMs = isAlone ? SUPERVISOR_LIMITS.tracebackMs : Math.min(settings.timeoutMs, settings.gracefulTimeoutMs);
  if (worker.state === 'ready' || worker.state === 'retiring') {
    drainWorker(worker, turn.nowMs, graceMs);
  } else if (worker.state === 'draining') {
    worker.deadlineMs = Math.min(worker.deadlineMs, turn.nowMs + graceMs);
  }
}
