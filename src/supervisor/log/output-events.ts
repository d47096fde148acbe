/**
 * What a child has printed, line by line, as events of the log.
 *
 * Entries that our own code has marked are events with their own level. Tracebacks that Python's faulthandler writes, when a worker crashes or
 * hangs, are errors: no code of the application's has printed them. All else is output.
 *
 * As text each line of output is an event. As JSON lines that belong together are one: a record of `logging` with its traceback is twenty lines, and
 * twenty objects could neither be read nor counted. A line belongs to those before it if it is indented, or continues a traceback. What was
 * gathered leaves when another line comes, when there is much of it, or after a moment of silence: the caller's timer calls `flush`.
 */

import { SUPERVISOR_LIMITS } from '../limits.ts';
import type { LineLevel, LogEvent, PrintedObject } from './log-event.ts';
import { decodeLine } from './log-line.ts';
import { TracebackReader } from './traceback-reader.ts';
import { WorkerEntries } from './worker-entries.ts';

export class OutputEvents {
  readonly #entries: WorkerEntries;
  readonly #gathers: boolean;
  readonly #tracebacks = new TracebackReader();
  #lines: string[] = [];
  #characters = 0;
  #level: LineLevel = 'output';
  /** Which of the gathered lines begins a traceback; -1: none. */
  #tracebackAt = -1;

  constructor(mark: string, gathers: boolean) {
    this.#entries = new WorkerEntries(mark);
    this.#gathers = gathers;
  }

  /** Something waits for more: `flush` is to be called after a moment. */
  get hasPending(): boolean {
    return this.#lines.length > 0 || this.#entries.hasOpen;
  }

  feed(lines: readonly Buffer[]): LogEvent[] {
    const events: LogEvent[] = [];
    for (const line of lines) {
      const at = this.#entries.find(line);
      if (at !== 0) {
        events.push(...this.#feedOutput(decodeLine(at === -1 ? line : line.subarray(0, at))));
      }
      const entries = at === -1 ? [] : this.#entries.take(line.subarray(at));
      if (entries.length > 0) {
        events.push(...this.#takeGathered(), ...entries);
      }
    }
    return events;
  }

  flush(): LogEvent[] {
    this.#tracebacks.reset();
    return [...this.#takeGathered(), ...this.#entries.flush()];
  }

  #feedOutput(line: string): LogEvent[] {
    const role = this.#tracebacks.read(line);
    if (role === 'ours') {
      return [];
    }
    const level = this.#tracebacks.isOfFaulthandler ? 'error' : 'output';
    if (!this.#gathers) {
      return [{ level, message: line, traceback: '' }];
    }
    const continues = role === 'continues' || role === 'traceback';
    const isTooMuch = this.#characters + line.length > SUPERVISOR_LIMITS.logEventCharactersMax;
    const events = continues && level === this.#level && !isTooMuch ? [] : this.#takeGathered();
    if (role === 'traceback' && this.#tracebackAt === -1) {
      this.#tracebackAt = this.#lines.length;
    }
    this.#lines.push(line);
    this.#characters += line.length;
    this.#level = level;
    return events;
  }

  #takeGathered(): LogEvent[] {
    const lines = this.#lines;
    const at = this.#tracebackAt;
    this.#lines = [];
    this.#characters = 0;
    this.#tracebackAt = -1;
    while (lines.length > 1 && lines.at(-1) === '') {
      lines.pop();
    }
    return lines.length === 0 ? [] : [toEvent(this.#level, lines, at)];
  }
}

/** A traceback that nothing was said before is told by its last line, which names the exception. */
function toEvent(level: LineLevel, lines: readonly string[], tracebackAt: number): LogEvent {
  const [first = ''] = lines;
  if (tracebackAt !== -1) {
    const message = tracebackAt === 0 ? (lines.at(-1) ?? '') : lines.slice(0, tracebackAt).join('\n');
    return { level, message, traceback: lines.slice(tracebackAt).join('\n') };
  }
  if (level === 'error') {
    return { level, message: first, traceback: lines.slice(1).join('\n') };
  }
  const fields = lines.length === 1 ? readObject(first) : undefined;
  return { level, message: lines.join('\n'), traceback: '', ...(fields === undefined ? {} : { fields }) };
}

/** The object that a line is, if it is one in JSON. */
function readObject(line: string): PrintedObject | undefined {
  if (!line.startsWith('{') || !line.endsWith('}')) {
    return undefined;
  }
  try {
    // An object, by its brackets, whose values nobody knows.
    const values = JSON.parse(line) as Readonly<Record<string, unknown>>;
    return isDeeper(values, SUPERVISOR_LIMITS.logFieldsDepthMax) ? undefined : { text: line, values };
  } catch {
    return undefined;
  }
}

function isDeeper(value: unknown, depthMax: number): boolean {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  return depthMax === 0 || Object.values(value).some((inner) => isDeeper(inner, depthMax - 1));
}
