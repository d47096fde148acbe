/** A request body on its way to an application that streams: frame by frame, as far as the application's credit goes (docs/lanes.md). */

import type { BodySink, Exchange } from '../../protocol/http/exchange.ts';
import { FRAME, FRAME_LIMITS } from '../../protocol/lanes/frames.ts';
import type { LaneOutput } from '../lane-output.ts';

export interface BodyStreamOptions {
  readonly exchange: Exchange;
  readonly output: LaneOutput;
  readonly stream: number;
  readonly bytesMax: number;
  /** It is longer than it may be. */
  onTooLong(): void;
  /** The client is gone, or broke the framing. */
  onFailed(): void;
}

export class BodyStream implements BodySink {
  readonly #options: BodyStreamOptions;
  #credit: number = FRAME_LIMITS.creditBytes;
  #length = 0;
  /** What came without credit: at most what one read of the client brings, for it is not read on. */
  #held: Buffer[] = [];
  #hasEnded = false;
  #isPaused = false;
  #isOver = false;

  constructor(options: BodyStreamOptions) {
    this.#options = options;
  }

  data(bytes: Buffer): boolean {
    if (this.#isOver) {
      return true; // Read and dropped, so that the client gets its answer.
    }
    this.#length += bytes.length;
    if (this.#length > this.#options.bytesMax) {
      this.#isOver = true;
      this.#options.onTooLong();
      return true;
    }
    if (this.#credit > 0) {
      this.#send(bytes);
    } else {
      this.#held.push(Buffer.from(bytes));
    }
    this.#isPaused = this.#credit <= 0;
    return !this.#isPaused;
  }

  #send(bytes: Buffer): void {
    this.#options.output.frame(FRAME.body, this.#options.stream, bytes);
    this.#credit -= bytes.length;
  }

  end(): void {
    this.#hasEnded = true;
    this.#sendEnd();
  }

  #sendEnd(): void {
    if (this.#hasEnded && !this.#isOver && this.#held.length === 0) {
      this.#isOver = true;
      this.#options.output.frame(FRAME.bodyEnd, this.#options.stream);
    }
  }

  fail(): void {
    if (!this.#isOver) {
      this.#isOver = true;
      this.#options.onFailed();
    }
  }

  /** The application has received so many bytes. */
  onCredit(bytes: number): void {
    this.#credit += bytes;
    while (this.#credit > 0 && this.#held[0] !== undefined) {
      this.#send(this.#held[0]);
      this.#held.shift();
    }
    this.#sendEnd();
    if (this.#isPaused && this.#credit > 0) {
      this.#isPaused = false;
      this.#options.exchange.resumeBody();
    }
  }

  /** The worker has ended the stream: nobody wants the rest. */
  close(): void {
    this.#isOver = true;
    this.#held = [];
    if (this.#isPaused) {
      this.#isPaused = false;
      this.#options.exchange.resumeBody();
    }
  }
}
