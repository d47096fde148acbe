/** A gateway to event loops in a made-up world, for its tests: clients, workers, other edge threads, the board and the time are the test's. */

import { equal, ok } from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { FakeClock } from '../../kernel/fake-clock.ts';
import type { FakeRequest } from '../../relay/fake-exchange.ts';
import { FakeExchange, WEBSOCKET_RULES } from '../../relay/fake-exchange.ts';
import { fakeOverload } from '../../relay/fake-overload.ts';
import type { MemoryBudgets } from '../../relay/memory-budget.ts';
import { MemoryBudget } from '../../relay/memory-budget.ts';
import { SpoolSpace } from '../../relay/spool/spool-space.ts';
import { FakeLoop } from '../fake-loop.ts';
import { FakeBoard } from '../fake-worker.ts';
import type { GatewaySettings } from '../gateway-options.ts';
import type { StuckRequest } from '../stuck-request.ts';
import { WorkerTally } from '../worker-tally.ts';
import { ConcurrentGateway } from './concurrent-gateway.ts';
import { FakeConcurrentWorker } from './fake-concurrent-worker.ts';

const SETTINGS: GatewaySettings = {
  timeoutMs: 8000,
  queueMax: 4,
  queueTimeoutMs: 3000,
  bodyBytesMax: 1_000_000,
  keepsTimes: false,
  takesWebSockets: true,
  webSockets: WEBSOCKET_RULES,
  tunnelDrainMs: 1000,
};
/** More than a test connects workers: none has the slot of another. */
const SLOTS = 16;
/** No step of time is longer. */
const STEP_MS = 50;

export const HANDSHAKE: readonly (readonly [name: string, value: string])[] = [
  ['Connection', 'Upgrade'],
  ['Upgrade', 'websocket'],
  ['Sec-WebSocket-Version', '13'],
  ['Sec-WebSocket-Key', 'AAAAAAAAAAAAAAAAAAAAAA=='],
];

/** A client of whose large pieces only the size is told. */
export class SlowExchange extends FakeExchange {
  override write(bytes: Buffer): boolean {
    super.write(bytes.length > 100 ? Buffer.from(`${bytes.length}`) : bytes);
    return this.takesBytes;
  }
}

export interface ConcurrentStoryOptions extends Partial<GatewaySettings> {
  readonly firstStream?: number;
  /** The budget for bodies, and that for WebSockets; 0: no limit. */
  readonly memoryBytes?: number;
}

export class ConcurrentStory {
  readonly clock: FakeClock = new FakeClock();
  readonly board: FakeBoard = new FakeBoard();
  readonly loads: Int32Array = new Int32Array(SLOTS);
  readonly webSockets: Int32Array = new Int32Array(SLOTS);
  readonly logged: string[] = [];
  readonly stuck: StuckRequest[] = [];
  /** Each time that a worker was said to be quiet. */
  readonly quiet: number[] = [];
  waiting = 0;
  readonly memory: MemoryBudgets;
  readonly gateway: ConcurrentGateway;
  readonly #loop: FakeLoop;
  #slots = 0;

  constructor(t: TestContext, { firstStream = 0, memoryBytes = 0, ...settings }: ConcurrentStoryOptions = {}) {
    const budget = (): MemoryBudget => new MemoryBudget(new Int32Array(1), memoryBytes);
    this.memory = { bodies: budget(), webSockets: budget() };
    this.#loop = new FakeLoop(t);
    this.clock.advance(1000);
    this.gateway = new ConcurrentGateway({
      settings: { ...SETTINGS, ...settings },
      clock: this.clock,
      space: new SpoolSpace('/nowhere', 's'),
      memory: this.memory,
      overload: fakeOverload(settings.queueMax ?? SETTINGS.queueMax, () => this.waiting, this.logged),
      board: this.board.asBoard,
      units: { loads: this.loads, progressUs: new Int32Array(SLOTS), webSockets: this.webSockets },
      tally: new WorkerTally(),
      firstStream,
      log: (level, text) => this.logged.push(`${level} ${text}`),
      onStuck: (stuck) => this.stuck.push(stuck),
      onQuiet: (worker) => this.quiet.push(worker),
      onWaiting: (count) => {
        this.waiting = count;
      },
      onBug: (_, error) => {
        throw error;
      },
    });
    this.setWorkers({ active: [1, 2, 3] });
  }

  setWorkers({
    active = [],
    draining = [],
    closing = [],
  }: Partial<Record<'active' | 'draining' | 'closing', readonly number[]>>): void {
    this.gateway.setWorkers({
      active: new Set(active),
      draining: new Set(draining),
      closing: new Set(closing),
    });
  }

  /** A worker dials in; each has a slot of its own. */
  connect(worker: number, capacity = 100): FakeConcurrentWorker {
    const slot = this.#slots;
    this.#slots += 1;
    ok(slot < SLOTS);
    const identity = { worker, name: `w${worker}`, unit: 0, slot, pid: 100 + worker, capacity };
    return new FakeConcurrentWorker((socket) => this.gateway.addLane(socket, identity));
  }

  /** A client's request reaches the gateway. */
  ask(name: string, request?: FakeRequest): SlowExchange {
    const exchange = new SlowExchange(name, request);
    this.gateway.submit(exchange, 'asgi');
    return exchange;
  }

  askAll(...names: readonly string[]): SlowExchange[] {
    return names.map((name) => this.ask(name));
  }

  /** A client asks for a WebSocket. */
  shake(name: string, fields: FakeRequest['fields'] = HANDSHAKE): SlowExchange {
    return this.ask(name, { fields });
  }

  /** What comes to a worker by the end of this turn of the loop. */
  arrivals(worker: FakeConcurrentWorker): string[] {
    this.turn();
    return worker.receive();
  }

  turn(): void {
    this.#loop.turn(0);
  }

  pass(ms: number): void {
    for (let left = ms; left > 0; left -= STEP_MS) {
      const step = Math.min(left, STEP_MS);
      this.clock.advance(step);
      this.#loop.turn(step);
    }
  }

  /** The worker has begun a request, as the board says. */
  begin(worker: FakeConcurrentWorker, name: string): void {
    this.board.started.set(worker.lane.slot, worker.streamOf(name));
  }

  /** The worker's end of a lane is closed. */
  lose(worker: FakeConcurrentWorker): void {
    this.gateway.onLaneLost(worker.lane);
  }

  get isWatching(): boolean {
    return this.#loop.hasIntervals;
  }

  /** Nothing is counted that is not there. */
  expectRest(): void {
    equal(this.loads.join(), new Int32Array(SLOTS).join(), 'loads of workers');
    equal(this.memory.bodies.usedBytes, 0, 'bytes of bodies');
    equal(this.memory.webSockets.usedBytes, 0, 'bytes of messages');
    equal(this.webSockets.join(), new Int32Array(SLOTS).join(), 'WebSockets of workers');
  }
}

export function toldOf(exchanges: readonly (FakeExchange | undefined)[]): string[] {
  return exchanges.map((exchange) => exchange?.told.join('; ') ?? '');
}
