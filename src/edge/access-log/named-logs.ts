/**
 * Logs whose names are made of the request (`$host.log`). How many there are is up to clients, so what is held of them is bounded: lines are gathered for one turn of the
 * event loop, and each file is opened, written to and closed, unless the configuration says that files stay open.
 */

import type { LogTarget } from '../../config/model/logs.ts';
import { systemClock } from '../../kernel/clock.ts';
import { LineWriter } from './line-writer.ts';

const LIMITS = {
  /** Files of one turn, and bytes for them: beyond it they are written at once. */
  pathsMax: 256,
  bytesMax: 1_048_576,
  /** However many the configuration allows: descriptors are for clients first. */
  openMax: 1024,
  /** A fault, of whichever file, is told again only after so long: clients can make up names. */
  repeatMs: 60_000,
} as const;

interface Kept {
  /** Undefined: it has not been used often enough to stay open. */
  writer: LineWriter | undefined;
  uses: number;
  usedMs: number;
  checkedMs: number;
}

export class NamedLogs {
  readonly #keeping: NonNullable<LogTarget['kept']> | undefined;
  readonly #onError: (text: string) => void;
  readonly #onTurn = (): void => this.flush();
  /** By path. */
  readonly #lines = new Map<string, string>();
  #bytes = 0;
  #isAwaited = false;
  /** Those used last stand last. */
  readonly #kept = new Map<string, Kept>();
  #sweep: NodeJS.Timeout | undefined;
  #toldMs = Number.NEGATIVE_INFINITY;

  constructor(keeping: LogTarget['kept'], onError: (text: string) => void) {
    this.#keeping = keeping;
    this.#onError = onError;
  }

  /** `path` and `line` are latin-1 text that stands for bytes. */
  write(path: string, line: string): void {
    this.#lines.set(path, (this.#lines.get(path) ?? '') + line);
    this.#bytes += line.length;
    if (this.#lines.size > LIMITS.pathsMax || this.#bytes > LIMITS.bytesMax) {
      this.flush();
    } else if (!this.#isAwaited) {
      this.#isAwaited = true;
      setImmediate(this.#onTurn);
    }
  }

  flush(): void {
    this.#isAwaited = false;
    this.#bytes = 0;
    for (const [path, lines] of this.#lines) {
      this.#writeTo(Buffer.from(path, 'latin1').toString(), lines);
    }
    this.#lines.clear();
  }

  #writeTo(path: string, lines: string): void {
    try {
      if (this.#keeping === undefined) {
        this.#writeOnce(path, lines);
      } else {
        this.#writeKept(path, lines, this.#keeping);
      }
    } catch (error) {
      this.#tell(`the access log ${path} cannot be opened, lines are lost: ${(error as Error).message}`);
    }
  }

  #open(path: string): LineWriter {
    return new LineWriter(path, (text) => this.#tell(text));
  }

  #writeOnce(path: string, lines: string): void {
    const writer = this.#open(path);
    writer.write(lines);
    writer.close();
  }

  /** Only a file that could be opened takes the place of another: names that clients make up would close all that are in use. */
  #writeKept(path: string, lines: string, keeping: NonNullable<LogTarget['kept']>): void {
    const kept = this.#taken(path, keeping.checkMs);
    kept.uses += lines.split('\n').length - 1;
    if (kept.writer === undefined && kept.uses < keeping.usesMin) {
      this.#writeOnce(path, lines);
    } else {
      kept.writer ??= this.#open(path);
      kept.writer.write(lines);
    }
    this.#keep(path, kept, keeping);
  }

  #taken(path: string, checkMs: number): Kept {
    const nowMs = systemClock.monotonicMs();
    const kept = this.#kept.get(path) ?? { writer: undefined, uses: 0, usedMs: nowMs, checkedMs: nowMs };
    this.#kept.delete(path);
    if (nowMs - kept.checkedMs >= checkMs) {
      // The file may have been moved away.
      kept.checkedMs = nowMs;
      kept.writer?.reopen();
    }
    kept.usedMs = nowMs;
    return kept;
  }

  #keep(path: string, kept: Kept, { filesMax, idleMs }: NonNullable<LogTarget['kept']>): void {
    this.#kept.set(path, kept);
    const [oldest] = this.#kept;
    if (oldest !== undefined && this.#kept.size > Math.min(filesMax, LIMITS.openMax)) {
      this.#drop(oldest[0], oldest[1]);
    }
    this.#sweep ??= setTimeout(() => this.#closeIdle(idleMs), idleMs).unref();
  }

  #drop(path: string, { writer }: Kept): void {
    this.#kept.delete(path);
    writer?.close();
  }

  #closeIdle(idleMs: number): void {
    this.#sweep = undefined;
    const nowMs = systemClock.monotonicMs();
    for (const [path, kept] of this.#kept) {
      if (nowMs - kept.usedMs >= idleMs) {
        this.#drop(path, kept);
      }
    }
    if (this.#kept.size > 0) {
      this.#sweep = setTimeout(() => this.#closeIdle(idleMs), idleMs).unref();
    }
  }

  #tell(text: string): void {
    const nowMs = systemClock.monotonicMs();
    if (nowMs - this.#toldMs >= LIMITS.repeatMs) {
      this.#toldMs = nowMs;
      this.#onError(text);
    }
  }

  reopen(): void {
    this.flush();
    this.#closeAll();
  }

  close(): void {
    this.flush();
    this.#closeAll();
  }

  #closeAll(): void {
    clearTimeout(this.#sweep);
    this.#sweep = undefined;
    for (const [path, kept] of this.#kept) {
      this.#drop(path, kept);
    }
  }
}
