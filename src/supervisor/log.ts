/** The log of the server: what we say, and what the application and our children say. */

import type { LogLevel } from '../config/model.ts';
import type { Clock } from '../kernel/clock.ts';
import type { LineOrigin } from './log-line.ts';
import { decodeLine, renderLogLines } from './log-line.ts';
import type { LogSink } from './log-sink.ts';
import { nameSources } from './source-lines.ts';

const RANKS: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warning: 2, error: 3 };

export class Log {
  readonly #sink: Pick<LogSink, 'write'>;
  readonly #clock: Clock;
  readonly #least: LogLevel;
  readonly #self: LineOrigin;

  constructor(sink: Pick<LogSink, 'write'>, clock: Clock, least: LogLevel, self: LineOrigin) {
    this.#sink = sink;
    this.#clock = clock;
    this.#least = least;
    this.#self = self;
  }

  say(level: LogLevel, text: string, origin: LineOrigin = this.#self): void {
    if (RANKS[level] >= RANKS[this.#least]) {
      this.#sink.write(renderLogLines(this.#clock.nowMs(), level, origin, nameSources(text)));
    }
  }

  /** Lines that somebody else wrote, in one piece. */
  relay(origin: LineOrigin, lines: readonly Buffer[]): void {
    if (lines.length > 0) {
      const nowMs = this.#clock.nowMs();
      this.#sink.write(lines.map((line) => renderLogLines(nowMs, 'output', origin, decodeLine(line))).join(''));
    }
  }
}
