/**
 * Lets a body go by at so many bytes a second. A second's worth may go at once, so that a body of less is not delayed, and so does what `after` allows.
 */

import type { BodyWriter, Source } from '../../pipeline/filters/body-writer.ts';
import { FILTER_LIMITS } from '../limits.ts';

export interface Pace {
  readonly bytesPerSecond: number;
  /** So many bytes are not counted. */
  readonly after: number;
}

export interface PaceTime {
  nowMs(): number;
  /** Calls back once, after so many milliseconds, unless the function that it returns was called before. */
  wait(ms: number, callback: () => void): () => void;
}

export class PaceWriter implements BodyWriter {
  readonly #pace: Pace;
  readonly #time: PaceTime;
  readonly #next: BodyWriter;
  readonly #before: Source;
  readonly #startMs: number;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #sentBytes = 0;
  #stopWaiting: (() => void) | undefined;
  #isBlocked = false;
  #hasRefused = false;
  #isEnding = false;
  #isOver = false;

  constructor(pace: Pace, time: PaceTime, next: BodyWriter, before: Source) {
    this.#pace = pace;
    this.#time = time;
    this.#next = next;
    this.#before = before;
    this.#startMs = time.nowMs();
  }

  write(bytes: Buffer): boolean {
    if (this.#isOver) {
      return true;
    }
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    this.#send();
    this.#hasRefused = this.#heldBytes > 0 || this.#isBlocked;
    return !this.#hasRefused;
  }

  flush(): void {
    this.#next.flush();
  }

  end(): void {
    this.#isEnding = true;
    this.#send();
  }

  cut(): void {
    this.#close();
    this.#next.cut();
  }

  drop(): void {
    this.#close();
    this.#next.drop();
  }

  drained(): void {
    this.#isBlocked = false;
    this.#send();
    this.#tellDrained();
  }

  #tellDrained(): void {
    if (this.#hasRefused && this.#heldBytes === 0 && !this.#isBlocked && !this.#isOver) {
      this.#hasRefused = false;
      this.#before.drained();
    }
  }

  #allowance(): number {
    const { bytesPerSecond, after } = this.#pace;
    const seconds = (this.#time.nowMs() - this.#startMs) / 1000 + 1;
    return Math.floor(bytesPerSecond * seconds) + after - this.#sentBytes;
  }

  #send(): void {
    while (!this.#isOver && !this.#isBlocked && this.#stopWaiting === undefined) {
      const [first] = this.#held;
      if (first === undefined) {
        this.#endIfDue();
        return;
      }
      const allowed = this.#allowance();
      if (allowed <= 0) {
        this.#wait(-allowed);
        return;
      }
      this.#pass(first, allowed);
    }
  }

  #pass(first: Buffer, allowed: number): void {
    const bytes = first.length <= allowed ? first : first.subarray(0, allowed);
    if (bytes.length === first.length) {
      this.#held.shift();
    } else {
      this.#held[0] = first.subarray(bytes.length);
    }
    this.#heldBytes -= bytes.length;
    this.#sentBytes += bytes.length;
    this.#isBlocked = !this.#next.write(bytes);
  }

  /** Until more than a byte may go: a timer costs as much as thousands of them. */
  #wait(lackingBytes: number): void {
    const ms = Math.ceil(((lackingBytes + 1) * 1000) / this.#pace.bytesPerSecond);
    this.#stopWaiting = this.#time.wait(Math.max(ms, FILTER_LIMITS.paceMs), () => {
      this.#stopWaiting = undefined;
      this.#send();
      this.#tellDrained();
    });
  }

  #endIfDue(): void {
    if (this.#isEnding) {
      this.#close();
      this.#next.end();
    }
  }

  #close(): void {
    this.#isOver = true;
    this.#held = [];
    this.#heldBytes = 0;
    this.#stopWaiting?.();
    this.#stopWaiting = undefined;
  }
}
