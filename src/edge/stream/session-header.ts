/** The header of the PROXY protocol with which a connection has to begin, until it has come. */

import type { Clock } from '../../kernel/clock.ts';
import { GatheredHeader } from '../../protocol/proxy-protocol/gathered-header.ts';
import type { ProxyHeader } from '../../protocol/proxy-protocol/header.ts';
import { LazyTimer } from '../../upstream/connections/lazy-timer.ts';

export interface SessionHeaderEvents {
  /** Once. `rest`: what has come behind it, borrowed. */
  onHeader(header: ProxyHeader, rest: Buffer): void;
  /** It is none, in nginx's words; `bytes` are borrowed. */
  onInvalid(reason: string, bytes: Buffer): void;
  onLate(): void;
}

export class SessionHeader {
  readonly #events: SessionHeaderEvents;
  readonly #timer: LazyTimer;
  readonly #gathered = new GatheredHeader();

  constructor(timeoutMs: number, events: SessionHeaderEvents, clock: Clock) {
    this.#events = events;
    this.#timer = new LazyTimer(clock, () => events.onLate());
    this.#timer.set(timeoutMs);
  }

  /** The buffer is borrowed. */
  take(buffer: Buffer, length: number): void {
    const { read, bytes } = this.#gathered.take(buffer.subarray(0, length));
    switch (read.kind) {
      case 'incomplete':
        return;
      case 'invalid':
        this.close();
        this.#events.onInvalid(read.reason, bytes);
        return;
      case 'header':
        this.close();
        this.#events.onHeader(read.header, bytes.subarray(read.length));
    }
  }

  close(): void {
    this.#timer.close();
  }
}
