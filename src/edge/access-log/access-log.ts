/** The access log of a thread: lines are collected and leave together. That a log cannot be written is told once, and never stops the site. */

import type { Clock } from '../../kernel/clock.ts';
import type { Client, Exchange } from '../../protocol/http/exchange.ts';
import type { AccessEntry, LineFormat } from './line.ts';
import { LineWriter } from './line-writer.ts';

const LIMITS = {
  /** A line waits no longer than this for others. */
  delayMs: 200,
  /** When so many bytes are collected, they leave at once. */
  bytesMax: 65_536,
} as const;

/** The response's facts that the transport keeps. */
export interface LoggedExchange extends Exchange {
  readonly status: number;
  readonly bodyBytes: number;
}

export class AccessLog {
  readonly #format: LineFormat;
  readonly #clock: Clock;
  readonly #writer: LineWriter;
  #lines = '';
  #timer: NodeJS.Timeout | undefined;

  /** Throws what open(2) throws. */
  constructor(options: {
    path: string;
    fd: number | undefined;
    format: LineFormat;
    clock: Clock;
    onError: (text: string) => void;
  }) {
    this.#format = options.format;
    this.#clock = options.clock;
    this.#writer = new LineWriter(options.path, options.onError, options.fd);
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

  /** A line for bytes that could not be read as a request. */
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
    this.#writer.write(this.#lines);
    this.#lines = '';
    if (this.#writer.isBehind) {
      this.#timer = setTimeout(() => this.flush(), LIMITS.delayMs);
    }
  }

  /** After rotation: the old file gets what was collected, the new one all that follows. */
  reopen(): void {
    this.flush();
    this.#writer.reopen();
  }
}
