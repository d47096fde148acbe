/** What follows when a generation, or a worker of it, does not come to be. */

import type { LoadFault } from '../../protocol/control/zygote.ts';
import { ENDED } from '../exit-codes.ts';
import { SUPERVISOR_LIMITS } from '../limits.ts';
import { backoffMs } from './backoff.ts';
import { refuseApp } from './fleet-apps.ts';
import { endGeneration, killWorker, killZygote, label, log, openGeneration } from './fleet-changes.ts';
import { beginStop } from './fleet-stop.ts';
import type { Exit, FleetWorker, Generation, Turn } from './fleet-types.ts';
import { appsOf } from './turns.ts';

/** A generation that cannot serve: at the first start the server ends with it, later the generation that runs goes on. */
export function failGeneration(turn: Turn, generation: Generation, fault: LoadFault): void {
  const { fleet } = turn;
  const { error, traceback } = fault;
  endGeneration(turn, generation);
  fleet.loadFault = { error, traceback };
  const isAloneAtMost = !fleet.wasReady && fleet.holdsLock && fleet.target > 1;
  if (fleet.membership === 'joining' && !isAloneAtMost) {
    refuseApp(turn, error, traceback);
    return;
  }
  if (!fleet.wasReady) {
    if (turn.server.stop === undefined && isAloneAtMost) {
      serveAlone(turn, error);
    } else if (turn.server.stop === undefined && fleet.settings.isDevelopment && fault.page !== undefined) {
      awaitMend(turn, generation, fault);
    } else if (turn.server.stop === undefined) {
      giveUpApp(turn, fault);
    }
    return;
  }
  const isServing = fleet.current !== undefined;
  if (!isServing && fleet.settings.isDevelopment) {
    awaitMend(turn, generation, fault);
    return;
  }
  fleet.isOld = isServing;
  const kept = fleet.holdsLock
    ? 'The version that runs is kept. It holds a lock: if that stands in the way, only a new start of the server helps'
    : 'The version that runs is kept. Mend it and reload again';
  const ending = isServing ? kept : 'It is tried again';
  log(
    turn,
    'error',
    `the application could not be loaded: ${error}. ${ending}.${traceback === '' ? '' : `\n${traceback.trimEnd()}`}`,
  );
  if (!isServing) {
    fleet.zygoteRetry.failures += 1;
    fleet.zygoteRetry.notBeforeMs = turn.nowMs + backoffMs(fleet.zygoteRetry.failures);
  }
}

/** At the start: without the one application there is nothing to serve; without one of several the others are served. */
function giveUpApp(turn: Turn, { error, traceback, isMisnamed }: LoadFault): void {
  const { fleet, server } = turn;
  fleet.isFailed = true;
  fleet.isReloading = false;
  if (appsOf(turn).every(({ isFailed }) => isFailed)) {
    const which =
      server.apps.size === 1 ? '' : `none of its applications can be loaded, the last of them ${fleet.settings.id}: `;
    turn.whole.actions.push({ kind: 'give-up', error: `${which}${error}`, traceback });
    const code = isMisnamed === true ? ENDED.misnamed : ENDED.application;
    beginStop(turn.whole, { isQuick: true, why: '', code });
    return;
  }
  turn.actions.push({ kind: 'tell-progress', progress: 'failed' });
  const shown = traceback === '' ? '' : `\n${traceback.trimEnd()}`;
  log(
    turn,
    'error',
    `the application could not be loaded: ${error}. Its requests are answered 503, the other applications are served. Mend it and reload.${shown}`,
  );
}

/** In development, code that cannot be loaded is answered with a page that says why, until a change of it is seen. */
function awaitMend(turn: Turn, { id }: Generation, fault: LoadFault): void {
  const { fleet } = turn;
  const { error, traceback, page } = fault;
  fleet.isBroken = true;
  fleet.isOld = true;
  fleet.awaitsLock = fleet.holdsLock && [...fleet.workers.values()].some(({ generation }) => generation !== id);
  const remedy = fleet.awaitsLock
    ? 'It is loaded again when the workers that hold its lock have ended, or when a file changes'
    : 'Mend it: it is loaded again when a file changes';
  turn.actions.push({
    kind: 'tell-progress',
    progress: 'broken',
    fault: page ?? JSON.stringify({ error, text: traceback || error }),
    number: id,
  });
  log(
    turn,
    'error',
    `the application could not be loaded: ${error}. ${remedy}${traceback === '' ? '' : `\n${traceback.trimEnd()}`}`,
  );
}

/** A fault that only its sentence tells. */
export function plainFault(error: string): LoadFault {
  return { error, traceback: '' };
}

/** The application takes a lock while it is imported, so every worker after the first fails to load it: the first one serves alone. */
function serveAlone(turn: Turn, error: string): void {
  const { fleet } = turn;
  const [lock = ''] = fleet.unsafeReasons;
  const words = `${lock}, and no second worker can load the application (${error})`;
  log(turn, 'warning', `${words}: one worker serves instead of ${fleet.target}; --workers 1 spares the attempt`);
  fleet.target = 1;
  fleet.isAlone = true;
  openGeneration(turn, 'never');
}

