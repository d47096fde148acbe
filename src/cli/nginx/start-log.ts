/**
 * What nginx says before its configuration is read, and of what is wrong in it: on standard error as `nginx: [emerg] …`, and in the error log that `-e`
 * names. Programs look for both.
 */

import { closeSync, constants, openSync, writeSync } from 'node:fs';
import type { Clock } from '../../kernel/clock.ts';
import type { ErrorLevel } from '../../kernel/error-line.ts';
import { isLogged, renderErrorLine } from '../../kernel/error-line.ts';
import { systemWords } from '../../kernel/system-words.ts';
import { asUser } from '../../supervisor/privileges.ts';
import { isRootsAlone, strangerOn } from '../../supervisor/trusted-path.ts';
import type { Terminal } from '../terminal.ts';

const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK, O_NOCTTY, O_NOFOLLOW } = constants;
const LOG_FLAGS: number = O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY;
const LOG_MODE = 0o644;
const NAMELESS = { userName: '', home: '' } as const;
/** What is less grave is in the log alone. */
const LEAST_SHOWN = 'warn';

export interface StartLogOptions {
  /** '': standard error. */
  readonly path: string;
  readonly least: ErrorLevel;
}

/**
 * Root follows no link that somebody else may have laid. Where somebody decides what the path leads to, it is opened with the rights of that user; where a
 * group may, what root appends to is the file of this name. Throws what open(2) throws.
 */
export function openForAppending(path: string): number {
  if (process.geteuid?.() !== 0 || isRootsAlone(path)) {
    return openSync(path, LOG_FLAGS, LOG_MODE);
  }
  const stranger = strangerOn(path);
  const open = () => openSync(path, LOG_FLAGS | O_NOFOLLOW, LOG_MODE);
  if (stranger === undefined) {
    return open();
  }
  const { uid, gid } = stranger;
  return asUser({ ...NAMELESS, uid, gid, groups: [gid] }, open);
}

export class StartLog {
  readonly #terminal: Pick<Terminal, 'error'>;
  readonly #clock: Clock;
  readonly #least: ErrorLevel;
  readonly #fd: number | undefined;

  /** A log that cannot be opened is told of, and done without. */
  constructor({ path, least }: StartLogOptions, terminal: Pick<Terminal, 'error'>, clock: Clock) {
    this.#terminal = terminal;
    this.#clock = clock;
    this.#least = least;
    this.#fd = path === '' ? undefined : this.#open(path);
  }

  #open(path: string): number | undefined {
    try {
      return openForAppending(path);
    } catch (error) {
      this.#terminal.error(
        `nginx: [alert] could not open error log file: open() "${path}" failed (${systemWords(error)})\n`,
      );
      return undefined;
    }
  }

  say(level: ErrorLevel, message: string): void {
    if (isLogged(level, LEAST_SHOWN)) {
      this.#terminal.error(`nginx: [${level}] ${message}\n`);
    }
    if (this.#fd !== undefined && isLogged(level, this.#least)) {
      const self = { pid: process.pid, tid: process.pid };
      this.#write(this.#fd, renderErrorLine(this.#clock.nowMs(), level, self, 0, message));
    }
  }

  /** Words without a level, for the terminal alone. */
  tell(text: string): void {
    this.#terminal.error(`nginx: ${text}\n`);
  }

  /** What the daemon says, as it is. */
  print(text: string): void {
    this.#terminal.error(text);
  }

  #write(fd: number, line: string): void {
    try {
      writeSync(fd, line);
    } catch {
      // A full disk: what was to be written is on the terminal.
      return;
    }
  }

  close(): void {
    if (this.#fd !== undefined) {
      closeSync(this.#fd);
    }
  }
}
