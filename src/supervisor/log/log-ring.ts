/** The last entries of the log, in memory, for whoever asks for them, and those that come for whoever waits. Entries are rendered only then. */

import type { LogLevel } from '../../config/serve-options.ts';
import { SUPERVISOR_LIMITS } from '../limits.ts';
import type { LineOrigin, LogEvent } from './log-event.ts';
import type { LogOutlet } from './log-outlet.ts';
import { isAtLeast } from './log-outlet.ts';

export interface LogEntry {
  readonly atMs: number;
  readonly origin: LineOrigin;
  readonly event: LogEvent;
}

type Listener = (entry: LogEntry) => void;

/** What an entry costs beside its text. */
const ENTRY_CHARACTERS = 128;
const NOTHING = '';

export class LogRing {
  #entries: LogEntry[] = [];
  /** Where the oldest is: what is before it has been dropped. */
  #first = 0;
  #characters = 0;
  readonly #listeners = new Set<Listener>();

  /** An outlet of the log, which takes what is at least of this level. */
  outlet(least: LogLevel): LogOutlet {
    return {
      sink: { write: () => undefined },
      render: (atMs, origin, event) => {
        if (isAtLeast(event, least)) {
          this.add({ atMs, origin, event });
        }
        return NOTHING;
      },
    };
  }

  add(entry: LogEntry): void {
    this.#entries.push(entry);
    this.#characters += costOf(entry);
    while (this.#characters > SUPERVISOR_LIMITS.logRingCharactersMax && this.#first < this.#entries.length - 1) {
      this.#dropOldest();
    }
    for (const listen of this.#listeners) {
      listen(entry);
    }
  }

  /** Oldest first. */
  get entries(): readonly LogEntry[] {
    return this.#entries.slice(this.#first);
  }

  /** Returns what ends it. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #dropOldest(): void {
    const oldest = this.#entries[this.#first];
    this.#characters -= oldest === undefined ? 0 : costOf(oldest);
    this.#first += 1;
    // Now and then, so that an entry costs the same however many there are.
    if (this.#first > this.#entries.length / 2) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    }
  }
}

function costOf({ event: { message, traceback } }: LogEntry): number {
  return message.length + traceback.length + ENTRY_CHARACTERS;
}
