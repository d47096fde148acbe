/** What follows when a generation, or a worker of it, does not come to be. */

import { backoffMs } from './backoff.ts';
import { endGeneration, killWorker, label, log } from './fleet-changes.ts';
import { beginStop } from './fleet-stop.ts';
import type { FleetWorker, Generation, Turn } from './fleet-types.ts';

/** The exit code when the application cannot be loaded; gunicorn's as well. */
const APPLICATION_FAULT = 3;

/** A generation that cannot be: at the first start the server ends with it, later the one that runs goes on. */
export function failGeneration(turn: Turn, generation: Generation, error: string, traceback: string): void {
  const { fleet } = turn;
  endGeneration(turn, generation);
  if (!fleet.wasReady) {
    if (fleet.stop === undefined) {
      turn.actions.push({ kind: 'give-up', error, traceback });
      beginStop(turn, { isQuick: true, why: '', code: APPLICATION_FAULT });
    }
    return;
  }
  const isServing = fleet.current !== undefined;
  const ending = isServing ? 'The version that runs is kept. Mend it and reload again' : 'It is tried again';
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

/** A worker that did not live: its seat waits longer each time before it is tried again. */
export function recordFailure(turn: Turn, generation: Generation, seatIndex: number): void {
  generation.failures += 1;
  const seat = generation.seats[seatIndex];
  if (seat !== undefined) {
    seat.failures += 1;
    seat.notBeforeMs = turn.nowMs + backoffMs(seat.failures);
  }
}

/** For the start timeout, which `settle` watches. */
export function failStart(turn: Turn, worker: FleetWorker): void {
  const { fleet } = turn;
  const seconds = fleet.settings.startTimeoutMs / 1000;
  const words = `${label(worker)} was not ready ${seconds} s after its start (--start-timeout)`;
  const generation = fleet.generations.get(worker.generation);
  killWorker(turn, worker);
  if (generation === undefined) {
    return;
  }
  recordFailure(turn, generation, worker.seat);
  if (fleet.next === generation.id) {
    failGeneration(turn, generation, words, '');
  } else {
    log(turn, 'error', `${words}; it is killed and replaced`);
  }
}
