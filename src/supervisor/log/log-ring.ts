/**
 * The last lines of the log, in memory, for whoever asks for them, and those that come for whoever waits. They are kept as the bytes that the log gets, in one piece of
 * memory: entries kept as objects would have the young generation of the heap grow by 50 MB under an application that prints much.
 */

import { SUPERVISOR_LIMITS } from '../limits.ts';
import type { LogEvent } from './log-event.ts';
import type { LogOutlet } from './log-outlet.ts';

export interface Failure {
  readonly atMs: number;
  readonly text: string;
}

type Listener = (text: string) => void;

const LINE_FEED = 0x0a;
const FAILURES_MAX = 5;
const FAILURE_LEVELS: ReadonlySet<LogEvent['level']> = new Set(['error', 'crit', 'alert', 'emerg']);

export class LogRing {
  readonly #bytes: Buffer;
  /** Where the next byte goes; what is behind it is the oldest. */
  #end = 0;
  #isFull = false;
  #failures: readonly Failure[] = [];
  readonly #listeners = new Set<Listener>();

  constructor(size: number = SUPERVISOR_LIMITS.logRingBytes) {
    this.#bytes = Buffer.alloc(size);
  }

  /** An outlet whose text is kept as well. */
  beside(outlet: LogOutlet): LogOutlet {
    return {
      sink: {
        write: (text) => {
          outlet.sink.write(text);
          this.write(text);
        },
      },
      render: (nowMs, origin, event) => {
        if (FAILURE_LEVELS.has(event.level)) {
          this.#failures = [...this.#failures, { atMs: nowMs, text: event.message }].slice(-FAILURES_MAX);
        }
        return outlet.render(nowMs, origin, event);
      },
    };
  }

  /** What has failed last, oldest first. */
  get failures(): readonly Failure[] {
    return this.#failures;
  }

  /** Whole lines. */
  write(text: string): void {
    const bytes = Buffer.from(text).subarray(-this.#bytes.length);
    const room = this.#bytes.length - this.#end;
    bytes.copy(this.#bytes, this.#end);
    bytes.copy(this.#bytes, 0, Math.min(room, bytes.length));
    this.#isFull ||= bytes.length >= room;
    this.#end = (this.#end + bytes.length) % this.#bytes.length;
    for (const listen of this.#listeners) {
      listen(text);
    }
  }

  /** Oldest first, without their line feeds. Of the oldest line a part is lost. */
  lines(): string[] {
    const kept = this.#isFull
      ? Buffer.concat([this.#bytes.subarray(this.#end), this.#bytes.subarray(0, this.#end)])
      : this.#bytes.subarray(0, this.#end);
    const whole = this.#isFull ? kept.subarray(kept.indexOf(LINE_FEED) + 1) : kept;
    return whole.length === 0 ? [] : whole.toString('utf8').replace(/\n$/, '').split('\n');
  }

  /** Returns what ends it. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
