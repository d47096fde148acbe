/** The log of the server: what we say, and what the application and our children say. */

import type { Clock } from '../../kernel/clock.ts';
import type { LineOrigin, LogEvent, OwnLevel, RequestFacts } from './log-event.ts';
import { ownEvent } from './log-event.ts';
import type { LogOutlet } from './log-outlet.ts';
import { OutputEvents } from './output-events.ts';
import { nameSources } from './source-lines.ts';

export interface LogSettings {
  /** What entries of workers begin with. */
  readonly mark: string;
  readonly self: LineOrigin;
  /** Objects of JSON that the application prints are taken over as such. */
  readonly takesObjects: boolean;
}

export class Log {
  readonly #outlets: readonly LogOutlet[];
  readonly #clock: Clock;
  readonly #settings: LogSettings;

  constructor(outlets: readonly LogOutlet[], clock: Clock, settings: LogSettings) {
    this.#outlets = outlets;
    this.#clock = clock;
    this.#settings = settings;
  }

  /** Text of several lines is what happened, and behind it a traceback or a stack. */
  say(level: OwnLevel, text: string, origin: LineOrigin = this.#settings.self, about?: RequestFacts): void {
    this.relay(origin, [ownEvent(level, nameSources(text), about)]);
  }

  /** Several things at once, in one piece. */
  sayAll(events: readonly LogEvent[]): void {
    this.relay(this.#settings.self, events);
  }

  /** Makes events of what a child prints. */
  newOutput(): OutputEvents {
    return new OutputEvents(this.#settings.mark, this.#settings.takesObjects);
  }

  /** Events of one origin, in one piece. */
  relay(origin: LineOrigin, events: readonly LogEvent[]): void {
    const nowMs = this.#clock.nowMs();
    for (const outlet of this.#outlets) {
      const text = events.map((event) => outlet.render(nowMs, origin, event)).join('');
      if (text !== '') {
        outlet.sink.write(text);
      }
    }
  }
}
