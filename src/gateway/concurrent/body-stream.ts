/** A request body on its way to an application that streams: frame by frame, as far as the application's credit goes (docs/lanes.md). */

import type { BodySink, Exchange } from '../../protocol/http/exchange.ts';
import { FRAME, FRAME_LIMITS } from '../../protocol/lanes/frames.ts';
import type { LaneOutput } from '../lane-output.ts';
import { GATEWAY_LIMITS } from '../limits.ts';
import type { MemoryBudget } from '../memory-budget.ts';
import { MemoryShare } from '../memory-budget.ts';

/** The stream of a lane that the body goes to. */
export interface BodyTarget {
  readonly output: LaneOutput;
  readonly stream: number;
}

export interface BodyStreamOptions {
  readonly exchange: Exchange;
  readonly bytesMax: number;
  /** The memory that all bodies may take together. */
  readonly memory: MemoryBudget;
  /** The body is longer than it may be. */
  onTooLong(): void;
  /** The client is gone, or broke the framing. */
  onFailed(): void;
}

export class BodyStream implements BodySink {
  readonly #options: BodyStreamOptions;
  readonly #share: MemoryShare;
  #target: BodyTarget;
  /** What was sent while no worker had begun to read it: another worker can be given it. At most what the first credit allows, and one read. */
  #sent: Buffer[] | undefined = [];
  #credit: number = FRAME_LIMITS.creditBytes;
  #length = 0;
  /** What came without credit: at most what one read of the client brings, because the client is not read on. */
  #held: Buffer[] = [];
  #hasEnded = false;
  #isPaused = false;
  #isOver = false;

  constructor(options: BodyStreamOptions, target: BodyTarget) {
    this.#options = options;
    this.#share = new MemoryShare(options.memory);
    this.#target = target;
  }

  /** The body is still here whole, so that another worker can be given it if this one has not begun. */
  get mayMove(): boolean {
    return this.#sent !== undefined;
  }

  /** The body is sent again from its beginning, to another worker. */
  moveTo(target: BodyTarget): void {
    const pieces = [...(this.#sent ?? []), ...this.#held];
    this.#target = target;
    this.#sent = [];
    this.#held = [];
    this.#credit = FRAME_LIMITS.creditBytes;
    this.#isOver = false;
    for (const piece of pieces) {
      this.#pass(piece);
    }
    this.#sendEnd();
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
    this.#pass(Buffer.from(bytes));
    this.#isPaused = !this.#mayRead();
    return !this.#isPaused;
  }

  /** Whether there is credit, and memory for more than what is under way, which is counted here. */
  #mayRead(): boolean {
    const bytes = FRAME_LIMITS.creditBytes - this.#credit;
    this.#share.set(Math.max(0, bytes));
    return this.#credit > 0 && this.#share.mayGrow(bytes, GATEWAY_LIMITS.crampedBytes);
  }

  #pass(bytes: Buffer): void {
    if (this.#credit > 0) {
      this.#send(bytes);
    } else {
      this.#held.push(bytes);
    }
  }

  #send(bytes: Buffer): void {
    this.#target.output.frame(FRAME.body, this.#target.stream, bytes);
    this.#credit -= bytes.length + FRAME_LIMITS.pieceCostBytes;
    this.#sent?.push(bytes);
  }

  end(): void {
    this.#hasEnded = true;
    this.#sendEnd();
  }

  #sendEnd(): void {
    if (this.#hasEnded && !this.#isOver && this.#held.length === 0) {
      this.#isOver = true;
      this.#target.output.frame(FRAME.bodyEnd, this.#target.stream);
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
    this.#sent = undefined;
    this.#credit += bytes;
    while (this.#credit > 0 && this.#held[0] !== undefined) {
      this.#send(this.#held[0]);
      this.#held.shift();
    }
    this.#sendEnd();
    if (this.#mayRead() && this.#isPaused) {
      this.#isPaused = false;
      this.#options.exchange.resumeBody();
    }
  }

  /** The worker has ended the stream: nobody wants the rest. */
  close(): void {
    this.#isOver = true;
    this.#held = [];
    this.#sent = undefined;
    this.#share.set(0);
    if (this.#isPaused) {
      this.#isPaused = false;
      this.#options.exchange.resumeBody();
    }
  }
}
