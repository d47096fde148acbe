/** A request body on its way to an application that streams: frame by frame, as far as the application's credit goes (docs/lanes.md). */

import type { BodySink, Exchange } from '../../protocol/http/exchange.ts';
import { FRAME, FRAME_LIMITS } from '../../protocol/lanes/frames.ts';
import type { BlockPool } from '../../relay/body/block-pool.ts';
import { BodyBytes } from '../../relay/body/body-bytes.ts';
import { RELAY_LIMITS } from '../../relay/limits.ts';
import type { MemoryBudget } from '../../relay/memory-budget.ts';
import { MemoryShare } from '../../relay/memory-budget.ts';
import type { LaneOutput } from '../lanes/lane-output.ts';
import { GATEWAY_LIMITS } from '../limits.ts';

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
  readonly blocks: BlockPool;
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
  #sent: BodyBytes[] | undefined = [];
  #credit: number = FRAME_LIMITS.creditBytes;
  #length = 0;
  /** What came without credit: at most what one read of the client brings, because the client is not read on. */
  #held: BodyBytes[] = [];
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
    this.#target = target;
    this.#held = [...(this.#sent ?? []), ...this.#held];
    this.#sent = [];
    this.#credit = FRAME_LIMITS.creditBytes;
    this.#isOver = false;
    this.#sendHeld();
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
    // The last part of a body whose length is known says that it is the last: that saves a frame.
    this.#hasEnded = this.#length === this.#options.exchange.bodyLength;
    if (this.#credit > 0 && bytes.length <= GATEWAY_LIMITS.copiedBodyBytesMax) {
      this.#sendShort(bytes);
    } else {
      this.#held.push(this.#newPiece(bytes));
      this.#sendHeld();
    }
    this.#isPaused = !this.#mayRead();
    return !this.#isPaused;
  }

  #newPiece(bytes: Buffer): BodyBytes {
    const piece = new BodyBytes(this.#options.blocks);
    piece.push(bytes, 0);
    return piece;
  }

  /** Sends what is copied into the lane's memory; nothing is held, for there is credit. */
  #sendShort(bytes: Buffer): void {
    this.#isOver = this.#hasEnded;
    this.#target.output.frame(this.#isOver ? FRAME.bodyEnd : FRAME.body, this.#target.stream, bytes);
    this.#credit -= bytes.length + FRAME_LIMITS.pieceCostBytes;
    const last = this.#sent?.at(-1);
    if (last !== undefined && last.length + bytes.length <= GATEWAY_LIMITS.copiedBodyBytesMax) {
      last.push(bytes, GATEWAY_LIMITS.copiedBodyBytesMax); // Many small pieces of a slow client take few blocks.
    } else {
      this.#sent?.push(this.#newPiece(bytes));
    }
  }

  /** Whether there is credit, and memory for more than what is under way, which is counted here; or nothing more to come than the end. */
  #mayRead(): boolean {
    const bytes = FRAME_LIMITS.creditBytes - this.#credit;
    this.#share.set(Math.max(0, bytes));
    return this.#isOver || (this.#credit > 0 && this.#share.mayGrow(bytes, RELAY_LIMITS.crampedBytes));
  }

  /** Sends what waits, as far as the credit goes, and the end behind it. */
  #sendHeld(): void {
    while (this.#credit > 0 && this.#held[0] !== undefined) {
      const piece = this.#held.shift()!;
      this.#send(piece, this.#hasEnded && this.#held.length === 0);
    }
    if (this.#hasEnded && !this.#isOver && this.#held.length === 0) {
      this.#isOver = true;
      this.#target.output.frame(FRAME.bodyEnd, this.#target.stream);
    }
  }

  #send(piece: BodyBytes, isLast: boolean): void {
    this.#isOver = isLast;
    this.#target.output.bodyFrame(isLast ? FRAME.bodyEnd : FRAME.body, this.#target.stream, piece);
    this.#credit -= piece.length + FRAME_LIMITS.pieceCostBytes;
    if (this.#sent === undefined) {
      piece.release();
    } else {
      this.#sent.push(piece);
    }
  }

  end(): void {
    this.#hasEnded = true;
    this.#sendHeld();
  }

  fail(): void {
    if (!this.#isOver) {
      this.#isOver = true;
      this.#options.onFailed();
    }
  }

  /** The application has received so many bytes. */
  onCredit(bytes: number): void {
    this.#releaseSent();
    this.#credit += bytes;
    this.#sendHeld();
    if (this.#mayRead() && this.#isPaused) {
      this.#isPaused = false;
      this.#options.exchange.resumeBody();
    }
  }

  #releaseSent(): void {
    for (const piece of this.#sent ?? []) {
      piece.release();
    }
    this.#sent = undefined;
  }

  /** The worker has ended the stream: nobody wants the rest. */
  close(): void {
    this.#isOver = true;
    for (const piece of this.#held.splice(0)) {
      piece.release();
    }
    this.#releaseSent();
    this.#share.set(0);
    if (this.#isPaused) {
      this.#isPaused = false;
      this.#options.exchange.resumeBody();
    }
  }
}
