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
  #isPaused = false;
  #isOver = false;

  constructor(options: BodyStreamOptions) {
    this.#options = options;
  }

  data(bytes: Buffer): boolean {
    if (this.#isOver) {
      return true; // Read and dropped, so that the client gets its answer.
    }
    const { output, stream, bytesMax } = this.#options;
    this.#length += bytes.length;
    if (this.#length > bytesMax) {
      this.#isOver = true;
      this.#options.onTooLong();
      return true;
    }
    output.frame(FRAME.body, stream, bytes);
    this.#credit -= bytes.length;
    this.#isPaused = this.#credit <= 0;
    return !this.#isPaused;
  }

  end(): void {
    if (!this.#isOver) {
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
    if (this.#isPaused && this.#credit > 0) {
      this.#isPaused = false;
      this.#options.exchange.resumeBody();
    }
  }

  /** The worker has ended the stream: nobody wants the rest. */
  close(): void {
    this.#isOver = true;
    if (this.#isPaused) {
      this.#isPaused = false;
      this.#options.exchange.resumeBody();
    }
  }
}
