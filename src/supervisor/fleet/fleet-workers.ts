/** What happens to workers. */

import { unreachable } from '../../kernel/unreachable.ts';
import { SUPERVISOR_LIMITS } from '../limits.ts';
import { describeExit } from './exit-words.ts';
import { drainWorker, label, log, nameFault, removeWorker, retireWorker } from './fleet-changes.ts';
import { failGeneration, plainFault, recordFailure } from './fleet-failures.ts';
import type { AppFact, EventOf, FleetWorker, Turn } from './fleet-types.ts';

export type WorkerEvent = Extract<AppFact, { worker: number }>;

export function applyWorker(turn: Turn, event: WorkerEvent): void {
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
      if (worker.stuckCount > 0 && worker.state === 'draining') {
        // The worker is killed after its tracebacks are written, not before.
        worker.deadlineMs = Math.max(turn.nowMs, worker.sinceMs + SUPERVISOR_LIMITS.tracebackMs);
      }
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

function onWorkerLoadFailed(turn: Turn, worker: FleetWorker, fault: EventOf<'worker-load-failed'>): void {
  const { fleet } = turn;
  const { error, traceback } = fault;
  const generation = fleet.generations.get(worker.generation);
  if (generation === undefined || generation.state === 'ending') {
    return;
  }
  if (fleet.next === generation.id) {
    failGeneration(turn, generation, fault);
    return;
  }
  const isBehindAnother = [...fleet.workers.values()].some(({ state }) => state === 'retiring');
  if (fleet.holdsLock && fleet.target === 1 && isBehindAnother) {
    fleet.isAlone = true;
    log(
      turn,
      'info',
      `${label(worker)} cannot have the lock of the one that it is to replace, which is ended first: ${error}`,
    );
    return;
  }
  log(turn, 'error', `${label(worker)} could not load the application: ${error}${nameFault(turn, traceback)}`);
}

function onWorkerExited(turn: Turn, worker: FleetWorker, event: EventOf<'worker-exited'>): void {
  const { fleet } = turn;
  const words = `${label(worker)} ${describeExit(event.cause)}${event.reason === '' ? '' : `: ${event.reason}`}`;
  const isLeaving = worker.state === 'draining' || turn.server.stop !== undefined;
  const isExpected = worker.state === 'stopping' || (isLeaving && event.cause.code === 0);
  log(
    turn,
    isExpected ? 'debug' : 'error',
    isExpected || worker.state === 'draining' || turn.server.stop !== undefined ? words : `${words}; it is replaced`,
  );
  const generation = fleet.generations.get(worker.generation);
  if (worker.state === 'starting' && generation !== undefined) {
    recordFailure(turn, generation, worker.seat);
    if (!fleet.wasReady && generation.failures >= SUPERVISOR_LIMITS.firstStartFailuresMax) {
      failGeneration(turn, generation, plainFault(`${words} before it was ready, and so did those before it`));
    } else if (fleet.next === generation.id && generation.failures >= SUPERVISOR_LIMITS.firstStartFailuresMax) {
      failGeneration(turn, generation, plainFault(`${words} before it was ready`));
    }
  } else if (worker.state === 'ready' || worker.state === 'retiring') {
    const seat = generation?.seats[worker.seat];
    if (seat !== undefined) {
      // The worker was ready, so the application runs: it is replaced at a steady pace. To wait longer each time would close the site.
      seat.failures = 0;
      seat.notBeforeMs =
        turn.nowMs - worker.sinceMs < SUPERVISOR_LIMITS.stableAfterMs
          ? turn.nowMs + SUPERVISOR_LIMITS.backoffFirstMs
          : 0;
    }
  }
  removeWorker(turn, worker);
}

function onRequestStuck(turn: Turn, worker: FleetWorker, event: EventOf<'request-stuck'>): void {
  const { settings } = turn.fleet;
  const { requestId, method, path, seconds, isLoop } = event;
  const request = `request ${requestId} ${method} ${path}`;
  turn.actions.push({
    kind: 'log',
    level: 'error',
    about: { requestId, method, path },
    text: isLoop
      ? `the event loop of ${label(worker)} has not turned for ${seconds.toFixed(1)} s, longer than the timeout (begun last: ${request}): its clients were answered 504, and it is replaced`
      : `${request} has run for ${seconds.toFixed(1)} s in ${label(worker)}, longer than the timeout: its client was answered 504, and the worker is replaced`,
  });
  worker.stuckCount += 1;
  if (settings.saysHarakiri === true) {
    const words = `*** HARAKIRI ON WORKER ${worker.seat + 1} (pid: ${worker.pid}, try: ${worker.stuckCount}) ***`;
    log(turn, 'error', words);
  }
  worker.why = isLoop ? 'its event loop did not turn' : 'a request has run into the timeout';
  if (worker.stuckCount === 1 && worker.state !== 'stopping') {
    turn.actions.push({ kind: 'signal-worker', generation: worker.generation, worker: worker.id, signal: 'SIGUSR2' });
  }
  const isAlone = isLoop || worker.stuckCount >= settings.threads;
  const graceMs = isAlone ? SUPERVISOR_LIMITS.tracebackMs : Math.min(settings.timeoutMs, settings.gracefulTimeoutMs);
  if (worker.state === 'ready' || worker.state === 'retiring') {
    drainWorker(worker, turn.nowMs, graceMs);
  } else if (worker.state === 'draining') {
    worker.sinceMs = turn.nowMs;
    worker.deadlineMs = Math.min(worker.deadlineMs, turn.nowMs + graceMs);
  }
}
