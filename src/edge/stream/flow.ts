/**
 * One direction of a session: what one side has sent is written to the other. What the other has not taken is held, and until it is taken nothing more is read:
 * so a session holds at most one read for each direction. Nothing is allocated for a chunk that is taken at once.
 */

import type { Socket } from 'node:net';
import { DirectWriter } from '../../relay/sockets/direct-writer.ts';

export interface FlowEvents {
  /** What was held has been taken, or the source has ended: whether the session is over may be asked again. */
  onStep(): void;
  /** The other side takes nothing any more. */
  onBroken(error: unknown): void;
}

const NO_BYTES = Buffer.alloc(0);

export class Flow {
  /** Bytes that the source has sent, and those that the system has taken for the other side. */
  receivedBytes = 0;
  sentBytes = 0;
  /** The source has ended, or failed: nothing more comes of it. */
  hasEnded = false;
  readonly #source: Socket;
  readonly #events: FlowEvents;
  #target: Socket | undefined;
  #writer: DirectWriter | undefined;
  /** Of the source, while there is nobody to give it to. */
  #early: Buffer = NO_BYTES;
  #isHolding = false;
  #isHalted = false;

  constructor(source: Socket, events: FlowEvents) {
    this.#source = source;
    this.#events = events;
  }

  /** All that has come has been taken. */
  get isEmpty(): boolean {
    return !this.#isHolding && this.#early.length === 0;
  }

  /** Bytes of the source. The buffer is borrowed. */
  take(buffer: Buffer, length: number): void {
    this.receivedBytes += length;
    if (this.#target === undefined) {
      this.#early =
        this.#early.length === 0 ? Buffer.from(buffer.subarray(0, length)) : joined(this.#early, buffer, length);
      this.#source.pause();
    } else {
      this.#write(buffer, length, false);
    }
  }

  /** What the other side is told before all that comes of the source; the buffer is not borrowed. */
  begin(target: Socket, before: Buffer = NO_BYTES): void {
    const early = this.#early;
    this.#target = target;
    this.#writer = new DirectWriter(target);
    this.#early = NO_BYTES;
    const first = before.length === 0 ? early : early.length === 0 ? before : Buffer.concat([before, early]);
    if (first.length > 0) {
      this.#write(first, first.length, true);
    }
    this.#readOn();
  }

  /** The source has ended, or failed. */
  end(): void {
    this.hasEnded = true;
  }

  /** The other side is told that nothing more comes. */
  shutDown(): void {
    this.#target?.end();
  }

  /** Nothing is read until `goOn`. */
  halt(): void {
    this.#isHalted = true;
    this.#source.pause();
  }

  goOn(): void {
    this.#isHalted = false;
    this.#readOn();
  }

  #write(buffer: Buffer, length: number, isOwn: boolean): void {
    const writer = this.#writer;
    let taken = 0;
    if (writer?.isReady === true) {
      taken = writer.write(buffer, 0, length);
      if (writer.isBroken) {
        this.#events.onBroken(undefined);
        return;
      }
      this.sentBytes += taken;
    }
    if (taken < length) {
      const rest = buffer.subarray(taken, length);
      this.#hold(isOwn ? rest : Buffer.from(rest));
    }
  }

  #hold(rest: Buffer): void {
    this.#isHolding = true;
    this.#source.pause();
    this.#target?.write(rest, (error) => {
      this.#isHolding = false;
      if (error) {
        this.#events.onBroken(error);
        return;
      }
      this.sentBytes += rest.length;
      this.#readOn();
      this.#events.onStep();
    });
  }

  #readOn(): void {
    if (!this.#isHolding && !this.#isHalted && !this.hasEnded && !this.#source.destroyed) {
      this.#source.resume();
    }
  }
}

function joined(early: Buffer, buffer: Buffer, length: number): Buffer {
  return Buffer.concat([early, buffer.subarray(0, length)]);
}
