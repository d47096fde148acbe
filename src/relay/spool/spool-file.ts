/**
 * A temporary file that is written from one end and read from the other: what does not fit in memory on its way between a slow client and a worker. Writes are
 * queued and joined. When a write fails, or there is no space for it, the owner is told: what was not written stays queued until the owner takes it out or
 * closes the file. The file is removed when it is closed. Its descriptor is not open all the time, because there may be more files than descriptors.
 */

import { close, ftruncate, openSync, read, unlink, writev } from 'node:fs';
import { RELAY_LIMITS } from '../limits.ts';
import { JoinedBytes } from './joined-bytes.ts';
import type { OpenedFile } from './spool-folder.ts';
import type { SpoolMember, SpoolSpace } from './spool-space.ts';

export interface SpoolEvents {
  /** Bytes that were appended are in the file: there is room again, or something to read. */
  onWritten(): void;
  /** What is queued cannot be written. */
  onError(error: NodeJS.ErrnoException): void;
}

interface WantedRead {
  readonly offset: number;
  readonly length: number;
  readonly done: (error: Error | null, bytes: Buffer) => void;
}

/** Where a file is made. */
export interface SpoolPlace {
  /** Throws what open(2) throws. */
  openFile(): OpenedFile;
}

export interface SpoolFileOptions {
  readonly pendingBytesMax?: number | undefined;
  readonly place?: SpoolPlace | undefined;
}

export class SpoolFile implements SpoolMember {
  /** '' until something is written. */
  path = '';
  /** -1 while the file has no descriptor open. */
  #fd = -1;
  readonly #space: SpoolSpace;
  readonly #place: SpoolPlace;
  readonly #pendingBytesMax: number;
  readonly #events: SpoolEvents;
  readonly #queue = new JoinedBytes();
  /** What the last write has left over. */
  #rest: Buffer[] = [];
  #queuedBytes = 0;
  #writtenBytes = 0;
  /** Something is under way that needs the descriptor: a write, a read, a truncation. */
  #isBusy = false;
  #isWriting = false;
  /** The file has begun anew during the write that is under way: what that writes is not wanted. */
  #isOutdated = false;
  /** A read that waits for its turn. */
  #wanted: WantedRead | undefined;
  #isClosed = false;
  #isShared = false;
  /** A write has failed, and no other is tried. */
  #isStuck = false;
  /** It is somebody else's from now on. */
  #isKept = false;

  /** `pendingBytesMax`: so much may wait to be written until the source should pause. `place`: where the file is, if not in a folder of the space. */
  constructor(space: SpoolSpace, events: SpoolEvents, { pendingBytesMax, place }: SpoolFileOptions = {}) {
    this.#pendingBytesMax = pendingBytesMax ?? RELAY_LIMITS.spoolPendingBytesMax;
    this.#space = space;
    this.#place = place ?? space;
    this.#events = events;
  }

  /**
   * The path in /proc by which other processes of our user reach the file, where the kernel lets them, also when its own path is gone or leads elsewhere. From
   * now on the descriptor stays open until the file is closed, because its number could become another file's. '' if the descriptor is not open any more.
   */
  shareDescriptor(): string {
    if (this.#fd === -1) {
      return '';
    }
    this.#isShared = true;
    this.#space.noteClosed(this);
    return `/proc/${process.pid}/fd/${this.#fd}`;
  }

  /** Bytes in the file, ready to be read. */
  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  /** A write has failed. */
  get isStuck(): boolean {
    return this.#isStuck;
  }

  get pendingBytes(): number {
    return this.#queuedBytes;
  }

  get isFlushed(): boolean {
    return this.#queuedBytes === 0;
  }

  /** Nothing was written since the file has begun, and nothing is to be. */
  get isNew(): boolean {
    return this.#bytes === 0;
  }

  /** `bytes` are borrowed until it returns. False when the source should pause until `onWritten` finds room. */
  append(bytes: Buffer): boolean {
    if (this.#isClosed) {
      return true;
    }
    const before = this.#bytes;
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.length;
    const fault = this.#space.grow(before, this.#bytes);
    if (fault === undefined) {
      this.#write();
    } else if (!this.#isStuck) {
      this.#stop(fault);
    }
    // The owner, which was told of the fault, may have taken out what is queued and begun anew.
    return !this.#isStuck && this.hasRoom;
  }

