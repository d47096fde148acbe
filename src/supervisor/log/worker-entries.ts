/**
 * Finds the entries that our own code in a worker has written among the lines that the application prints (docs/control.md, "The log pipe").
 * Lines of an entry carry the server's mark, which no client can know, and the number of the entry, because threads write at the same time.
 */

import { SUPERVISOR_LIMITS } from '../limits.ts';
import type { LogEvent, RequestFacts } from './log-event.ts';
import { ownEvent } from './log-event.ts';
import { decodeLine } from './log-line.ts';

/** ASCII's record separator, which text has no use for. */
const RECORD = '\x1e';
const RECORD_BYTE = 0x1e;
const NUMBER = /^([\da-f:]{1,40})([-+.])/;
const NUMBER_LENGTH_MAX = 41;

interface OpenEntry {
  readonly facts: EntryFacts;
  readonly lines: string[];
  /** Pieces of a line whose end has not come. */
  pieces: Buffer[];
  bytes: number;
}

interface EntryFacts {
  readonly level: 'debug' | 'info' | 'warning' | 'error';
  readonly about: RequestFacts | undefined;
}

export class WorkerEntries {
  readonly #prefix: Buffer;
  readonly #open = new Map<string, OpenEntry>();

  constructor(mark: string) {
    this.#prefix = Buffer.from(`${RECORD}${mark} `, 'latin1');
  }

  get hasOpen(): boolean {
    return this.#open.size > 0;
  }

  /**
   * Where in a line that of an entry begins; -1: nowhere, as in most. It is not at the beginning where the application has printed something without an
   * end of line before.
   */
  find(line: Buffer): number {
    const at = line.indexOf(RECORD_BYTE);
    return at === -1 ? -1 : line.indexOf(this.#prefix, at);
  }

  /** The entries that are whole by this line: one, none, or another one that had to make room for it. */
  take(line: Buffer): LogEvent[] {
    const rest = line.subarray(this.#prefix.length);
    const [whole, number = '', flag] = NUMBER.exec(rest.toString('latin1', 0, NUMBER_LENGTH_MAX)) ?? [''];
    const text = rest.subarray(whole.length);
    const entry = this.#open.get(number);
    if (entry === undefined) {
      const facts = readFacts(text);
      const fresh = { facts: facts ?? FACTS_UNKNOWN, lines: [], pieces: [], bytes: 0 };
      this.#open.set(number, fresh);
      const room = this.#open.size > SUPERVISOR_LIMITS.logEntriesOpenMax ? this.#close(firstKey(this.#open)) : [];
      // The rest of an entry whose beginning is lost, or that was too long, is told as well.
      return facts === undefined ? [...room, ...this.#add(number, fresh, text, flag)] : room;
    }
    return this.#add(number, entry, text, flag);
  }

  #add(number: string, entry: OpenEntry, text: Buffer, flag: string | undefined): LogEvent[] {
    entry.pieces.push(text);
    entry.bytes += text.length;
    if (flag !== '-') {
      endLine(entry);
    }
    return flag === '.' || entry.bytes > SUPERVISOR_LIMITS.logEntryBytesMax ? this.#close(number) : [];
  }

  /** What has come of entries whose end has not: their writer was killed. */
  flush(): LogEvent[] {
    return [...this.#open.keys()].flatMap((number) => this.#close(number));
  }

  #close(number: string): LogEvent[] {
    const entry = this.#open.get(number);
    this.#open.delete(number);
    if (entry === undefined) {
      return [];
    }
    if (entry.pieces.length > 0) {
      endLine(entry);
    }
    return entry.lines.length === 0 ? [] : [ownEvent(entry.facts.level, entry.lines.join('\n'), entry.facts.about)];
  }
}

function endLine(entry: OpenEntry): void {
  entry.lines.push(decodeLine(Buffer.concat(entry.pieces)));
  entry.pieces = [];
}

function firstKey(map: ReadonlyMap<string, OpenEntry>): string {
  return map.keys().next().value ?? '';
}

const FACTS_UNKNOWN: EntryFacts = { level: 'error', about: undefined };
const LEVELS = ['debug', 'info', 'warning', 'error'] as const;

function readFacts(bytes: Buffer): EntryFacts | undefined {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  // A record of unknown values, as just checked.
  const { level, requestId, method, path } = value as Readonly<Record<string, unknown>>;
  const isAbout = typeof requestId === 'string' && typeof method === 'string' && typeof path === 'string';
  return {
    level: LEVELS.find((known) => known === level) ?? 'error',
    about: isAbout ? { requestId, method, path } : undefined,
  };
}
