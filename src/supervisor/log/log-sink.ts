/**
 * Where the log goes: bytes to a file, a pipe or a terminal, whole batches at a time, and never in the way of the server. While one
 * write is under way, what comes is collected for the next. A reader that is gone or slow, or a full disk, costs lines (their number is
 * told once there is room again), nothing else.
 *
 * Lines stay whole: within a pipe that others write to as well, over a rotation, and behind one that a full disk has cut.
 */

import { closeSync, constants, fstatSync, openSync, write, writeSync } from 'node:fs';
import type { Clock } from '../../kernel/clock.ts';
import { SUPERVISOR_LIMITS } from '../limits.ts';
import type { Identity } from '../privileges.ts';
import { openLogFile } from './log-file.ts';

/** Where there is no room: at first, and at most. A pipe has 64 KB, so that the first is what makes 10 MB a second possible. */
const RETRY_MS = 2;
const RETRY_MS_MAX = 50;
const STANDARD_ERROR = 2;
const LINE_FEED = 0x0a;
const NOTHING: Buffer = Buffer.alloc(0);

export class LogSink {
  readonly #path: string;
  readonly #identity: Identity | undefined;
  readonly #renderLost: (count: number) => string;
  #fd: number;
  #isPipe: boolean;
  /** The file after a rotation, which is written to when the batch is in the old one: no line stands half in each. */
  #fdNext: number | undefined;
  #pending: Buffer[] = [];
  /** Of the batch and of what is pending. */
  #pendingBytes = 0;
  /** What is being written, without what has been. */
  #batch: Buffer = NOTHING;
  #isWriting = false;
  #retryMs = RETRY_MS;
  #retry: NodeJS.Timeout | undefined;
  #endsInLine = false;
  #lostCount = 0;
  /** The rest is written by whoever waits for the thread. */
  #onThreadDone: (() => void) | undefined;

  /** '' is standard error. `renderLost` tells how many lines were lost. Throws what `open` throws. */
  constructor(path: string, identity: Identity | undefined, renderLost: (count: number) => string) {
    this.#renderLost = renderLost;
    this.#path = path;
    this.#identity = identity;
    this.#fd = path === '' ? openStandardError() : openLogFile(path, identity);
    this.#isPipe = isPipe(this.#fd);
  }

  get fd(): number {
    return this.#fd;
  }

  /** Whole lines. */
  write(text: string): void {
    const bytes = Buffer.from(text);
    if (this.#pendingBytes + bytes.length > SUPERVISOR_LIMITS.logPendingBytesMax) {
      this.#lostCount += countLines(bytes);
      return;
    }
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    this.#flush();
  }

  /** After the file was moved away; a pipe or a terminal stays. What cannot be opened leaves the old one in use, and is thrown. */
  reopen(): void {
    if (this.#path !== '' && fstatSync(this.#fd).isFile()) {
      const fd = openLogFile(this.#path, this.#identity);
      if (this.#fdNext !== undefined) {
        closeSync(this.#fdNext);
      }
      this.#fdNext = fd;
      this.#flush();
    }
  }

  /** The rest, at the end, for as long as it may take: behind what a thread is writing, so that no line overtakes another. */
  async finish(clock: Clock): Promise<void> {
    const deadlineMs = clock.monotonicMs() + SUPERVISOR_LIMITS.logFlushMs;
    if (this.#isWriting) {
      await this.#threadIsDone(SUPERVISOR_LIMITS.logFlushMs);
    }
    const rest = this.#isWriting ? this.#batch.subarray(this.#nextPiece().length) : this.#batch;
    writeUntil(this.#fd, rest, clock, deadlineMs);
    writeUntil(this.#fdNext ?? this.#fd, Buffer.concat(this.#pending), clock, deadlineMs);
    this.#batch = NOTHING;
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#onThreadDone = undefined;
  }

  /** Or the disk does not answer. */
  #threadIsDone(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      this.#onThreadDone = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #flush(): void {
    while (!this.#isWriting && this.#retry === undefined) {
      if (this.#batch.length === 0) {
        this.#takeNextFile();
        this.#takeBatch();
      }
      if (this.#batch.length === 0) {
        return;
      }
      if (this.#isPipe && this.#fd !== STANDARD_ERROR) {
        this.#writeAtOnce();
      } else {
        this.#writeInThread();
      }
    }
  }

  /** To a pipe that is ours and does not block: pieces are so small that a thread for each would be most of the work. */
  #writeAtOnce(): void {
    try {
      this.#onWritten(null, writeSync(this.#fd, this.#nextPiece()));
    } catch (error) {
      this.#onWritten(error as NodeJS.ErrnoException, 0);
    }
  }

  #writeInThread(): void {
    this.#isWriting = true;
    write(this.#fd, this.#nextPiece(), (error, written) => {
      this.#isWriting = false;
      this.#onWritten(error, written);
      if (this.#onThreadDone === undefined) {
        this.#flush();
      } else {
        this.#onThreadDone();
      }
    });
  }

