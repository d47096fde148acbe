/**
 * Tracebacks that an operator has asked a worker for. Python's faulthandler writes them into the worker's log pipe, among what the application prints: they are
 * taken out of that before it is read as a log. Lines in, lines out; time is the caller's.
 *
 * A worker that is stopped writes them when it goes on, perhaps long after nobody waits any more: they are taken out all the same, once. If the supervisor
 * has asked as well, because a request is stuck, they are for the log too.
 */

import type { TracedThread } from '../../protocol/control/operator.ts';
import { SUPERVISOR_LIMITS } from '../limits.ts';
import { decodeLine } from './log-line.ts';
import { TracebackReader } from './traceback-reader.ts';

interface TracedLine {
  readonly line: string;
  /** It says more than how the worker has called the application. */
  readonly isShown: boolean;
}

/** Our code around every request of a synchronous worker, in the thread of its unit (python/portico_worker/wsgi/unit.py). */
const SERVES_UNIT = /\/portico_worker\/wsgi\/unit\.py", line \d+ in serve$/;
const HEADING = /^(?:Current thread|Thread) 0x/;

export class AskedTracebacks {
  readonly #reader = new TracebackReader();
  #isAsked = false;
  #isForLog = false;
  #lines: TracedLine[] = [];
  /** Called at each line. */
  #onLine: () => void = () => undefined;

  /** From now on. `onLine`: something of them has come. */
  ask(onLine: () => void): void {
    this.#isAsked = true;
    this.#isForLog = false;
    this.#lines = [];
    this.#reader.reset();
    this.#onLine = onLine;
  }

  /** What has come of them, and is not waited for any longer. */
  takeThreads(): readonly TracedThread[] {
    const lines = this.#lines;
    this.#lines = [];
    this.#onLine = () => undefined;
    this.#isAsked = lines.length === 0;
    return threadsOf(lines);
  }

  /** The supervisor asks for them too. */
  leaveToLog(): void {
    this.#isForLog = true;
  }

  /** Returns what is for the log. */
  take(lines: readonly Buffer[]): readonly Buffer[] {
    return this.#isAsked ? lines.filter((line) => !this.#takeLine(line) || this.#isForLog) : lines;
  }

  #takeLine(bytes: Buffer): boolean {
    const line = decodeLine(bytes);
    const role = this.#reader.read(line);
    if (!this.#reader.isOfFaulthandler) {
      return false;
    }
    if (this.#lines.length < SUPERVISOR_LIMITS.traceLinesMax) {
      this.#lines.push({ line, isShown: role !== 'ours' });
    }
    this.#onLine();
    return true;
  }
}

interface Thread {
  readonly heading: string;
  readonly frames: string[];
  servesUnit: boolean;
}

function threadsOf(lines: readonly TracedLine[]): TracedThread[] {
  const threads: Thread[] = [];
  for (const { line, isShown } of lines) {
    const thread = threads.at(-1);
    if (HEADING.test(line)) {
      threads.push({ heading: line, frames: [], servesUnit: false });
    } else if (thread !== undefined && line.trim() !== '') {
      thread.servesUnit ||= SERVES_UNIT.test(line);
      if (isShown) {
        thread.frames.push(line);
      }
    }
  }
  // The thread that was started last comes first; those of the units were started in their order.
  const unitThreads = threads.filter(({ servesUnit }) => servesUnit).reverse();
  return threads.map((thread) => ({
    heading: thread.heading,
    unit: thread.servesUnit ? unitThreads.indexOf(thread) : null,
    frames: thread.frames,
  }));
}
