/** The access log of a thread: lines are collected and leave together. That a log cannot be written is told once, and never stops the site. */

import type { AccessFormat } from '../../config/access-format/access-format.ts';
import type { Clock } from '../../kernel/clock.ts';
import { compileFormat } from './compile-format.ts';
import type { AccessEntry } from './line.ts';
import { renderCombined, renderJson } from './line.ts';
import { LineWriter } from './line-writer.ts';
import type { LoggedExchange } from './logged-exchange.ts';

const LIMITS = {
  /** A line waits no longer than this for others. */
  delayMs: 200,
  /** When so many bytes are collected, they leave at once. */
  bytesMax: 65_536,
} as const;

type Render = (exchange: LoggedExchange, atMs: number, tookMs: number) => string;

export class AccessLog {
  readonly #render: Render;
  readonly #clock: Clock;
  readonly #writer: LineWriter;
  #lines = '';
  #timer: NodeJS.Timeout | undefined;

  /** Throws what open(2) throws. `responseFields`: those of every response, rendered. */
  constructor(options: {
    path: string;
    fd: number | undefined;
    format: AccessFormat;
    responseFields: string;
    clock: Clock;
    onError: (text: string) => void;
  }) {
    this.#render = rendererOf(options.format, options.responseFields);
    this.#clock = options.clock;
    this.#writer = new LineWriter(options.path, options.onError, options.fd);
  }

  write(exchange: LoggedExchange, tookMs: number): void {
    this.#lines += this.#render(exchange, this.#clock.nowMs(), tookMs);
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

  /** What is written later opens the file again. */
  close(): void {
    this.flush();
    this.#writer.close();
  }

  /** After rotation: the old file gets what was collected, the new one all that follows. */
  reopen(): void {
    this.flush();
    this.#writer.reopen();
  }
}

function rendererOf({ words, text }: AccessFormat, responseFields: string): Render {
  if (words === 'combined' || words === 'json') {
    const render = words === 'json' ? renderJson : renderCombined;
    return (exchange, atMs, tookMs) => render(entryOf(exchange, atMs, tookMs));
  }
  const render = compileFormat({ words, text }, responseFields);
  return (exchange, atMs, tookMs) => render({ exchange, atMs, tookMs });
}

function entryOf(exchange: LoggedExchange, atMs: number, tookMs: number): AccessEntry {
  const { times } = exchange;
  return {
    address: exchange.client.address,
    atMs,
    method: exchange.method,
    target: exchange.target,
    refusedLine: exchange.refusedLine ?? '',
    version: exchange.version,
    status: exchange.status,
    bodyBytes: exchange.bodyBytes,
    referer: exchange.block.get('referer') ?? '',
    userAgent: exchange.block.get('user-agent') ?? '',
    host: exchange.host,
    requestId: exchange.requestId,
    tookMs,
    queueMs: times?.queueMs ?? -1,
    appMs: times?.appMs ?? -1,
  };
}
