/**
 * The keys with which tickets of sessions are sealed. A new one comes now and then, so that what was recorded cannot be read for ever with a key that is stolen later;
 * those before it still open the tickets that they have sealed, until the sessions in them are over.
 */

import type { Clock } from '../kernel/clock.ts';
import { randomBytes } from '../kernel/random-bytes.ts';
import { SUPERVISOR_LIMITS } from './limits.ts';
import { TICKET_KEY_BYTES } from './tls-contexts.ts';

export class TicketKeys {
  readonly #clock: Clock;
  #keys: readonly string[] = [];
  #madeMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** In base64, the newest first. */
  get current(): readonly string[] {
    if (this.#keys.length === 0) {
      this.#add();
    }
    return this.#keys;
  }

  /** Whether the time has come for a new key, which is the first of `current` then. */
  rotate(): boolean {
    const isDue = this.#keys.length > 0 && this.#clock.monotonicMs() - this.#madeMs >= SUPERVISOR_LIMITS.ticketKeyMs;
    if (isDue) {
      this.#add();
    }
    return isDue;
  }

  #add(): void {
    this.#madeMs = this.#clock.monotonicMs();
    this.#keys = [newKey(), ...this.#keys].slice(0, SUPERVISOR_LIMITS.ticketKeysMax);
  }
}

function newKey(): string {
  return randomBytes(TICKET_KEY_BYTES).toString('base64');
}
