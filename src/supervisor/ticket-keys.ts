/**
 * The keys with which tickets of sessions are sealed, for each time that sessions may last. A key seals for that long, and opens what it has sealed for as long again: then the sessions
 * in it are over, and the key is forgotten, so that what was recorded of them cannot be read with a key that is stolen later.
 */

import type { Clock } from '../kernel/clock.ts';
import { randomBytes } from '../kernel/random-bytes.ts';
import type { TicketKeysByLifetime } from '../protocol/control/edge.ts';
import { TICKET_KEY_BYTES } from './tls-contexts.ts';

interface Ring {
  /** In base64, the newest first. */
  readonly keys: readonly string[];
  readonly madeMs: number;
}

/** The one that seals, and the one before. */
const KEYS_MAX = 2;

export class TicketKeys {
  readonly #clock: Clock;
  /** By how long sessions last. */
  readonly #rings = new Map<number, Ring>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** For sessions that last so long each. */
  for(lifetimes: readonly number[]): TicketKeysByLifetime {
    return Object.fromEntries(lifetimes.map((sessionMs) => [sessionMs, this.#ringOf(sessionMs).keys]));
  }

  /** Whether one of these has a new key, because the time has come. Those of other lifetimes are forgotten: there are no such sessions. */
  rotate(lifetimes: readonly number[]): boolean {
    const nowMs = this.#clock.monotonicMs();
    let hasNew = false;
    for (const [sessionMs, { keys, madeMs }] of this.#rings) {
      if (!lifetimes.includes(sessionMs)) {
        this.#rings.delete(sessionMs);
      } else if (nowMs - madeMs >= sessionMs) {
        this.#rings.set(sessionMs, { keys: [newKey(), ...keys].slice(0, KEYS_MAX), madeMs: nowMs });
        hasNew = true;
      }
    }
    return hasNew;
  }

  #ringOf(sessionMs: number): Ring {
    const ring = this.#rings.get(sessionMs) ?? { keys: [newKey()], madeMs: this.#clock.monotonicMs() };
    this.#rings.set(sessionMs, ring);
    return ring;
  }
}

function newKey(): string {
  return randomBytes(TICKET_KEY_BYTES).toString('base64');
}
