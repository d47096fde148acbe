/**
 * Appends whole lines to a file, a pipe or a terminal without ever waiting for its reader: what is not taken is kept, up to a bound,
 * and tried again; beyond it lines are dropped and counted. Lines of several threads never stand inside one another: a file is
 * appended to in one write, a pipe in pieces that POSIX promises to take whole or not at all.
 */

import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs';
import { SERVER_STDERR } from '../../protocol/control/edge.ts';
import { standardStreamOf } from './standard-stream.ts';

const LIMITS = {
  /** What is kept for a reader that does not keep up. */
  pendingBytesMax: 4_194_304,
  /** PIPE_BUF of Linux; 512 is the least that POSIX allows. */
  pipePieceBytesMax: 4096,
} as const;

const STDOUT_FD = 1;
const CLOSED = -1;
const NO_WAIT: number = constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK;

/** `-` is standard output. Throws what open(2) throws. */
function openTarget(path: string): number {
  const stream = path === '-' ? 'stdout' : standardStreamOf(path);
  if (stream === undefined) {
    return openPath(path);
  }
  return openAgain(stream === 'stdout' ? STDOUT_FD : SERVER_STDERR);
}

/**
 * What somebody else has opened, opened anew where that is possible: a pipe or a terminal so that its other users are not made non-blocking, a file so that lines
 * are appended, for a shell's `2> file` has a place in it from which the lines of another process would be written over.
 */
export function openAgain(fd: number): number {
  if (fstatSync(fd).isSocket()) {
    return fd;
  }
  try {
    return openSync(`/proc/self/fd/${fd}`, NO_WAIT);
  } catch {
    return fd; // No /proc, or another user's terminal: the descriptor is written to as it is.
  }
}

function openPath(path: string): number {
  try {
    return openSync(path, NO_WAIT | constants.O_CREAT, 0o640);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENXIO') {
      throw error;
    }
    // A pipe that nobody reads yet can be opened together with an end for reading, and keeps what is written until somebody reads it.
    return openSync(path, (NO_WAIT & ~constants.O_WRONLY) | constants.O_RDWR);
  }
}

export interface WriterOptions {
  /** Of a pipe or a terminal which somebody else has opened. */
  readonly fd?: number | undefined;
  /** What messages call the file. */
  readonly kind?: string;
  /** What is written is no lines. */
  readonly isBinary?: boolean;
  /** Where a file can be opened now, if not by its path. */
  readonly placeOf?: (path: string) => string;
}

export class LineWriter {
  readonly #path: string;
  readonly #placeOf: (path: string) => string;
  readonly #kind: string;
  readonly #onError: (text: string) => void;
  /** The file was opened here, by its path. */
  readonly #isOurs: boolean;
  /** What is written is no lines: it is not cut at their ends, and nothing is put in between. */
  readonly #isBinary: boolean;
  #fd: number;
  #isFile: boolean;
  #pending = '';
  #hasFailed = false;
  #endsInLine = false;
  #droppedCount = 0;

  constructor(path: string, onError: (text: string) => void, options: WriterOptions = {}) {
    const { fd, kind = 'access log', isBinary = false, placeOf = (own) => own } = options;
    this.#isBinary = isBinary;
    this.#path = path;
    this.#placeOf = placeOf;
    this.#kind = kind;
    this.#onError = onError;
    this.#isOurs = fd === undefined;
    this.#fd = fd ?? this.#open();
    this.#isFile = fstatSync(this.#fd).isFile();
  }

  #open(): number {
    return openTarget(this.#placeOf(this.#path));
  }

  /** Lines wait for the reader; `write('')` tries again. */
  get isBehind(): boolean {
    return this.#pending !== '';
  }

  /** What waits for the reader is tried again. */
  flush(): void {
    this.write('');
  }

  /** What is written later opens the file again. A descriptor that somebody else has opened stays open. */
  close(): void {
    if (this.#isOurs && this.#fd > SERVER_STDERR) {
      closeSync(this.#fd);
      this.#fd = CLOSED;
    }
  }

  /** `lines` is latin-1 text, each line ended. */
  write(lines: string): void {
    if (this.#pending.length + lines.length > LIMITS.pendingBytesMax) {
      this.#droppedCount += countLines(lines);
    } else {
      this.#pending += lines;
    }
    try {
      this.#writeOut();
    } catch (error) {
      this.#onFailure(error as NodeJS.ErrnoException);
    }
  }

  #writeOut(): void {
    if (this.#pending === '') {
      return;
    }
    if (this.#fd === CLOSED) {
      this.#fd = this.#open();
    }
    if (this.#hasFailed && this.#endsInLine && !this.#isBinary) {
      // The disk was full within a line, whose rest is lost: what follows is not to be its end.
      writeSync(this.#fd, '\n');
      this.#endsInLine = false;
    }
    while (this.#pending !== '') {
      const piece = this.#isFile || this.#isBinary ? this.#pending : this.#nextPiece();
      const count = writeSync(this.#fd, piece, null, 'latin1');
      this.#endsInLine = piece[count - 1] !== '\n';
      this.#pending = this.#pending.slice(count);
    }
    if (this.#droppedCount > 0) {
      const lost = this.#hasFailed
        ? `the ${this.#kind} ${this.#path} can be written again: ${this.#droppedCount} lines were lost`
        : `the reader of the ${this.#kind} ${this.#path} did not keep up: ${this.#droppedCount} lines were dropped`;
      this.#droppedCount = 0;
      this.#onError(lost);
    }
    this.#hasFailed = false;
  }

  /** Whole lines, as many as fit into a piece; a line that is longer than a piece is one by itself. */
  #nextPiece(): string {
    const end = this.#pending.lastIndexOf('\n', LIMITS.pipePieceBytesMax - 1);
    return this.#pending.slice(0, (end === -1 ? this.#pending.indexOf('\n') : end) + 1);
  }

  #onFailure(error: NodeJS.ErrnoException): void {
    if (error.code === 'EAGAIN') {
      return;
    }
    this.#droppedCount += countLines(this.#pending);
    this.#pending = '';
    if (!this.#hasFailed) {
      this.#hasFailed = true;
      this.#onError(`the ${this.#kind} ${this.#path} cannot be written, lines are lost: ${error.message}`);
    }
  }

  /** After rotation: what follows goes to the new file of that name. A pipe or a terminal stays. */
  reopen(): void {
    if (this.#path === '-' || !this.#isOurs || !this.#isFile || this.#fd === CLOSED) {
      return;
    }
    try {
      const fd = this.#open();
      this.close();
      this.#fd = fd;
      this.#endsInLine = false;
      this.#isFile = fstatSync(fd).isFile();
    } catch (error) {
      this.#onError(
        `the ${this.#kind} ${this.#path} cannot be opened again, the old file is used on: ${(error as Error).message}`,
      );
    }
  }
}

function countLines(lines: string): number {
  return lines.split('\n').length - 1;
}
