/**
 * Where the log goes: bytes to a file, a pipe or a terminal, whole batches at a time, and never in the way of the server. While one
 * write is under way, what comes is collected for the next. A reader that is gone or slow, or a full disk, costs lines (their number is
 * told once there is room again), nothing else.
 */

import { closeSync, constants, fstatSync, openSync, write, writeSync } from 'node:fs';
import type { Clock } from '../kernel/clock.ts';
import { SUPERVISOR_LIMITS } from './limits.ts';
import { openLogFile } from './log-file.ts';
import type { Identity } from './privileges.ts';

const RETRY_MS = 50;

export class LogSink {
  readonly #path: string;
  readonly #identity: Identity | undefined;
  readonly #renderLost: (count: number) => string;
  #fd: number;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #lostCount = 0;
  #isWriting = false;

  /** '' is standard error. `renderLost` tells how many pieces were lost. Throws what `open` throws. */
  constructor(path: string, identity: Identity | undefined, renderLost: (count: number) => string) {
    this.#renderLost = renderLost;
    this.#path = path;
    this.#identity = identity;
    this.#fd = path === '' ? openStandardError() : openLogFile(path, identity);
  }

  get fd(): number {
    return this.#fd;
  }

  write(text: string): void {
    const bytes = Buffer.from(text);
    if (this.#pendingBytes + bytes.length > SUPERVISOR_LIMITS.logPendingBytesMax) {
      this.#lostCount += 1;
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
      closeSync(this.#fd);
      this.#fd = fd;
    }
  }

  /** The rest, at the end, for as long as it may take. */
  finish(clock: Clock): void {
    const deadlineMs = clock.monotonicMs() + SUPERVISOR_LIMITS.logFlushMs;
    let bytes = Buffer.concat(this.#pending);
    this.#pending = [];
    while (bytes.length > 0 && clock.monotonicMs() < deadlineMs) {
      try {
        bytes = bytes.subarray(writeSync(this.#fd, bytes));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') {
          return;
        }
      }
    }
  }

  #flush(): void {
    if (this.#isWriting || this.#pending.length === 0) {
      return;
    }
    const bytes = this.#pending.length === 1 ? (this.#pending[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#pending);
    this.#pending = [];
    this.#isWriting = true;
    write(this.#fd, bytes, (error, written) => {
      this.#isWriting = false;
      this.#onWritten(bytes, error, written);
    });
  }

  #onWritten(bytes: Buffer, error: NodeJS.ErrnoException | null, written: number): void {
    if (error?.code === 'EAGAIN' || (error === null && written < bytes.length)) {
      this.#pendingBytes -= error === null ? written : 0;
      this.#pending.unshift(bytes.subarray(error === null ? written : 0));
      setTimeout(() => this.#flush(), RETRY_MS).unref();
      return;
    }
    this.#pendingBytes -= bytes.length;
    if (error !== null) {
      this.#lostCount += 1;
    } else if (this.#lostCount > 0) {
      const notice = Buffer.from(this.#renderLost(this.#lostCount));
      this.#lostCount = 0;
      this.#pending.unshift(notice);
      this.#pendingBytes += notice.length;
    }
    this.#flush();
  }
}

/**
 * A pipe or terminal is opened anew, because only then can it be made not to block without changing it for others who have it. Where
 * that cannot be done (a socket of systemd's, a file), writes go to descriptor 2 itself, from a thread of Node's pool.
 */
function openStandardError(): number {
  try {
    const kind = fstatSync(2);
    if (kind.isFIFO() || kind.isCharacterDevice()) {
      return openSync('/dev/fd/2', constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    }
  } catch {
    return 2;
  }
  return 2;
}
