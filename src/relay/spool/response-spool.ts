/**
 * Stands between a worker and a client that reads more slowly than the worker writes: the response goes to a file and from
 * there to the client, so the worker is free as soon as the application has finished. Where the file cannot grow, the worker waits.
 *
 * A client that has taken all that the file has does not wait for the disk: what is not written yet is sent from memory, the file begins anew, and what follows goes
 * to the client at once until that is behind again. So the file costs a client that is quick, or a disk that is slow, no more than it has to.
 */

import type { Responder } from '../../protocol/http/exchange.ts';
import { RELAY_LIMITS } from '../limits.ts';
import { SpoolFile } from './spool-file.ts';
import type { SpoolSpace } from './spool-space.ts';

export interface ResponseSpoolEvents {
  /** The file is as long as it may be, or the disk is slow: the worker is to wait … */
  onFull(): void;
  /** … until there is room again. */
  onRoom(): void;
  /** The file cannot grow, so the worker waits. */
  onStuck(error: Error): void;
  /** The response cannot go on: what was written cannot be read. */
  onError(error: Error): void;
}

/** What a response may take: of memory while it is on its way to the file, and of the file. */
export interface SpoolBounds {
  readonly pendingBytesMax: number;
  readonly fileBytesMax: number;
}

const USUAL_BOUNDS: SpoolBounds = {
  pendingBytesMax: RELAY_LIMITS.spoolPendingBytesMax,
  fileBytesMax: RELAY_LIMITS.responseSpoolBytesMax,
};

export class ResponseSpool {
  readonly #bounds: SpoolBounds;
  readonly #responder: Responder;
  readonly #events: ResponseSpoolEvents;
  readonly #file: SpoolFile;
  #readBytes = 0;
  #isReading = false;
  #isEnded = false;
  /** What has come is not all. */
  #isShort = false;
  #isOver = false;
  #isFull = false;
  #clientHasRoom = false;
  /** What a file that cannot grow could not hold was sent from memory, and the client has not caught up with it. */
  #awaitsClient = false;

  constructor(
    responder: Responder,
    space: SpoolSpace,
    events: ResponseSpoolEvents,
    bounds: SpoolBounds = USUAL_BOUNDS,
  ) {
    this.#bounds = bounds;
    this.#responder = responder;
    this.#events = events;
    const fileEvents = { onWritten: () => this.#pump(), onError: (error: Error) => this.#onStuck(error) };
    this.#file = new SpoolFile(space, fileEvents, { pendingBytesMax: bounds.pendingBytesMax });
  }

  /** `bytes` are borrowed until it returns. */
  write(bytes: Buffer): void {
    if (this.#clientHasRoom && this.#file.isNew) {
      this.#clientHasRoom = this.#responder.write({ kind: 'borrowed', buffer: bytes, start: 0, length: bytes.length });
      return;
    }
    const hasRoom = this.#file.append(bytes);
    if (!hasRoom || this.#file.writtenBytes - this.#readBytes > this.#bounds.fileBytesMax) {
      this.#hold();
    }
  }

  #hold(): void {
    if (!this.#isFull) {
      this.#isFull = true;
      this.#events.onFull();
    }
  }

  #onStuck(error: Error): void {
    this.#events.onStuck(error);
    this.#hold();
    this.#pump();
  }

  /** `isShort`: what has come is not all of the response. */
  end(isShort = false): void {
    this.#isEnded = true;
    this.#isShort = isShort;
    this.#pump();
  }

  /** The client has caught up with what it was sent. */
  onDrain(): void {
    this.#clientHasRoom = true;
    this.#awaitsClient = false;
    this.#pump();
  }

  close(): void {
    this.#isOver = true;
    this.#file.close();
  }

  #pump(): void {
    if (this.#isOver) {
      return;
    }
    this.#makeRoom();
    const ready = this.#file.writtenBytes - this.#readBytes;
    if (ready === 0 && this.#isEnded && this.#file.isFlushed) {
      this.close();
      if (this.#isShort) {
        this.#responder.cut();
      } else {
        this.#responder.end();
      }
      return;
    }
    if (this.#isReading || !this.#clientHasRoom) {
      return;
    }
    if (ready === 0) {
      this.#restart();
      return;
    }
    this.#isReading = true;
    this.#file.read(this.#readBytes, Math.min(ready, RELAY_LIMITS.spoolReadBytes), (error, bytes) => {
      this.#isReading = false;
      if (this.#isOver) {
        return;
      }
      if (error !== null || bytes.length === 0) {
        this.#fail(error ?? new Error('spool file ended early'));
        return;
      }
      this.#readBytes += bytes.length;
      this.#clientHasRoom = this.#responder.write(bytes);
      this.#pump();
    });
  }

  /** The client has taken all that the file has. */
  #restart(): void {
    if (this.#file.isNew) {
      return;
    }
    const { isStuck } = this.#file;
    this.#readBytes = 0;
    const left = this.#file.restart();
    this.#clientHasRoom = left.length === 0 || this.#responder.write(Buffer.concat(left));
    this.#awaitsClient = isStuck && !this.#clientHasRoom;
    this.#pump();
  }

  #makeRoom(): void {
    if (
      this.#isFull &&
      !this.#file.isStuck &&
      !this.#awaitsClient &&
      this.#file.pendingBytes < this.#bounds.pendingBytesMax / 4 &&
      this.#file.writtenBytes - this.#readBytes < this.#bounds.fileBytesMax
    ) {
      this.#isFull = false;
      this.#events.onRoom();
    }
  }

  #fail(error: Error): void {
    if (!this.#isOver) {
      this.close();
      this.#events.onError(error);
    }
  }
}
