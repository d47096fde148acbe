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

const HEADING = /^(?:Current thread|Thread) 0x/;

export class AskedTracebacks {
  readonly #reader = new TracebackReader();
  #isAsked = false;
  #isForLog = false;
  #lines: string[] = [];
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
    if (role !== 'ours' && this.#lines.length < SUPERVISOR_LIMITS.traceLinesMax) {
      this.#lines.push(line);
    }
    this.#onLine();
    return true;
  }
}

function threadsOf(lines: readonly string[]): TracedThread[] {
  const threads: { heading: string; frames: string[] }[] = [];
  for (const line of lines) {
    if (HEADING.test(line)) {
      threads.push({ heading: line, frames: [] });
    } else if (line.trim() !== '') {
      threads.at(-1)?.frames.push(line);
    }
  }
  return threads;
}
