/**
 * One direction of a session: what one side has sent is written to the other. What the other has not taken is held, and until it is taken nothing more is read:
 * so a session holds at most one read for each direction. Nothing is allocated for a chunk that is taken at once.
 */

import type { Socket } from 'node:net';
import { DirectWriter } from '../../relay/sockets/direct-writer.ts';
import { descriptorOf, readInto } from '../../relay/sockets/node-internals.ts';
import { afterWrites } from './end-tls.ts';
import type { FlowRate } from './flow-rate.ts';

export interface FlowEvents {
  /** What was held has been taken, or the source has ended: whether the session is over may be asked again. */
  onStep(): void;
  /** The other side takes nothing any more. Undefined: it has reset the connection. */
  onBroken(error: NodeJS.ErrnoException | undefined): void;
}

export interface FlowSource {
  readonly socket: Socket;
  /** What is read at once, at most: whoever calls `take` has read into the beginning of it. Undefined: the socket decides how much it reads. */
  readonly buffer: Buffer | undefined;
  readonly rate: FlowRate | undefined;
}

const NO_BYTES = Buffer.alloc(0);

export class Flow {
  /** Bytes that the source has sent, and those that the system has taken for the other side. */
  receivedBytes = 0;
  sentBytes = 0;
  /** The source has ended, or failed: nothing more comes of it. */
  hasEnded = false;
  readonly #source: FlowSource;
  readonly #events: FlowEvents;
  #target: Socket | undefined;
  #writer: DirectWriter | undefined;
  /** Of the source, while there is nobody to give it to. */
  #early: Buffer = NO_BYTES;
  #isHolding = false;
  #delay: NodeJS.Timeout | undefined;

  constructor(source: FlowSource, events: FlowEvents) {
    this.#source = source;
    this.#events = events;
    const { socket, buffer, rate } = source;
    if (buffer !== undefined) {
      readInto(socket, rate === undefined ? buffer : buffer.subarray(0, rate.allowed(0)));
    }
  }

  /** All that has come has been taken. */
  get isEmpty(): boolean {
    return !this.#isHolding && this.#early.length === 0;
  }

  /** It is not read because that would be too fast: nobody is to blame for its silence. */
  get isDelayed(): boolean {
    return this.#delay !== undefined;
  }

  /** Bytes of the source. The buffer is borrowed. */
  take(buffer: Buffer, length: number): void {
    this.receivedBytes += length;
    if (this.#target === undefined) {
      this.#early = Buffer.concat([this.#early, buffer.subarray(0, length)]);
      this.#source.socket.pause();
    } else {
      this.#write(buffer, length, false);
    }
    const delayMs = this.#source.rate?.delayMs(length) ?? 0;
    // What could not be written may have ended the session.
    if (delayMs > 0 && !this.hasEnded) {
      this.#wait(delayMs);
    }
  }

  /** `before`: what the other side is told before all that comes of the source. */
  begin(target: Socket, before: Buffer = NO_BYTES): void {
    const early = this.#early;
    this.#target = target;
    // Under TLS, what a direct write has taken may still have to leave.
    this.#writer = descriptorOf(target) === undefined ? undefined : new DirectWriter(target);
    this.#early = NO_BYTES;
    const first = before.length === 0 ? early : Buffer.concat([before, early]);
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
    const target = this.#target;
    if (this.#writer === undefined) {
      afterWrites(() => target?.end());
    } else {
      target?.end();
    }
  }

  /** Nothing is done any more. */
  close(): void {
    this.hasEnded = true;
    clearTimeout(this.#delay);
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
    this.#source.socket.pause();
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

  #wait(delayMs: number): void {
    this.#source.socket.pause();
    clearTimeout(this.#delay);
    this.#delay = setTimeout(() => {
      this.#delay = undefined;
      this.#readOn();
    }, delayMs);
  }

  #readOn(): void {
    const { socket, buffer, rate } = this.#source;
    const isReady = this.#target !== undefined && !this.#isHolding && this.#delay === undefined;
    if (!isReady || this.hasEnded || socket.destroyed) {
      return;
    }
    if (rate !== undefined) {
      const allowed = rate.allowed(this.receivedBytes);
      if (allowed <= 0) {
        this.#wait(rate.delayMs(-allowed) + 1);
        return;
      }
      if (buffer !== undefined) {
        readInto(socket, buffer.subarray(0, allowed));
      }
    }
    socket.resume();
  }
}