  get #bytes(): number {
    return this.#writtenBytes + this.#queuedBytes;
  }

  #stop(error: NodeJS.ErrnoException): void {
    this.#isStuck = true;
    this.#events.onError(error);
  }

  get hasRoom(): boolean {
    return this.#queuedBytes < this.#pendingBytesMax;
  }

  #write(): void {
    if (this.#isBusy || this.#isClosed || this.#isStuck || this.#queuedBytes === 0 || !this.#space.admit(this)) {
      return;
    }
    const fd = this.#descriptor();
    if (typeof fd !== 'number') {
      this.#stop(fd);
      return;
    }
    this.#isBusy = true;
    this.#isWriting = true;
    const batch = this.#rest.concat(this.#queue.takeAll());
    this.#rest = batch;
    writev(fd, batch, this.#writtenBytes, (error, written) =>
      this.#calledBack(() => {
        this.#isWriting = false;
        if (!this.#isFreed()) {
          return;
        }
        if (this.#isOutdated) {
          this.#isOutdated = false;
          this.#empty();
          return;
        }
        if (error !== null) {
          this.#stop(error);
          return;
        }
        this.#writtenBytes += written;
        this.#queuedBytes -= written;
        this.#rest = unwritten(batch, written);
        this.#goOn();
        this.#events.onWritten();
      }),
    );
  }

  /** An error of ours in what the disk calls back ends the request whose body is in the file. */
  #calledBack(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#space.onBug(error);
      this.#stop(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** A write, a read or a truncation has ended, and with it the need for the descriptor. False: nobody wants the file any more. */
  #isFreed(): boolean {
    this.#isBusy = false;
    if (this.#isClosed) {
      this.#remove();
    }
    this.#space.noteIdle();
    return !this.#isClosed;
  }

  /** The descriptor, opened if need be; what open(2) says if that fails. */
  #descriptor(): number | NodeJS.ErrnoException {
    if (this.#fd === -1) {
      try {
        if (this.path === '') {
          ({ path: this.path, fd: this.#fd } = this.#place.openFile());
        } else {
          this.#fd = openSync(this.path, 'r+');
        }
      } catch (error) {
        return error as NodeJS.ErrnoException;
      }
    }
    return this.#fd;
  }

  rest(): boolean {
    if (this.#isBusy || this.#isShared) {
      return false;
    }
    this.#space.noteClosed(this);
    if (this.#fd !== -1) {
      close(this.#fd, ignoreCloseError);
      this.#fd = -1;
    }
    return true;
  }

  goOn(): void {
    this.#goOn();
  }

  #goOn(): void {
    this.#read();
    this.#write();
  }

  /** Reads at most `length` bytes at `offset`. One read at a time. */
  read(offset: number, length: number, done: (error: Error | null, bytes: Buffer) => void): void {
    this.#wanted = { offset, length, done };
    this.#read();
  }

  #read(): void {
    const wanted = this.#wanted;
    if (wanted === undefined || this.#isBusy || this.#isClosed || !this.#space.admit(this)) {
      return;
    }
    this.#wanted = undefined;
    const { offset, length, done } = wanted;
    const fd = this.#descriptor();
    if (typeof fd !== 'number') {
      done(fd, NOTHING);
      return;
    }
    this.#isBusy = true;
    read(fd, Buffer.allocUnsafe(length), 0, length, offset, (error, count, buffer) =>
      this.#calledBack(() => {
        if (this.#isFreed()) {
          done(error, buffer.subarray(0, count));
          this.#goOn();
        }
      }),
    );
  }

  /** Called when everything in the file has been read: takes out what is not written, and begins anew with an empty file. */
  restart(): Buffer[] {
    const left = this.#rest.concat(this.#queue.takeAll());
    this.#space.shrink(this.#bytes, 0);
    this.#rest = [];
    this.#writtenBytes = 0;
    this.#queuedBytes = 0;
    this.#isStuck = false;
    if (this.#isWriting) {
      this.#isOutdated = true;
    } else if (this.#fd !== -1 && !this.#isBusy) {
      this.#empty();
    }
    return left;
  }

  #empty(): void {
    if (this.#fd === -1) {
      // A file whose descriptor is closed is not cut: what is written next takes the place of what is there.
      this.#goOn();
      return;
    }
    this.#isBusy = true;
    ftruncate(this.#fd, 0, () =>
      this.#calledBack(() => {
        if (this.#isFreed()) {
          this.#goOn();
          this.#events.onWritten();
        }
      }),
    );
  }

  /** The file stays when it is closed. */
  keep(): void {
    this.#isKept = true;
  }

  /** Removes the file; what is under way is let finish first. */
  close(): void {
    if (this.#isClosed) {
      return;
    }
    this.#isClosed = true;
    this.#space.shrink(this.#bytes, 0);
    this.#queue.takeAll();
    this.#rest = [];
    this.#wanted = undefined;
    if (!this.#isBusy) {
      this.#remove();
      this.#space.noteIdle();
    }
  }

  #remove(): void {
    this.#isShared = false;
    this.rest();
    if (this.path !== '' && !this.#isKept) {
      unlink(this.path, ignoreCloseError);
    }
  }
}

const NOTHING = Buffer.alloc(0);

function ignoreCloseError(): void {
  // A temporary file that cannot be closed or removed harms no request. The supervisor removes the folder when the edge has ended.
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
