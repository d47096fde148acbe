/**
 * How the plan of an edge is exchanged for another while it runs: every thread prepares it, and only if all can run it do all change to it. Nothing of the present
 * plan is touched before.
 */

import type { EdgeModel } from '../config/model/server-model.ts';
import type { ZoneSpec } from '../kernel/zones/keep-zones.ts';
import { keepZones } from '../kernel/zones/keep-zones.ts';
import type { BoundListener, FromEdge, PlanMessage, PreparePlan } from '../protocol/control/edge.ts';
import type { ZoneMemory } from './pipeline/zones.ts';
import { newZoneMemory, zonesOf } from './pipeline/zones.ts';
import type { SharedState } from './shared/shared-state.ts';
import { newQueueTables } from './shared/shared-state.ts';
import type { FromThread, ToThread } from './thread.ts';

/** A socket that was given over the channel. Its descriptor is closed by the server that listens on it; the object must outlive that. */
export interface GivenSocket {
  readonly fd: number;
}

export interface PlanExchangeParts {
  readonly shared: SharedState;
  readonly model: EdgeModel;
  readonly threadCount: number;
  readonly tellThreads: (message: ToThread) => void;
  readonly tell: (message: FromEdge) => void;
}

interface Waiting {
  readonly plan: number;
  readonly model: EdgeModel;
  readonly zones: ZoneMemory;
  readonly prepared: Set<number>;
  readonly committed: Set<number>;
}

export class PlanExchange {
  readonly #parts: PlanExchangeParts;
  /** By thread, the last plan that it has `answered` for; and the last that was told. */
  readonly #answered: number[];
  #toldAnswered = 0;
  readonly #sockets = new Map<number, GivenSocket>();
  #model: EdgeModel;
  #zones: ZoneMemory;
  #waiting: Waiting | undefined;

  constructor(parts: PlanExchangeParts) {
    this.#parts = parts;
    this.#answered = Array.from({ length: parts.threadCount }, () => 0);
    this.#model = parts.model;
    this.#zones = parts.shared.zones;
  }

  give(number: number, socket: GivenSocket): void {
    this.#sockets.set(number, socket);
  }

  receive(message: PlanMessage): void {
    const { tellThreads } = this.#parts;
    if (message.kind === 'prepare') {
      this.#prepare(message);
    } else if (message.plan === this.#waiting?.plan) {
      if (message.kind === 'abandon') {
        this.#waiting = undefined;
      }
      tellThreads(message);
    }
  }

  #prepare(message: PreparePlan): void {
    const { shared, threadCount, tellThreads, tell } = this.#parts;
    const { plan, model } = message;
    const zones = this.#zonesOf(model);
    if (typeof zones === 'string') {
      tell({ kind: 'refused', plan, message: zones });
      return;
    }
    // All threads are given all of them: one may have refused a plan before, and have none of those that the others have.
    const queues = new Map(
      model.apps.map(({ id }) => [id, shared.queues.get(id) ?? newQueueTables(threadCount)] as const),
    );
    for (const [app, tables] of queues) {
      shared.queues.set(app, tables);
    }
    this.#waiting = { plan, model, zones, prepared: new Set(), committed: new Set() };
    const listeners = message.listeners.map((listener) => this.#withDescriptors(listener));
    tellThreads({ ...message, listeners, queues, zones });
  }

  /** The memory of each zone: that of a zone of the present plan which is the same. A text says why that cannot be. */
  #zonesOf(model: EdgeModel): ZoneMemory | string {
    const wanted = zonesOf(model);
    const { kept, conflicts } = keepZones(zonesOf(this.#model).map(specOf), wanted.map(specOf));
    const [conflict] = conflicts;
    if (conflict !== undefined) {
      return `the zone "${conflict.wanted.name}" counts by another key than before. Give it another name`;
    }
    const fresh = newZoneMemory(wanted.filter(({ name }) => !kept.has(name)));
    let next = 0;
    return wanted.map(({ name }) => {
      const same = kept.get(name);
      const memory = same === undefined ? fresh[next++] : this.#zones[same.index];
      if (memory === undefined) {
        throw new Error(`the zone "${name}" has no memory`);
      }
      return memory;
    });
  }

  #withDescriptors(listener: BoundListener): BoundListener {
    const fds = listener.fds.map((fd) => (fd >= 0 ? fd : (this.#sockets.get(-1 - fd)?.fd ?? fd)));
    return { ...listener, fds };
  }

  /** What a thread says of the plan that is prepared, and of those before. */
  onThread(
    thread: number,
    message: Extract<FromThread, { kind: 'prepared' | 'refused' | 'committed' | 'answered' }>,
  ): void {
    if (message.kind === 'answered') {
      this.#onAnswered(thread, message.plan);
      return;
    }
    const waiting = this.#waiting;
    const { threadCount, tell, tellThreads } = this.#parts;
    if (waiting === undefined || waiting.plan !== message.plan) {
      return;
    }
    switch (message.kind) {
      case 'refused':
        this.#waiting = undefined;
        tellThreads({ kind: 'abandon', plan: message.plan });
        tell(message);
        return;
      case 'prepared':
        waiting.prepared.add(thread);
        if (waiting.prepared.size === threadCount) {
          tell(message);
        }
        return;
      case 'committed':
        waiting.committed.add(thread);
        if (waiting.committed.size === threadCount) {
          this.#model = waiting.model;
          this.#zones = waiting.zones;
          this.#waiting = undefined;
          tell(message);
        }
    }
  }

  #onAnswered(thread: number, plan: number): void {
    this.#answered[thread] = plan;
    const all = Math.min(...this.#answered);
    if (all > this.#toldAnswered) {
      this.#toldAnswered = all;
      this.#parts.tell({ kind: 'answered', plan: all });
    }
  }
}

function specOf(zone: ReturnType<typeof zonesOf>[number], index: number): ZoneSpec & { readonly index: number } {
  const { kind, name, bytes } = zone;
  return { kind, name, bytes, index, key: JSON.stringify('key' in zone ? zone.key : '') };
}
