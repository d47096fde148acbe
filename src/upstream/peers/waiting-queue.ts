/**
 * Requests that wait because all peers that live have their `max_conns`. Each edge thread has its own, in the order of their coming; how many wait in all is counted in
 * shared memory, where a number grows with each peer that has room again, and threads in which requests wait are woken by it.
 *
 * As long as requests wait anywhere, new ones go to the end of their thread's queue: the peer that was given back would be taken by whoever comes in that moment, and
 * those that wait would wait until their time is over.
 */

import type { Clock } from '../../kernel/clock.ts';
import type { Peer, PeerChoice, PeerQueue, PeerWait } from '../peer-choice.ts';
import { GROUP } from './peer-fields.ts';
import type { PeerMemory } from './peer-memory.ts';
import { wordAt } from './peer-memory.ts';

/** A choice that takes its place among those that wait. */
export interface WaitingChoice extends PeerChoice {
  /** As `next`, also while others wait. */
  nextInQueue(): Peer | 'full' | undefined;
}

interface Waiter {
  readonly choice: WaitingChoice;
  readonly untilMs: number;
  readonly done: (peer: Peer | undefined) => void;
}

export interface WaitingQueueParts {
  readonly memory: PeerMemory;
  /** The place of the upstream in it. */
  readonly group: number;
  readonly requestsMax: number;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** What nobody tells of is looked for so often: a peer whose `fail_timeout` is over, a thread that has ended. */
const LOOK_MS = 1000;

export class WaitingQueue implements PeerQueue {
  readonly #parts: WaitingQueueParts;
  readonly #countAt: number;
  readonly #wakeAt: number;
  readonly #overflowsAt: number;
  readonly #waiters = new Set<Waiter>();
  #timer: NodeJS.Timeout | undefined;
  #isListening = false;

  constructor(parts: WaitingQueueParts) {
    this.#parts = parts;
    this.#countAt = wordAt(parts.group, GROUP.waiting, 0);
    this.#wakeAt = wordAt(parts.group, GROUP.waiting, 1);
    this.#overflowsAt = wordAt(parts.group, GROUP.overflows, 0);
  }

  get #words(): Int32Array {
    return this.#parts.memory.words;
  }

  /** In all threads. */
  get size(): number {
    return Atomics.load(this.#words, this.#countAt);
  }

  /** Requests that found it full. */
  get overflows(): number {
    return Atomics.load(this.#words, this.#overflowsAt);
  }

  get isWaitedIn(): boolean {
    return this.size > 0;
  }

  wait(choice: PeerChoice, done: (peer: Peer | undefined) => void): PeerWait | undefined {
    const { requestsMax, timeoutMs, clock } = this.#parts;
    if (Atomics.add(this.#words, this.#countAt, 1) >= requestsMax) {
      Atomics.sub(this.#words, this.#countAt, 1);
      Atomics.add(this.#words, this.#overflowsAt, 1);
      return undefined;
    }
    // Choices of other groups are not given here.
    const waiter: Waiter = { choice: choice as WaitingChoice, untilMs: clock.monotonicMs() + timeoutMs, done };
    this.#waiters.add(waiter);
    if (this.#waiters.size === 1) {
      // A peer may have been given back since it was asked for.
      setImmediate(() => this.#serve());
    }
    return { leave: () => void this.#remove(waiter) };
  }

  #remove(waiter: Waiter): boolean {
    if (!this.#waiters.delete(waiter)) {
      return false;
    }
    Atomics.sub(this.#words, this.#countAt, 1);
    if (this.#waiters.size === 0) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    }
    return true;
  }

  /** A peer has room again. */
  wake(): void {
    if (this.isWaitedIn) {
      Atomics.add(this.#words, this.#wakeAt, 1);
      Atomics.notify(this.#words, this.#wakeAt);
    }
  }

  #serve(): void {
    const seen = Atomics.load(this.#words, this.#wakeAt);
    for (const waiter of this.#waiters) {
      const peer = waiter.choice.nextInQueue();
      if (peer === 'full' && waiter.untilMs > this.#parts.clock.monotonicMs()) {
        break;
      }
      this.#remove(waiter);
      waiter.done(peer === 'full' ? undefined : peer);
    }
    if (this.#waiters.size > 0) {
      this.#listen(seen);
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#serve();
      }, this.#untilNextMs());
    }
  }

  #untilNextMs(): number {
    const [first] = this.#waiters;
    return Math.max(0, Math.min(LOOK_MS, (first?.untilMs ?? 0) - this.#parts.clock.monotonicMs()));
  }

  /** Until a peer has room: at most one promise waits, in each thread. */
  #listen(seen: number): void {
    if (this.#isListening) {
      return;
    }
    const { async: isLater, value } = Atomics.waitAsync(this.#words, this.#wakeAt, seen);
    if (!isLater) {
      setImmediate(() => this.#serve());
      return;
    }
    this.#isListening = true;
    void value.then(() => {
      this.#isListening = false;
      this.#serve();
    });
  }
}