/** A worker failed before it was ready: its seat waits longer each time before another worker is started there. */
export function recordFailure(turn: Turn, generation: Generation, seatIndex: number): void {
  generation.failures += 1;
  const seat = generation.seats[seatIndex];
  if (seat !== undefined) {
    seat.failures += 1;
    seat.notBeforeMs = turn.nowMs + backoffMs(seat.failures);
  }
}

/** The start timeout of a worker is over. Where it hangs is written to the log before it is killed. */
export function failStart(turn: Turn, worker: FleetWorker): void {
  const { fleet } = turn;
  if (!worker.isOverdue && worker.pid !== 0) {
    worker.isOverdue = true;
    worker.deadlineMs = turn.nowMs + SUPERVISOR_LIMITS.tracebackMs;
    turn.actions.push({ kind: 'signal-worker', generation: worker.generation, worker: worker.id, signal: 'SIGUSR2' });
    return;
  }
  const seconds = fleet.settings.startTimeoutMs / 1000;
  const words = `${label(worker)} was not ready ${seconds} s after its start (--start-timeout)`;
  const generation = fleet.generations.get(worker.generation);
  killWorker(turn, worker);
  if (generation === undefined) {
    return;
  }
  recordFailure(turn, generation, worker.seat);
  if (fleet.next === generation.id) {
    failGeneration(turn, generation, plainFault(words));
  } else {
    log(turn, 'error', `${words}; it is killed and replaced`);
  }
}

/** The start timeout is over while a zygote loads the application: it is asked for a traceback, and killed when that is written. */
export function failLoading(turn: Turn, generation: Generation): void {
  if (!generation.isOverdue) {
    generation.isOverdue = true;
    generation.deadlineMs = turn.nowMs + SUPERVISOR_LIMITS.tracebackMs;
    turn.actions.push({ kind: 'dump-zygote', generation: generation.id });
    return;
  }
  killZygote(turn, generation);
  failGeneration(turn, generation, plainFault(describeLateImport(turn.fleet.settings.startTimeoutMs)));
}

/** The signal that asks an overdue zygote for a traceback has ended it: a Python that has not come to our program does not hear signals yet. */
export function isEndOfLatePython({ isOverdue }: { readonly isOverdue: boolean }, { signal }: Exit): boolean {
  return isOverdue && signal === 'SIGUSR2';
}

export function describeLatePython(startTimeoutMs: number): string {
  return `Python did not get as far as the application within ${startTimeoutMs / 1000} s (--start-timeout)`;
}

export function describeLateImport(startTimeoutMs: number): string {
  return `the import of the application did not end within ${startTimeoutMs / 1000} s (--start-timeout)`;
}

/** A zygote that was told to stop has not ended. */
export function killLateZygote(turn: Turn, generation: Generation): void {
  const seconds = SUPERVISOR_LIMITS.zygoteEndMs / 1000;
  log(turn, 'info', `a process that was to load the application did not end within ${seconds} s and is killed`);
  killZygote(turn, generation);
}

/** A zygote that has loaded the application is pinged every few seconds, as the edge is. */
export function waitToAskZygote(turn: Turn, generation: Generation): void {
  const { edgeTimeoutMs } = turn.fleet.settings;
  generation.deadlineMs = Number.POSITIVE_INFINITY;
  generation.askAtMs = turn.nowMs + askAfterMs(edgeTimeoutMs);
}

/** How long after an answer the next ping is sent; Infinity where nobody is pinged. */
export function askAfterMs(edgeTimeoutMs: number): number {
  return edgeTimeoutMs === 0 ? Number.POSITIVE_INFINITY : Math.min(SUPERVISOR_LIMITS.edgeAskMs, edgeTimeoutMs / 2);
}

export function askZygote(turn: Turn, generation: Generation): void {
  generation.askAtMs = Number.POSITIVE_INFINITY;
  generation.deadlineMs = turn.nowMs + turn.fleet.settings.edgeTimeoutMs;
  turn.actions.push({ kind: 'ask-zygote', generation: generation.id });
}

/**
 * A zygote that does not answer can neither replace a worker nor tell that one has ended, but its workers serve. So a new zygote loads the
 * application, as in a reload, and the one that does not answer is killed behind its workers.
 */
export function replaceStandingZygote(turn: Turn, generation: Generation): void {
  const { fleet } = turn;
  askZygote(turn, generation);
  if (generation.id !== fleet.current || fleet.next !== undefined || turn.server.stop !== undefined) {
    return;
  }
  const seconds = fleet.settings.edgeTimeoutMs / 1000;
  log(
    turn,
    'error',
    `the process that forks the workers has not answered for ${seconds} s (--edge-timeout); another is started, and the workers serve until its own are ready`,
  );
  openGeneration(turn, fleet.unsafeReasons.length > 0 ? 'never' : fleet.settings.preload);
}
