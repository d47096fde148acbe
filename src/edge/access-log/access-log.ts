/**
 * The access log of a thread: lines are collected and leave in one append, so lines of several threads never stand inside one another.
 * A log that cannot be written is said once and never stops the site.
 */

import { closeSync, openSync, writeSync } from 'node:fs';
import type { Clock } from '../../kernel/clock.ts';
import type { Client, Exchange } from '../../protocol/http/exchange.ts';
import type { AccessEntry, LineFormat } from './line.ts';

const LIMITS = {
  /** A line waits no longer than this for others. */
  delayMs: 200,
  /** Lines collected beyond this leave at once. */
  bytesMax: 64 * 1024,
} as const;

const STDOUT_FD = 1;

/** The response's facts that the transport keeps. */
export interface LoggedExchange extends Exchange {
  readonly status: number;
  readonly bodyBytes: number;
}

export class AccessLog {
  readonly #path: string;
  readonly #format: LineFormat;
  readonly #clock: Clock;
  readonly #onError: (text: string) => void;
  #fd: number;
  #lines = '';
  #timer: NodeJS.Timeout | undefined;
  #hasFailed = false;

  /** Throws what open(2) throws. */
  constructor(options: { path: string; format: LineFormat; clock: Clock; onError: (text: string) => void }) {
    this.#path = options.path;
    this.#format = options.format;
    this.#clock = options.clock;
    this.#onError = options.onError;
    this.#fd = this.#open();
  }

  #open(): number {
    return this.#path === '-' ? STDOUT_FD : openSync(this.#path, 'a', 0o640);
  }

  write(exchange: LoggedExchange, tookMs: number): void {
    const times = exchange.watcher?.times;
    this.#add({
      address: exchange.client.address,
      atMs: this.#clock.nowMs(),
      method: exchange.method,
      target: exchange.target,
      minor: exchange.minor,
      status: exchange.status,
      bodyBytes: exchange.bodyBytes,
      referer: exchange.block.get('referer') ?? '',
      userAgent: exchange.block.get('user-agent') ?? '',
      host: exchange.host,
      requestId: exchange.requestId,
      tookMs,
      queueMs: times?.queueMs ?? -1,
      appMs: times?.appMs ?? -1,
    });
  }

  /** What was refused before it could be read as a request. */
  writeFault(client: Client, status: number): void {
    this.#add({
      address: client.address,
      atMs: this.#clock.nowMs(),
      method: '',
      target: '',
      minor: 1,
      status,
      bodyBytes: 0,
      referer: '',
      userAgent: '',
      host: '',
      requestId: '',
      tookMs: 0,
      queueMs: -1,
      appMs: -1,
    });
  }

  #add(entry: AccessEntry): void {
    this.#lines += this.#format(entry);
    if (this.#lines.length > LIMITS.bytesMax) {
      this.flush();
    } else {
      this.#timer ??= setTimeout(() => this.flush(), LIMITS.delayMs);
    }
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const lines = this.#lines;
    this.#lines = '';
    if (lines === '') {
      return;
    }
    try {
      writeSync(this.#fd, lines, null, 'latin1');
      this.#hasFailed = false;
    } catch (error) {
      if (!this.#hasFailed) {
        this.#hasFailed = true;
        this.#onError(`the access log ${this.#path} cannot be written, lines are lost: ${(error as Error).message}`);
      }
    }
  }

  /** After rotation: the old file gets what was collected, the new one all that follows. */
  reopen(): void {
    this.flush();
    if (this.#path === '-') {
      return;
    }
    try {
      const fd = this.#open();
      closeSync(this.#fd);
      this.#fd = fd;
    } catch (error) {
      this.#onError(
        `the access log ${this.#path} cannot be opened again, the old file is used on: ${(error as Error).message}`,
      );
    }
  }
}
