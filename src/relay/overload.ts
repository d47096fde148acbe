/**
 * Requests for which there is no room: each is answered 503, and the log says how many and why, at once and then once a second. The counts lie in memory that
 * all edge threads share, and one thread tells for all. What was counted and not told is told when the thread ends.
 */

import type { ResponseFields } from '../protocol/http/response-fields.ts';
import { fieldsOf } from '../protocol/http/response-fields.ts';
import { RELAY_LIMITS } from './limits.ts';

/** Why a request was refused, with what the log says of it. */
const REASONS = {
  full: 'found the queue full',
  late: 'had waited for --queue-timeout',
  descriptors: 'found no file descriptor left for their body',
} as const;
export type OverloadReason = keyof typeof REASONS;

const KINDS = Object.keys(REASONS) as readonly OverloadReason[];
/** The index behind the counts: 1 while some thread will tell within a second. */
const ARMED = KINDS.length;

export function newOverloadCounters(): Int32Array {
  return new Int32Array(new SharedArrayBuffer((KINDS.length + 1) * 4));
}

export interface OverloadOptions {
  readonly counters: Int32Array;
  /** How many requests may wait, in all threads together. */
  readonly queueMax: number;
  /** Requests in the queues of all threads. */
  waiting(): number;
  /** The limit on open files of the process, as the log names it. */
  readonly descriptorsMax: number;
  log(level: 'warning', text: string): void;
}

/** A request that can be refused. */
export interface Refusable {
  fail(status: number, detail: string | undefined, fields: ResponseFields): void;
}

export const RETRY_AFTER: ResponseFields = fieldsOf(`Retry-After: ${RELAY_LIMITS.retryAfterS}\r\n`);

export class Overload {
  readonly #options: OverloadOptions;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: OverloadOptions) {
    this.#options = options;
  }

  refuse(call: Refusable, reason: OverloadReason): void {
    const { counters } = this.#options;
    Atomics.add(counters, KINDS.indexOf(reason), 1);
    call.fail(503, undefined, RETRY_AFTER);
    if (Atomics.compareExchange(counters, ARMED, 0, 1) === 0) {
      this.#tell();
      this.#wait();
    }
  }

  #wait(): void {
    this.#timer = setTimeout(() => this.#onSecond(), RELAY_LIMITS.overloadLogMs).unref();
  }

  #onSecond(): void {
    const { counters } = this.#options;
    this.#timer = undefined;
    if (this.#tell()) {
      this.#wait();
      return;
    }
    Atomics.store(counters, ARMED, 0);
    // Another thread may have counted one in between, and left it to this one.
    if (this.#tell() && Atomics.compareExchange(counters, ARMED, 0, 1) === 0) {
      this.#wait();
    }
  }

  /** Tells what is not told yet; false if there is nothing. */
  #tell(): boolean {
    const { counters, queueMax, descriptorsMax } = this.#options;
    const counts = KINDS.map((kind, index) => [kind, Atomics.exchange(counters, index, 0)] as const);
    const told = counts.filter(([, count]) => count > 0);
    if (told.length === 0) {
      return false;
    }
    const total = told.reduce((sum, [, count]) => sum + count, 0);
    const reasons = told.map(([kind, count]) => `${count} ${REASONS[kind]}`).join(', ');
    const hint = told.some(([kind]) => kind === 'descriptors')
      ? `; the process may open ${descriptorsMax} files: raise "ulimit -n", or LimitNOFILE= of a systemd unit`
      : '';
    this.#options.log(
      'warning',
      `overload: ${total} requests refused with 503 (${reasons}), ${this.#options.waiting()} waiting in the queue (limit ${queueMax})${hint}`,
    );
    return true;
  }

  /** At the end of the thread: nothing that was counted is lost. */
  finish(): void {
    if (this.#timer !== undefined) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      Atomics.store(this.#options.counters, ARMED, 0);
    }
    this.#tell();
  }
}
