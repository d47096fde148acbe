/** The access log of a plain `serve`: a line for each request that is over. */

import type { AccessFormat } from '../../config/access-format/access-format.ts';
import type { Clock } from '../../kernel/clock.ts';
import { compileFormat } from './compile-format.ts';
import type { AccessEntry } from './line.ts';
import { renderCombined, renderJson } from './line.ts';
import type { Gathering, LineCollector } from './line-collector.ts';
import type { LoggedExchange } from './logged-exchange.ts';

/** A line waits no longer than this for others. */
export const GATHERING: Gathering = { bytesMax: 65_536, delayMs: 200, gzipLevel: 0 };

type Render = (exchange: LoggedExchange, atMs: number, tookMs: number) => string;

export class AccessLog {
  readonly #render: Render;
  readonly #clock: Clock;
  readonly #lines: Pick<LineCollector, 'write'>;

  /** `responseFields`: those of every response, rendered. */
  constructor(options: {
    lines: Pick<LineCollector, 'write'>;
    format: AccessFormat;
    responseFields: string;
    clock: Clock;
  }) {
    this.#render = rendererOf(options.format, options.responseFields);
    this.#clock = options.clock;
    this.#lines = options.lines;
  }

  write(exchange: LoggedExchange, tookMs: number): void {
    this.#lines.write(this.#render(exchange, this.#clock.nowMs(), tookMs));
  }
}

export function rendererOf({ words, text }: AccessFormat, responseFields: string): Render {
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
