/** Stands where the gateway does, for tests of lanes without one: it notes what it is told and decides nothing. */

import { FakeClock } from '../../kernel/fake-clock.ts';
import type { FakeRequest } from '../../relay/fake-exchange.ts';
import { FakeExchange, WEBSOCKET_RULES } from '../../relay/fake-exchange.ts';
import { MemoryBudget } from '../../relay/memory-budget.ts';
import { SpoolSpace } from '../../relay/spool/spool-space.ts';
import type { Call, CallOwner } from '../call.ts';
import { CallServices } from '../call-services.ts';
import { FakeUnit } from '../fake-worker.ts';
import type { GatewaySettings } from '../gateway-options.ts';
import type { LaneIdentity } from '../lanes/lane-identity.ts';
import type { LaneOutput } from '../lanes/lane-output.ts';
import type { SerialOwner } from './serial-lane.ts';
import { SerialLane } from './serial-lane.ts';
import type { SerialCall } from './serial-request.ts';
import { newSerialCall } from './serial-request.ts';

const SETTINGS: GatewaySettings = {
  timeoutMs: 0,
  queueMax: 1,
  queueTimeoutMs: 0,
  bodyBytesMax: 0,
  keepsTimes: false,
  takesWebSockets: true,
  webSockets: WEBSOCKET_RULES,
  tunnelDrainMs: 0,
};

export class FakeLaneOwner implements SerialOwner, CallOwner {
  readonly clock: FakeClock = new FakeClock();
  /** What the lane has told, in order: `answered`, `read`, `recalled 3,4`, `file 5`, `fault …`. */
  readonly told: string[] = [];
  readonly services: CallServices;
  /** Lanes on which bytes wait to be written. */
  readonly dirty: LaneOutput[] = [];
  /** Requests of other edge threads on every unit. */
  others = 0;

  constructor() {
    this.services = new CallServices({
      settings: SETTINGS,
      clock: this.clock,
      space: new SpoolSpace('/nowhere', 's'),
      memory: { bodies: new MemoryBudget(), webSockets: new MemoryBudget() },
      firstStream: 0,
      log: (_level, text) => this.told.push(`log ${text}`),
      onBug: (_, error) => {
        throw error;
      },
    });
    this.services.onDirty = (output) => this.dirty.push(output);
  }

  connect(identity: Partial<LaneIdentity> = {}): FakeUnit {
    return new FakeUnit(
      (socket) =>
        new SerialLane(socket, { worker: 1, name: 'w1', unit: 0, slot: 0, pid: 101, ...identity }, this.services, this),
    );
  }

  /** A call whose head is rendered, sent and flushed. */
  send({ lane }: FakeUnit, name: string, request?: FakeRequest): SerialCall {
    const call = this.call(name, request);
    lane.send(call);
    lane.output.flush();
    return call;
  }

  call(name: string, request?: FakeRequest): SerialCall {
    const call = newSerialCall(new FakeExchange(name, request), this.services, this);
    call.request = `GET\0/${name}\0\0/${name}`;
    return call;
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

  onFile(_lane: SerialLane, call: SerialCall): void {
    this.told.push(`file ${call.stream}`);
  }

  onRecalled(_lane: SerialLane, streams: readonly number[]): void {
    this.told.push(`recalled ${streams.join()}`);
  }

  onFault(_lane: SerialLane, fault: string): void {
    this.told.push(`fault ${fault}`);
  }

  onAborted(): void {
    this.told.push('abandoned');
  }

  onDropped(): void {
    this.told.push('dropped');
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
