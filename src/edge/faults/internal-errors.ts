/**
 * Errors of our own, each contained in the connection, lane or answer in which it was thrown: that one ends, the others do not notice. The first error of a
 * place in the code is logged with its stack; those that follow are counted and told once a minute, because a client that has found a way to cause one must not
 * fill the log with it.
 */

import type { Clock } from '../../kernel/clock.ts';
import { EDGE_LIMITS } from '../limits.ts';

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

  /** How many errors there were since the start, in all places. */
  get count(): number {
    return this.#count;
  }

  /** `what` has ended by the error: `the connection of 192.0.2.1`. */
  note(what: string, error: unknown): void {
    this.#count += 1;
    const nowMs = this.#clock.monotonicMs();
    const { title, frames } = describe(error);
    const at = frames.split('\n')[1]?.trim() ?? '';
    const place = this.#places.get(at);
    if (place === undefined) {
      // Errors of further places are counted only: that many places do not fail for different reasons.
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

/** The message may hold what a client has sent, so it is cut to one line. Places are told apart by the frames of the stack alone. */
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
