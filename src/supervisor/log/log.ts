/** The log of the server: what we say, and what the application and our children say. */

import type { LogFormat, LogLevel } from '../../config/serve-options.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { LineOrigin, LogEvent, RequestFacts } from './log-event.ts';
import { ownEvent } from './log-event.ts';
import { renderLogLines } from './log-line.ts';
import { renderLogObject } from './log-object.ts';
import type { LogSink } from './log-sink.ts';
import { OutputEvents } from './output-events.ts';
import { nameSources } from './source-lines.ts';

const RANKS: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warning: 2, error: 3 };

export interface LogSettings {
  readonly format: LogFormat;
  /** Nothing of ours below it is logged. */
  readonly least: LogLevel;
  /** What entries of workers begin with. */
  readonly mark: string;
  readonly self: LineOrigin;
}

export class Log {
  readonly #sink: Pick<LogSink, 'write'>;
  readonly #clock: Clock;
  readonly #settings: LogSettings;
  readonly #render: (nowMs: number, origin: LineOrigin, event: LogEvent) => string;

  constructor(sink: Pick<LogSink, 'write'>, clock: Clock, settings: LogSettings) {
    this.#sink = sink;
    this.#clock = clock;
    this.#settings = settings;
    this.#render = rendererOf(settings.format);
  }

  /** Text of several lines is what happened, and behind it a traceback or a stack. */
  say(level: LogLevel, text: string, origin: LineOrigin = this.#settings.self, about?: RequestFacts): void {
    this.relay(origin, [ownEvent(level, nameSources(text), about)]);
  }

  /** Several things at once, in one piece. */
  sayAll(events: readonly LogEvent[]): void {
    this.relay(this.#settings.self, events);
  }

  /** Makes events of what a child prints. */
  newOutput(): OutputEvents {
    return new OutputEvents(this.#settings.mark, this.#settings.format === 'json');
  }

  /** Events of one origin, in one piece. */
  relay(origin: LineOrigin, events: readonly LogEvent[]): void {
    const nowMs = this.#clock.nowMs();
    const text = events.map((event) => (this.#isHeard(event) ? this.#render(nowMs, origin, event) : '')).join('');
    if (text !== '') {
      this.#sink.write(text);
    }
  }

  #isHeard({ level }: LogEvent): boolean {
    return level === 'output' || RANKS[level] >= RANKS[this.#settings.least];
  }
}

export function rendererOf(format: LogFormat): (nowMs: number, origin: LineOrigin, event: LogEvent) => string {
  return format === 'json' ? renderLogObject : renderLogLines;
}