  #takeNextFile(): void {
    if (this.#fdNext !== undefined) {
      closeSync(this.#fd);
      this.#fd = this.#fdNext;
      this.#isPipe = isPipe(this.#fd);
      this.#fdNext = undefined;
      this.#endsInLine = false;
    }
  }

  #takeBatch(): void {
    if (this.#pending.length === 0) {
      return;
    }
    if (this.#endsInLine) {
      // The disk was full within a line, whose rest is lost: what follows is not to be its end.
      this.#endsInLine = false;
      this.#pending.unshift(Buffer.of(LINE_FEED));
      this.#pendingBytes += 1;
    }
    this.#batch = this.#pending.length === 1 ? (this.#pending[0] ?? NOTHING) : Buffer.concat(this.#pending);
    this.#pending = [];
  }

  /** A pipe that others write to as well, as the access log behind `2>&1`, takes so much in one piece or not at all (POSIX); a longer line is alone. */
  #nextPiece(): Buffer {
    if (!this.#isPipe || this.#batch.length <= SUPERVISOR_LIMITS.logPieceBytesMax) {
      return this.#batch;
    }
    const last = this.#batch.lastIndexOf(LINE_FEED, SUPERVISOR_LIMITS.logPieceBytesMax - 1);
    const end = last === -1 ? this.#batch.indexOf(LINE_FEED) : last;
    return end === -1 ? this.#batch : this.#batch.subarray(0, end + 1);
  }

  #onWritten(error: NodeJS.ErrnoException | null, written: number): void {
    if (error !== null && error.code !== 'EAGAIN') {
      this.#lostCount += countLines(this.#batch);
      this.#drop(this.#batch.length);
      return;
    }
    const isShort = error !== null || written < this.#nextPiece().length;
    if (written > 0) {
      this.#endsInLine = this.#batch[written - 1] !== LINE_FEED;
      this.#drop(written);
    }
    if (isShort) {
      this.#waitForRoom();
    } else {
      this.#retryMs = RETRY_MS;
      this.#tellLost();
    }
  }

  #waitForRoom(): void {
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#flush();
    }, this.#retryMs).unref();
    this.#retryMs = Math.min(2 * this.#retryMs, RETRY_MS_MAX);
  }

  #drop(bytes: number): void {
    this.#pendingBytes -= bytes;
    this.#batch = this.#batch.subarray(bytes);
  }

  #tellLost(): void {
    if (this.#lostCount > 0 && this.#batch.length === 0) {
      const notice = Buffer.from(this.#renderLost(this.#lostCount));
      this.#lostCount = 0;
      this.#pending.unshift(notice);
      this.#pendingBytes += notice.length;
    }
  }
}

function isPipe(fd: number): boolean {
  return fstatSync(fd).isFIFO();
}

function writeUntil(fd: number, text: Buffer, clock: Clock, deadlineMs: number): void {
  let bytes = text;
  while (bytes.length > 0 && clock.monotonicMs() < deadlineMs) {
    try {
      bytes = bytes.subarray(writeSync(fd, bytes));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') {
        return;
      }
    }
  }
}

function countLines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, at + 1)) {
    count += 1;
  }
  return count;
}

/**
 * A pipe or terminal is opened anew, because only then can it be made not to block without changing it for others who have it. Where
 * that cannot be done (a socket of systemd's, a file), writes go to descriptor 2 itself, from a thread of Node's pool.
 */
function openStandardError(): number {
  try {
    const kind = fstatSync(STANDARD_ERROR);
    if (kind.isFIFO() || kind.isCharacterDevice()) {
      return openSync('/dev/fd/2', constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    }
  } catch {
    return STANDARD_ERROR;
  }
  return STANDARD_ERROR;
}
