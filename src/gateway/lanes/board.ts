/** The board of docs/lanes.md: which stream was started last on each lane, written by workers, read when one has died. */

import { readSync } from 'node:fs';
import { FRAME_HEADER_BYTES } from '../../protocol/lanes/frames.ts';

export class Board {
  readonly #fd: number;
  readonly #thread: number;
  readonly #threads: number;
  readonly #record = Buffer.alloc(FRAME_HEADER_BYTES);

  constructor(fd: number, thread: number, threads: number) {
    this.#fd = fd;
    this.#thread = thread;
    this.#threads = threads;
  }

  /** The stream that was started last on this thread's lane of a unit; 0 if none was. */
  lastStarted(slot: number): number {
    const at = (slot * this.#threads + this.#thread) * FRAME_HEADER_BYTES;
    const count = readSync(this.#fd, this.#record, 0, FRAME_HEADER_BYTES, at);
    return count < FRAME_HEADER_BYTES ? 0 : this.#record.readUInt32LE(4) >>> 8;
  }
}
