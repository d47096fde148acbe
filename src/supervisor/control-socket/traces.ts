/** Where in its code a worker is now, for whoever asks: of each of its threads, without stopping it. Python's faulthandler answers to a signal, also while C code holds the GIL. */

import type { OperatorAnswer } from '../../protocol/control/operator.ts';
import type { AppHost } from '../children/app-host.ts';
import type { FleetWorker } from '../fleet/fleet-types.ts';
import { SUPERVISOR_LIMITS } from '../limits.ts';
import { readProcessState } from './process-state.ts';

/** What runs in the worker is known elsewhere. */
type Traced =
  | Omit<Extract<OperatorAnswer, { kind: 'traced' }>, 'requests'>
  | Extract<OperatorAnswer, { kind: 'refused' }>;

export class Traces {
  /** Whoever asks for what is being asked for already has the same answer. */
  readonly #running = new Map<number, Promise<Traced>>();

  trace(worker: FleetWorker, host: Pick<AppHost, 'askTracebacks'>): Promise<Traced> {
    const running = this.#running.get(worker.id);
    if (running !== undefined) {
      return running;
    }
    const traced = trace(worker, host).finally(() => this.#running.delete(worker.id));
    this.#running.set(worker.id, traced);
    return traced;
  }
}

function trace(worker: FleetWorker, host: Pick<AppHost, 'askTracebacks'>): Promise<Traced> {
  const { name, pid, state } = worker;
  if (isStopped(pid)) {
    // Asked, it would write them when it goes on, for nobody.
    return Promise.resolve({ kind: 'refused', error: whySilent(worker) });
  }
  return new Promise((resolve) => {
    let silence: NodeJS.Timeout | undefined;
    const asked = host.askTracebacks(worker, () => {
      clearTimeout(silence);
      silence = setTimeout(finish, SUPERVISOR_LIMITS.traceSilenceMs);
    });
    const limit = setTimeout(finish, SUPERVISOR_LIMITS.traceMs);
    function finish(): void {
      clearTimeout(silence);
      clearTimeout(limit);
      const threads = asked?.takeThreads() ?? [];
      resolve(
        threads.length > 0
          ? { kind: 'traced', worker: name, pid, state, threads }
          : { kind: 'refused', error: whySilent(worker) },
      );
    }
    if (asked === undefined) {
      finish();
    }
  });
}

function isStopped(pid: number): boolean {
  return /^t$/i.test(readProcessState(pid) ?? '');
}

function whySilent({ name, pid }: FleetWorker): string {
  const who = `${name} (pid ${pid})`;
  if (pid === 0) {
    return `${name} is only being started`;
  }
  const seconds = SUPERVISOR_LIMITS.traceMs / 1000;
  switch (readProcessState(pid)) {
    case undefined:
    case 'Z':
    case 'X':
      return `${who} has ended`;
    case 'T':
    case 't':
      return `${who} is stopped, by SIGSTOP or a debugger, and writes nothing: "kill -CONT ${pid}" lets it go on`;
    case 'D':
      return `${who} waits for a disk or a device, and has written nothing within ${seconds} s`;
    default:
      return `${who} has written nothing within ${seconds} s: it is starved, or the application has taken SIGUSR2 for itself`;
  }
}
