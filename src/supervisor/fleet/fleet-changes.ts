/** The single changes that a step is made of, each with what is to be done for it. */

import type { FinishPhase } from '../../protocol/control/zygote.ts';
import { SUPERVISOR_LIMITS } from '../limits.ts';
import type { FleetWorker, Generation, LogAction, Preload, Turn } from './fleet-types.ts';

export function openGeneration(turn: Turn, preload: Preload): void {
  const { fleet } = turn;
  fleet.lastGeneration += 1;
  const id = fleet.lastGeneration;
  fleet.generations.set(id, {
    id,
    preload,
    state: 'loading',
    sinceMs: turn.nowMs,
    isStopSent: false,
    deadlineMs: turn.nowMs + fleet.settings.startTimeoutMs,
    askAtMs: Number.POSITIVE_INFINITY,
    isOverdue: false,
    preloaded: false,
    python: '',
    facts: undefined,
    seats: [],
    failures: 0,
  });
  fleet.next = id;
  const isReload = fleet.isReloading && fleet.takeoverCount > 0;
  turn.actions.push({ kind: 'start-zygote', generation: id, preload, ...(isReload ? { isReload } : {}) });
}

/** Takes a generation out of service: what serves drains, what was never ready is killed, the zygote ends after its last worker. */
export function endGeneration(turn: Turn, generation: Generation): void {
  const { fleet } = turn;
  generation.state = 'ending';
  for (const worker of fleet.workers.values()) {
    if (worker.generation === generation.id) {
      dismissWorker(turn, worker);
    }
  }
  fleet.current = fleet.current === generation.id ? undefined : fleet.current;
  fleet.next = fleet.next === generation.id ? undefined : fleet.next;
}

/** Asks a zygote to end. One that does not hear it, because it still imports the application, is killed later. `isEnd`: the server ends with it. */
export function stopZygote(turn: Turn, generation: Generation, isEnd = false): void {
  if (!generation.isStopSent) {
    generation.isStopSent = true;
    generation.deadlineMs = turn.nowMs + SUPERVISOR_LIMITS.zygoteEndMs;
    generation.askAtMs = Number.POSITIVE_INFINITY;
    turn.actions.push({ kind: 'stop-zygote', generation: generation.id, ...(isEnd ? { isEnd } : {}) });
  }
}

export function killZygote(turn: Turn, generation: Generation): void {
  generation.isStopSent = true;
  generation.deadlineMs = Number.POSITIVE_INFINITY;
  turn.actions.push({ kind: 'kill-zygote', generation: generation.id });
}

/** A worker of `next` may be ready, yet it was never given requests: it is killed as well. */
export function dismissWorker(turn: Turn, worker: FleetWorker): void {
  if (worker.state === 'starting' || worker.generation === turn.fleet.next) {
    killWorker(turn, worker);
  } else if (worker.state === 'ready' || worker.state === 'retiring') {
    letWorkerFinish(turn, worker);
  }
}

/** Streams and WebSockets may go on longer than requests, which have the graceful timeout. */
export function letWorkerFinish(turn: Turn, worker: FleetWorker): void {
  const { drainTimeoutMs, gracefulTimeoutMs } = turn.fleet.settings;
  if (isAsync(turn, worker)) {
    drainWorker(worker, turn.nowMs, drainTimeoutMs);
  } else {
    drainWorker(worker, turn.nowMs, gracefulTimeoutMs + SUPERVISOR_LIMITS.workerEndMs);
    finishWorker(turn, worker, 'drain', gracefulTimeoutMs);
  }
}

/** Tells the worker how long it has. When that time is over the worker logs what it has not finished, and ends by itself. */
export function finishWorker(turn: Turn, worker: FleetWorker, phase: FinishPhase, withinMs: number): void {
  const { generation, id } = worker;
  turn.actions.push({ kind: 'finish-worker', generation, worker: id, withinMs, phase });
}

