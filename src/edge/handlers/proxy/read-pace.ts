/**
 * How fast a server is read: as fast as the client takes it, and no faster than nginx's `proxy_limit_rate` says. That is counted from the head of the response on, and by
 * whole seconds as in nginx: the bytes of a second may come as soon as it begins. What comes in one read may be more, and the next one then waits for the longer.
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

  /** Until the second begins whose bytes these are; 0: it has begun. */
  #excessMs(): number {
    // A second's last byte is the one behind which the next second is waited for.
    const second = Math.floor(this.#bytes / this.#bytesASecond);
    return Math.max(0, Math.ceil(this.#startedMs + second * 1000 - this.#clock.monotonicMs()));
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
