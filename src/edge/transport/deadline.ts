/** What a connection waits for, since when, and until when it may. Looked at about once a second; it has no timer of its own. */

import { EDGE_LIMITS } from '../limits.ts';

/**
 * `idle` between requests; `head` since a head's first byte; `body` while one is read; `app` while a handler has the request, which has its
 * own timeout; `write` while the client is slow to take a response; `linger` while closing.
 */
export type Phase = 'idle' | 'head' | 'body' | 'app' | 'write' | 'linger';

/** The phase's time is over: the client is told (`refuse`), or there is nobody to tell. */
export type Expiry = 'refuse' | 'destroy';

/** What was transferred, for the minimum rates. */
export interface Transfer {
  /** Body bytes received in this phase. */
  readonly receivedBytes: number;
  /** The edge itself has stopped reading. */
  readonly isPaused: boolean;
  /** Bytes that the kernel has taken of what has waited, since the connection was opened. */
  readonly sentBytes: number;
  /** Nothing waits to be sent. */
  readonly isAllSent: boolean;
}

export class Deadline {
  phase: Phase = 'idle';
  #sinceMs: number;
  #atMs: number;
  /** When it was last looked at; -1: not yet in this phase. */
  #sentBytes = -1;

  constructor(nowMs: number, idleMs: number) {
    this.#sinceMs = nowMs;
    this.#atMs = nowMs + idleMs;
  }

  enter(phase: Phase, nowMs: number, forMs: number): void {
    this.phase = phase;
    this.#sinceMs = nowMs;
    this.#atMs = nowMs + forMs;
    this.#sentBytes = -1;
  }

  /** No clock is asked: it is on every request's way. */
  enterApp(): void {
    this.phase = 'app';
    this.#atMs = Infinity;
  }

  isDue(nowMs: number): boolean {
    return nowMs >= this.#atMs;
  }

  /** When due: what is to happen, or undefined if the transfer is fast enough and goes on. */
  expire(nowMs: number, transfer: Transfer): Expiry | undefined {
    switch (this.phase) {
      case 'head':
        return 'refuse';
      case 'body':
        return this.#expireBody(nowMs, transfer);
      case 'write':
        return this.#expireWrite(nowMs, transfer);
      case 'app':
        return undefined;
      case 'idle':
      case 'linger':
        // The server is done, but the client may still be reading the last response.
        return transfer.isAllSent ? 'destroy' : this.#expireWrite(nowMs, transfer);
    }
  }

  #expireBody(nowMs: number, transfer: Transfer): Expiry | undefined {
    const perSecond = (transfer.receivedBytes * 1000) / (nowMs - this.#sinceMs);
    if (perSecond < EDGE_LIMITS.bodyBytesPerSecondMin && !transfer.isPaused) {
      return 'refuse';
    }
    this.#atMs = nowMs + 1000;
    return undefined;
  }

  #expireWrite(nowMs: number, transfer: Transfer): Expiry | undefined {
    if (!transfer.isAllSent && transfer.sentBytes === this.#sentBytes) {
      return 'destroy';
    }
    this.#sentBytes = transfer.sentBytes;
    this.#atMs = nowMs + EDGE_LIMITS.writeStallMs;
    return undefined;
  }
}
