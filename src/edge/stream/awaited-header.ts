/** The header of the PROXY protocol with which a connection has to begin, until it has come. */

import type { Clock } from '../../kernel/clock.ts';
import type { ProxyHeader } from '../../protocol/proxy-protocol/header.ts';
import { readProxyHeader } from '../../protocol/proxy-protocol/read-header.ts';
import { LazyTimer } from '../../upstream/connections/lazy-timer.ts';

export interface AwaitedHeaderEvents {
  /** Once. `rest`: what has come behind it, borrowed. */
  onHeader(header: ProxyHeader, rest: Buffer): void;
  /** It is none, in nginx's words; `bytes` are borrowed. */
  onInvalid(reason: string, bytes: Buffer): void;
  onLate(): void;
}

export class AwaitedHeader {
  readonly #events: AwaitedHeaderEvents;
  readonly #timer: LazyTimer;
  #kept: Buffer = Buffer.alloc(0);

  constructor(timeoutMs: number, events: AwaitedHeaderEvents, clock: Clock) {
    this.#events = events;
    this.#timer = new LazyTimer(clock, () => events.onLate());
    this.#timer.set(timeoutMs);
  }

  /** The buffer is borrowed. */
  take(buffer: Buffer, length: number): void {
    const came = buffer.subarray(0, length);
    const bytes = this.#kept.length === 0 ? came : Buffer.concat([this.#kept, came]);
    const read = readProxyHeader(bytes, bytes.length);
    switch (read.kind) {
      case 'incomplete':
        this.#kept = Buffer.from(bytes);
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
