/** The first bytes of a client, in which the beginning of a TLS handshake is looked for. They are kept, for whoever gets the connection. */

import type { Clock } from '../../kernel/clock.ts';
import type { SeenHello } from '../../protocol/tls/preread-hello.ts';
import { PrereadHello } from '../../protocol/tls/preread-hello.ts';
import { LazyTimer } from '../../upstream/connections/lazy-timer.ts';

export interface PrereadEvents {
  /** Once. Undefined: these are no such handshake. `bytes`: all that has come. */
  onHello(hello: SeenHello | undefined, bytes: Buffer): void;
  /** More has come than may be looked at, and it is still not clear what it is. */
  onFull(): void;
  onLate(): void;
}

export interface PrereadLimits {
  readonly bytesMax: number;
  readonly timeoutMs: number;
}

export class Preread {
  readonly #bytesMax: number;
  readonly #events: PrereadEvents;
  readonly #hello = new PrereadHello();
  readonly #timer: LazyTimer;
  #kept: Buffer = Buffer.alloc(0);

  constructor(limits: PrereadLimits, events: PrereadEvents, clock: Clock) {
    this.#bytesMax = limits.bytesMax;
    this.#events = events;
    this.#timer = new LazyTimer(clock, () => events.onLate());
    this.#timer.set(limits.timeoutMs);
  }

  get bytes(): number {
    return this.#kept.length;
  }

  /** The buffer is borrowed. */
  take(buffer: Buffer, length: number): void {
    this.#kept = Buffer.concat([this.#kept, buffer.subarray(0, length)]);
    const seen = this.#hello.read(this.#kept.subarray(0, this.#bytesMax));
    if (seen !== undefined) {
      this.close();
      this.#events.onHello(seen === 'none' ? undefined : seen, this.#kept);
    } else if (this.#kept.length >= this.#bytesMax) {
      this.close();
      this.#events.onFull();
    }
  }

  close(): void {
    this.#timer.close();
  }
}
