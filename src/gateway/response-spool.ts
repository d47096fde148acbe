/**
 * Stands between a worker and a client that reads more slowly than the worker writes: the response goes to a file and from
 * there to the client, so the worker is free as soon as the application has finished.
 */

import type { Responder } from '../protocol/http/exchange.ts';
import { GATEWAY_LIMITS } from './limits.ts';
import type { SpoolBudget } from './spool-file.ts';
import { SpoolFile } from './spool-file.ts';

export interface ResponseSpoolEvents {
  /** The file is as long as it may be, or the disk is slow: the worker is to wait … */
  onFull(): void;
  /** … until there is room again. */
  onRoom(): void;
  /** The response cannot go on (disk full). */
  onError(error: Error): void;
}

export class ResponseSpool {
  readonly #responder: Responder;
  readonly #events: ResponseSpoolEvents;
  readonly #file: SpoolFile;
  #readBytes = 0;
  #isReading = false;
  #isEnded = false;
  #isOver = false;
  #isFull = false;
  #clientHasRoom = false;

  constructor(responder: Responder, budget: SpoolBudget, events: ResponseSpoolEvents) {
    this.#responder = responder;
    this.#events = events;
    this.#file = new SpoolFile(budget, { onWritten: () => this.#pump(), onError: (error) => this.#fail(error) });
  }

  /** `bytes` are borrowed until it returns. */
  write(bytes: Buffer): void {
    const hasRoom = this.#file.append(bytes);
    if (this.#isOver) {
      return; // It could not be written, which onError has told.
    }
    if (!hasRoom || this.#file.writtenBytes - this.#readBytes > GATEWAY_LIMITS.responseSpoolBytesMax) {
      if (!this.#isFull) {
        this.#isFull = true;
        this.#events.onFull();
      }
    }
  }

  end(): void {
    this.#isEnded = true;
    this.#pump();
  }

  /** The client has caught up with what it was sent. */
  onDrain(): void {
    this.#clientHasRoom = true;
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
      this.#responder.end();
      return;
    }
    if (ready === 0 || this.#isReading || !this.#clientHasRoom) {
      return;
    }
    this.#isReading = true;
    this.#file.read(this.#readBytes, Math.min(ready, GATEWAY_LIMITS.spoolReadBytes), (error, bytes) => {
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

  #makeRoom(): void {
    if (
      this.#isFull &&
      this.#file.pendingBytes < GATEWAY_LIMITS.spoolPendingBytesMax / 4 &&
      this.#file.writtenBytes - this.#readBytes < GATEWAY_LIMITS.responseSpoolBytesMax
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
