/**
 * What a connection waits for, since when, and until when it may. Looked at about once a second; it has no timer of its own.
 *
 * A body has three bounds, none of which what came before can stretch:
 *
 * | bound | what is held against it |
 * |---|---|
 * | `bodyGraceMs` from its beginning | the least rate, on average |
 * | `bodyStallMs` | its last byte of data: what frames a body moves nothing |
 * | each further `bodyStallMs` | the least rate, on average over these alone |
 *
 * Time in which the body waits for its reader counts for nothing.
 */

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
  /** The edge itself does not read, or does not take what it reads. */
  readonly isPaused: boolean;
  /** Bytes that the kernel has taken of what has waited, since the connection was opened. */
  readonly sentBytes: number;
  /** Nothing is left to be sent. */
  readonly isAllSent: boolean;
}

export class Deadline {
  phase: Phase = 'idle';
  #atMs: number;
  /** `sentBytes` when it was last looked at; -1: not yet in this phase. */
  #sentBytes = -1;
  /** `receivedBytes` when it was last looked at, and since when it has had that value. */
  #receivedBytes = 0;
  #receivedMs: number;
  /** The span over which the rate of a body is taken: since when, how long, and how many bytes had come before. */
  #rateMs: number;
  #rateForMs = 0;
  #rateBytes = 0;
  /** How long the client may pause: of a response that it takes, and of a body that it sends. */
  #writeMs: number = EDGE_LIMITS.writeStallMs;
  #stallMs: number = EDGE_LIMITS.bodyStallMs;

  constructor(nowMs: number, firstByteMs: number) {
    this.#atMs = nowMs + firstByteMs;
    this.#receivedMs = nowMs;
    this.#rateMs = nowMs;
  }

  enter(phase: Phase, nowMs: number, forMs: number): void {
    this.phase = phase;
    this.#atMs = nowMs + forMs;
    this.#sentBytes = -1;
  }

  /** The phase goes on until then. */
  extend(untilMs: number): void {
    this.#atMs = untilMs;
  }

  /** The client is to take what was given to the output. */
  enterWrite(nowMs: number, stallMs: number): void {
    this.enter('write', nowMs, stallMs);
    this.#writeMs = stallMs;
  }

  /** A body is read from now on, of which `receivedBytes` have come. */
  enterBody(nowMs: number, receivedBytes: number, stallMs: number = EDGE_LIMITS.bodyStallMs): void {
    this.#stallMs = stallMs;
    this.phase = 'body';
    this.#atMs = nowMs;
    this.#begin(nowMs, EDGE_LIMITS.bodyGraceMs, receivedBytes);
    this.#receivedBytes = receivedBytes;
    this.#receivedMs = nowMs;
  }

  /** Begins a new span for the rate. */
  #begin(nowMs: number, forMs: number, receivedBytes: number): void {
    this.#rateMs = nowMs;
    this.#rateForMs = forMs;
    this.#rateBytes = receivedBytes;
  }

  /** Asks no clock, because this is on every request's way. */
  enterApp(): void {
    this.phase = 'app';
    this.#atMs = Infinity;
  }

  isDue(nowMs: number): boolean {
    return nowMs >= this.#atMs;
  }

  /** Called when the deadline is over: what is to happen, or undefined if the transfer is fast enough and goes on. */
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

  #expireBody(nowMs: number, { receivedBytes, isPaused }: Transfer): Expiry | undefined {
    if (isPaused || receivedBytes > this.#receivedBytes) {
      this.#receivedBytes = receivedBytes;
      this.#receivedMs = nowMs;
    }
    if (isPaused) {
      this.#begin(nowMs, EDGE_LIMITS.bodyStallMs, receivedBytes);
      return undefined;
    }
    if (nowMs - this.#receivedMs >= this.#stallMs) {
      return 'refuse';
    }
    if (nowMs - this.#rateMs < this.#rateForMs) {
      return undefined;
    }
    const perSecond = ((receivedBytes - this.#rateBytes) * 1000) / (nowMs - this.#rateMs);
    if (perSecond < EDGE_LIMITS.bodyBytesPerSecondMin) {
      return 'refuse';
    }
    this.#begin(nowMs, EDGE_LIMITS.bodyStallMs, receivedBytes);
    return undefined;
  }

  #expireWrite(nowMs: number, transfer: Transfer): Expiry | undefined {
    if (!transfer.isAllSent && transfer.sentBytes === this.#sentBytes) {
      return 'destroy';
    }
    this.#sentBytes = transfer.sentBytes;
    this.#atMs = nowMs + this.#writeMs;
    return undefined;
  }
}
