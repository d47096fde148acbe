/**
 * Where requests come in: a body that is to be whole is collected first; then the call is sent, if there is room on a lane, or waits in the bounded queue. Who
 * picks the lane is the gateway that the intake belongs to.
 */

import type { CollectOptions } from '../relay/body/body-collector.ts';
import { collectBody } from '../relay/body/body-collector.ts';
import { RefusedBodies } from '../relay/body/refused-bodies.ts';
import type { Call } from './call.ts';
import { CallQueue } from './call-queue.ts';
import type { CallServices } from './call-services.ts';
import type { GatewayOptions } from './gateway-options.ts';

export interface Dispatcher<C extends Call> {
  /** Whether a request could be sent at once. */
  hasRoom(): boolean;
  /** Sends a call. False: there is no lane with room for it. */
  dispatch(call: C): boolean;
  /** A call has begun to wait. */
  onQueued(): void;
}

/** Calls that wait, and how long the first of them has. */
export interface QueueReport {
  readonly waiting: number;
  readonly oldestWaitMs: number;
}

export class Intake<C extends Call> {
  readonly #options: Pick<GatewayOptions, 'settings' | 'overload'>;
  readonly #services: CallServices;
  readonly #dispatcher: Dispatcher<C>;
  readonly #queue: CallQueue<C>;
  readonly #collecting: CollectOptions<C>;
  readonly #dispatch: (call: C) => boolean;

  constructor(
    options: Pick<GatewayOptions, 'settings' | 'overload' | 'onWaiting'>,
    services: CallServices,
    dispatcher: Dispatcher<C>,
  ) {
    this.#options = options;
    this.#services = services;
    this.#dispatcher = dispatcher;
    this.#dispatch = (call) => dispatcher.dispatch(call);
    this.#queue = new CallQueue(options.settings.queueMax, (count) => options.onWaiting(count));
    this.#collecting = {
      room: { space: services.space, memory: services.memory.bodies, blocks: services.blocks },
      settings: options.settings,
      overload: options.overload,
      refused: new RefusedBodies(
        (level, text) => services.log(level, text),
        () => services.monotonicMs(),
      ),
      onCollected: (call) => this.place(call),
    };
  }

  get queue(): QueueReport {
    const first = this.#queue.peek();
    const oldestMs = first === undefined ? 0 : this.#services.monotonicMs() - first.queuedAtMs;
    return { waiting: this.#queue.count, oldestWaitMs: Math.max(0, oldestMs) };
  }

  /** How many calls wait. */
  get waiting(): number {
    return this.#queue.count;
  }

  /** A full queue is noticed before the body is read: nobody shall upload a gigabyte to be refused. */
  collect(call: C): void {
    if (this.#queue.isFull && (this.#queue.count > 0 || !this.#dispatcher.hasRoom())) {
      this.#options.overload.refuse(call, 'full');
      return;
    }
    collectBody(call, this.#collecting);
  }

  /** Sends the call, or has it wait. */
  place(call: C): void {
    if (this.#queue.count === 0 && this.#dispatcher.dispatch(call)) {
      return;
    }
    if (this.#queue.isFull) {
      this.#options.overload.refuse(call, 'full');
      return;
    }
    call.queuedAtMs = this.#services.monotonicMs();
    this.#queue.push(call);
    this.#dispatcher.onQueued();
  }

  /** Sends what waits, as far as there is room. */
  pump(): void {
    this.#queue.takeWhile(this.#dispatch);
  }

  /** Calls that were sent and never begun wait again, in front: they came before those that wait, and must not hide how long these have waited. */
  putBack(calls: readonly C[]): void {
    const waiting = calls.filter((call) => !call.isOver);
    const sinceMs = this.#queue.peek()?.queuedAtMs ?? this.#services.monotonicMs();
    for (const call of waiting) {
      call.queuedAtMs ||= sinceMs;
    }
    this.#queue.putBack(waiting);
  }

  /** A call that may have waited is over. */
  onDropped(call: Call): void {
    if (call.queuedAtMs > 0 && call.lane === undefined) {
      this.#queue.onDropped();
    }
  }

  refuseLate(nowMs: number): void {
    for (const call of this.#queue.takeOlder(nowMs - this.#options.settings.queueTimeoutMs)) {
      this.#options.overload.refuse(call, 'late');
    }
  }

  forgive(awayMs: number, nowMs: number): void {
    this.#queue.forgive(awayMs, nowMs);
  }

  /** What waits for a worker, and what comes to wait, is given away until `admitAll`. */
  giveAll(take: (call: C) => void): void {
    this.#queue.giveAll(take);
  }

  admitAll(): void {
    this.#queue.admitAll();
  }
}
