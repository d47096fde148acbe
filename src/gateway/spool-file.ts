/**
 * A temporary file that is written from one end and read from the other: what does not fit in memory on its way between a slow
 * client and a worker. Writes are queued and joined; the first error is told, upon which the owner closes it. The file is removed when it is closed.
 */

import { close, openSync, read, unlink, writev } from 'node:fs';
import { join } from 'node:path';
import { JoinedBytes } from './joined-bytes.ts';
import { GATEWAY_LIMITS } from './limits.ts';
import type { OpenedFile, SpoolFolder } from './spool-folder.ts';

/** What all spool files of a thread may hold together. */
export class SpoolBudget {
  bytes = 0;
  #count = 0;
  readonly #folder: SpoolFolder | string;
  readonly #prefix: string;

  /** A path is a folder that somebody else has made and keeps. */
  constructor(folder: SpoolFolder | string, prefix: string) {
    this.#folder = folder;
    this.#prefix = prefix;
  }

  /** Throws what open(2) throws; the mode keeps the file readable by the worker's user, which is the edge's own. */
  openFile(): OpenedFile {
    this.#count += 1;
    const name = `${this.#prefix}-${this.#count}`;
    if (typeof this.#folder !== 'string') {
      return this.#folder.open(name);
    }
    const path = join(this.#folder, name);
    return { path, fd: openSync(path, 'wx+', 0o600) };
  }
}

export interface SpoolEvents {
  /** Bytes that were appended are in the file: there is room again, or something to read. */
  onWritten(): void;
  onError(error: NodeJS.ErrnoException): void;
}

export class SpoolFile {
  readonly path: string;
  readonly #fd: number;
  readonly #budget: SpoolBudget;
  readonly #events: SpoolEvents;
  readonly #queue = new JoinedBytes();
  /** What the last write has left over. */
  #rest: Buffer[] = [];
  #queuedBytes = 0;
  #writtenBytes = 0;
  #isWriting = false;
  #isReading = false;
  #isClosed = false;

  /** Throws what open(2) throws. */
  constructor(budget: SpoolBudget, events: SpoolEvents) {
    const { path, fd } = budget.openFile();
    this.path = path;
    this.#fd = fd;
    this.#budget = budget;
    this.#events = events;
  }

  /** By which other processes of our user reach the file, where the kernel lets them, also when its path is gone or another's. */
  get descriptorPath(): string {
    return `/proc/${process.pid}/fd/${this.#fd}`;
  }

  /** Bytes in the file, ready to be read. */
  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  get pendingBytes(): number {
    return this.#queuedBytes;
  }

  get isFlushed(): boolean {
    return this.#queuedBytes === 0;
  }

  /** `bytes` are borrowed until it returns. False when the source should pause until `onWritten` finds room. */
  append(bytes: Buffer): boolean {
    if (this.#isClosed) {
      return true;
    }
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.length;
    this.#budget.bytes += bytes.length;
    if (this.#budget.bytes > GATEWAY_LIMITS.spoolBytesMax) {
      this.#events.onError(Object.assign(new Error('the spool files hold all they may'), { code: 'ENOSPC' }));
      return false;
    }
    this.#write();
    return this.hasRoom;
  }

  get hasRoom(): boolean {
    return this.#queuedBytes < GATEWAY_LIMITS.spoolPendingBytesMax;
  }

  #write(): void {
    if (this.#isWriting || this.#isClosed || this.#queuedBytes === 0) {
      return;
    }
    this.#isWriting = true;
    const batch = this.#rest.concat(this.#queue.takeAll());
    writev(this.#fd, batch, this.#writtenBytes, (error, written) => {
      this.#isWriting = false;
      if (this.#isClosed) {
        this.#closeNow();
        return;
      }
      if (error !== null) {
        this.#events.onError(error);
        return;
      }
      this.#writtenBytes += written;
      this.#queuedBytes -= written;
      this.#rest = unwritten(batch, written);
      this.#write();
      this.#events.onWritten();
    });
  }

  /** Reads at most `length` bytes at `offset`. One read at a time. */
  read(offset: number, length: number, done: (error: Error | null, bytes: Buffer) => void): void {
    this.#isReading = true;
    read(this.#fd, Buffer.allocUnsafe(length), 0, length, offset, (error, count, buffer) => {
      this.#isReading = false;
      if (this.#isClosed) {
        this.#closeNow();
        return;
      }
      done(error, buffer.subarray(0, count));
    });
  }

  /** Removes the file; what is under way is let finish first. */
  close(): void {
    if (this.#isClosed) {
      return;
    }
    this.#isClosed = true;
    this.#budget.bytes -= this.#writtenBytes + this.#queuedBytes;
    this.#queue.takeAll();
    this.#rest = [];
    if (!this.#isWriting && !this.#isReading) {
      this.#closeNow();
    }
  }

  #closeNow(): void {
    close(this.#fd, ignoreCloseError);
    unlink(this.path, ignoreCloseError);
  }
}

function ignoreCloseError(): void {
  // A temporary file that cannot be closed or removed harms no request; the run directory goes with the server.
}

function unwritten(batch: readonly Buffer[], written: number): Buffer[] {
  let left = written;
  const rest: Buffer[] = [];
  for (const piece of batch) {
    if (left >= piece.length) {
      left -= piece.length;
    } else {
      rest.push(left > 0 ? piece.subarray(left) : piece);
      left = 0;
    }
  }
  return rest;
}
