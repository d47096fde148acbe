/** Stands where the gateway does, for tests of lanes without one: it notes what it is told and decides nothing. */

import { FakeClock } from '../../kernel/fake-clock.ts';
import { BlockPool } from '../../relay/body/block-pool.ts';
import type { FakeRequest } from '../../relay/fake-exchange.ts';
import { FakeExchange } from '../../relay/fake-exchange.ts';
import type { MemoryBudgets } from '../../relay/memory-budget.ts';
import { MemoryBudget } from '../../relay/memory-budget.ts';
import { SpoolSpace } from '../../relay/spool/spool-space.ts';
import type { CallOwner } from '../call.ts';
import { Call } from '../call.ts';
import { FakeUnit } from '../fake-worker.ts';
import type { LaneOutput } from '../lanes/lane-output.ts';
import { WorkerHeadMemo } from '../lanes/response-head.ts';
import type { LaneIdentity, SerialOwner } from './serial-lane.ts';
import { SerialLane } from './serial-lane.ts';

export class FakeLaneOwner implements SerialOwner, CallOwner {
  readonly memo: WorkerHeadMemo = new WorkerHeadMemo();
  readonly blocks: BlockPool = new BlockPool();
  readonly space: SpoolSpace = new SpoolSpace('/nowhere', 's');
  readonly memory: MemoryBudgets = { bodies: new MemoryBudget(), webSockets: new MemoryBudget() };
  readonly clock: FakeClock = new FakeClock();
  /** What the lane has told, in order: `answered`, `read`, `recalled 3,4`, `file 5`, `fault …`. */
  readonly told: string[] = [];
  readonly dirty: LaneOutput[] = [];
  /** Requests of other edge threads on every unit. */
  others = 0;
  #stream = 0;

  connect(identity: Partial<LaneIdentity> = {}): FakeUnit {
    return new FakeUnit(
      (socket) => new SerialLane(socket, { worker: 1, name: 'w1', unit: 0, slot: 0, pid: 101, ...identity }, this),
    );
  }

  /** A call whose head is rendered, sent and flushed. */
  send({ lane }: FakeUnit, name: string, request?: FakeRequest): Call {
    const call = this.call(name, request);
    lane.send(call);
    lane.output.flush();
    return call;
  }

  call(name: string, request?: FakeRequest): Call {
    const call = new Call(new FakeExchange(name, request), this);
    call.request = `GET\0/${name}\0\0/${name}`;
    return call;
  }

  monotonicMs(): number {
    return this.clock.monotonicMs();
  }

  nextStream(): number {
    this.#stream += 1;
    return this.#stream;
  }

  onDirty(output: LaneOutput): void {
    this.dirty.push(output);
  }

  onAnswered(): void {
    this.told.push('answered');
  }

  loadOf(lane: SerialLane): number {
    return lane.depth + this.others;
  }

  onRead(): void {
    this.told.push('read');
  }

  onFile(_lane: SerialLane, call: Call): void {
    this.told.push(`file ${call.stream}`);
  }

  onRecalled(_lane: SerialLane, streams: readonly number[]): void {
    this.told.push(`recalled ${streams.join()}`);
  }

  onFault(_lane: SerialLane, fault: string): void {
    this.told.push(`fault ${fault}`);
  }

  onAbandoned(): void {
    this.told.push('abandoned');
  }

  onDropped(): void {
    this.told.push('dropped');
  }

  log(_level: string, text: string): void {
    this.told.push(`log ${text}`);
  }
}

/** The same with bytes of the body that came one after another as one: how the worker's bytes are cut does not matter to the client. */
export function joinWrites(told: readonly string[]): string[] {
  const joined: string[] = [];
  for (const words of told) {
    const last = joined.at(-1);
    if (words.startsWith('write ') && last?.startsWith('write ') === true) {
      joined[joined.length - 1] = last + words.slice('write '.length);
    } else {
      joined.push(words);
    }
  }
  return joined;
}

/** What the client of a call was told. */
export function toldOf(call: Call): readonly string[] {
  return (call.exchange as FakeExchange).told;
}