/** The edge hears of this through `publish`, and sends DRAIN. */
export function drainWorker(worker: FleetWorker, nowMs: number, graceMs: number): void {
  worker.state = 'draining';
  worker.sinceMs = nowMs;
  worker.deadlineMs = nowMs + graceMs;
}

function isAsync({ fleet }: Turn, worker: FleetWorker): boolean {
  return fleet.generations.get(worker.generation)?.facts?.interface === 'asgi';
}

/** Whether a worker that drains may still be told to close its WebSockets and end. */
export function mayClose(turn: Turn, worker: FleetWorker): boolean {
  return isAsync(turn, worker) && !worker.isClosing && worker.stuckCount === 0 && turn.server.stop === undefined;
}

/** The edge hears of this through `publish`, and closes the worker's WebSockets; its other streams have the graceful timeout. */
export function closeWorker(turn: Turn, worker: FleetWorker, why: string): void {
  log(turn, 'info', `${label(worker)} is asked to end: ${why}; its WebSockets are closed`);
  worker.isClosing = true;
  const { gracefulTimeoutMs } = turn.fleet.settings;
  worker.deadlineMs = turn.nowMs + gracefulTimeoutMs + SUPERVISOR_LIMITS.workerEndMs;
  finishWorker(turn, worker, 'stopping', gracefulTimeoutMs);
}

export function killWorker(turn: Turn, worker: FleetWorker): void {
  if (worker.state !== 'stopping') {
    worker.state = 'stopping';
    worker.deadlineMs = Number.POSITIVE_INFINITY;
    turn.actions.push({ kind: 'signal-worker', generation: worker.generation, worker: worker.id, signal: 'SIGKILL' });
  }
}

/** As gunicorn tells a worker whose time is over: it calls `worker_abort`, and what runs in its main thread gets SystemExit. Then it is killed. */
export function abortWorker(turn: Turn, worker: FleetWorker): void {
  worker.isAborted = true;
  worker.deadlineMs = turn.nowMs + SUPERVISOR_LIMITS.abortMs;
  turn.actions.push({ kind: 'signal-worker', generation: worker.generation, worker: worker.id, signal: 'SIGABRT' });
}

/** As gunicorn ends a worker quickly: it calls `worker_int`. */
export function interruptWorker(turn: Turn, worker: FleetWorker): void {
  drainWorker(worker, turn.nowMs, Number.POSITIVE_INFINITY);
  turn.actions.push({ kind: 'signal-worker', generation: worker.generation, worker: worker.id, signal: 'SIGQUIT' });
}

export function retireWorker(turn: Turn, worker: FleetWorker, reason: string): void {
  if (worker.state === 'ready') {
    worker.state = 'retiring';
    worker.why = reason;
    worker.deadlineMs = Number.POSITIVE_INFINITY;
    log(turn, 'info', `${label(worker)} is replaced: ${reason}`);
  }
}

/** Forgets a worker whose process has ended. */
export function removeWorker(turn: Turn, worker: FleetWorker): void {
  turn.fleet.workers.delete(worker.id);
  turn.fleet.freeBerths.push(worker.berth);
  turn.fleet.gone.push(worker.id);
}

/** A line about an application, or about the whole server. */
export function log(
  turn: { readonly actions: { push(action: LogAction): void } },
  level: LogAction['level'],
  text: string,
): void {
  turn.actions.push({ kind: 'log', level, text });
}

export function label(worker: FleetWorker): string {
  return `worker ${worker.name}${worker.pid === 0 ? '' : ` (pid ${worker.pid})`}`;
}

/** The traceback to put behind a message, the first time it is seen. */
export function nameFault(turn: Turn, traceback: string): string {
  const isNew = traceback !== '' && traceback !== turn.fleet.loggedFault;
  turn.fleet.loggedFault = traceback;
  return isNew ? `\n${traceback.trimEnd()}` : ' (the same traceback as before)';
}
