/**
 * Errors of our own, each contained in the connection, lane or answer that it was thrown in: that one ends, the others do not notice.
 * Where an error comes from is written with its stack the first time, and then once a minute with its number: a client that has found a
 * way to bring one about must not fill the log with it.
 */

import type { Clock } from '../kernel/clock.ts';
import { EDGE_LIMITS } from './limits.ts';

interface Place {
  count: number;
  loggedMs: number;
}

export class InternalErrors {
  readonly #clock: Clock;
  readonly #log: (text: string) => void;
  readonly #places = new Map<string, Place>();
  #count = 0;

  constructor(clock: Clock, log: (text: string) => void) {
    this.#clock = clock;
    this.#log = log;
  }

  /** Of all places, since the start. */
  get count(): number {
    return this.#count;
  }

  /** `what` has ended by it: `the connection of 192.0.2.1`. */
  note(what: string, error: unknown): void {
    this.#count += 1;
    const nowMs = this.#clock.monotonicMs();
    const { title, frames } = describe(error);
    const at = frames.split('\n')[1]?.trim() ?? '';
    const place = this.#places.get(at);
    if (place === undefined) {
      // Beyond it they are counted only: that many places do not fail for different reasons.
      if (this.#places.size < EDGE_LIMITS.internalErrorPlacesMax) {
        this.#places.set(at, { count: 1, loggedMs: nowMs });
        this.#log(`internal error ${this.#count} in ${what}, which ends by it: ${title}${frames}`);
      }
      return;
    }
    place.count += 1;
    if (nowMs - place.loggedMs >= EDGE_LIMITS.internalErrorRepeatMs) {
      place.loggedMs = nowMs;
      this.#log(`internal error ${this.#count} in ${what}, the ${place.count}th ${at}: ${title}`);
    }
  }
}

/** The message may hold what a client has sent, so it is kept to one line, and places are told apart by their frames alone. */
function describe(error: unknown): { readonly title: string; readonly frames: string } {
  if (!(error instanceof Error)) {
    return { title: oneLine(String(error)), frames: '' };
  }
  const frames = (error.stack ?? '').split('\n').filter((line) => /^ {4}at /.test(line));
  return { title: oneLine(`${error.name}: ${error.message}`), frames: frames.map((line) => `\n${line}`).join('') };
}

function oneLine(text: string): string {
  const short =
    text.length > EDGE_LIMITS.internalErrorTitleMax ? `${text.slice(0, EDGE_LIMITS.internalErrorTitleMax)}…` : text;
  return short.replaceAll('\n', '\\n');
}
