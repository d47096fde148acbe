/**
 * How fast a server is read: as fast as the client takes it, and no faster than nginx's `proxy_limit_rate` says. That is counted from the head of the response on; what
 * comes in one read may be more, and the next one then waits for the longer.
 */

import type { Clock } from '../../../kernel/clock.ts';
import type { SpoolSource } from '../../../relay/spool-flow.ts';

export class ReadPace implements SpoolSource {
  readonly #source: SpoolSource;
  readonly #bytesASecond: number;
  readonly #clock: Clock;
  readonly #startedMs: number;
  #bytes = 0;
  #isHeld = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(source: SpoolSource, bytesASecond: number, clock: Clock) {
    this.#source = source;
    this.#bytesASecond = bytesASecond;
    this.#clock = clock;
    this.#startedMs = clock.monotonicMs();
  }

  /** So many bytes have come. */
  count(bytes: number): void {
    this.#bytes += bytes;
    const forMs = this.#excessMs();
    if (forMs > 0 && this.#timer === undefined) {
      this.#source.pause();
      this.#timer = setTimeout(() => this.#onTime(), forMs).unref();
    }
  }

  /** nginx gives the bytes of the second that has begun. */
  #excessMs(): number {
    const allowedMs = this.#clock.monotonicMs() - this.#startedMs + 1000;
    return Math.max(0, Math.ceil((this.#bytes * 1000) / this.#bytesASecond - allowedMs));
  }

  #onTime(): void {
    this.#timer = undefined;
    if (!this.#isHeld) {
      this.#source.resume();
    }
  }

  pause(): void {
    this.#isHeld = true;
    this.#source.pause();
  }

  resume(): void {
    this.#isHeld = false;
    if (this.#timer === undefined) {
      this.#source.resume();
    }
  }
}
