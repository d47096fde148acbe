/** A gateway in a made-up world, for its tests: clients, workers, other edge threads, the board and the time are the test's. */

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
import { FakeBoard, FakeSocket, FakeUnit } from '../fake-worker.ts';
import type { GatewaySettings } from '../gateway-options.ts';
import type { StuckRequest } from '../stuck-request.ts';
import { WorkerTally } from '../worker-tally.ts';
import { SerialGateway } from './serial-gateway.ts';

const SETTINGS: GatewaySettings = {
  timeoutMs: 30_000,
  queueMax: 100,
  queueTimeoutMs: 30_000,
  bodyBytesMax: 1_000_000,
  keepsTimes: false,
  takesWebSockets: true,
  webSockets: WEBSOCKET_RULES,
  tunnelDrainMs: 1000,
};

/** An application of this speed is sent two requests ahead … */
export const FAST_US = 400;
/** … and of this one none, however many answers take no time. */
export const SLOW_US = 1_000_000;
/** After this long a request counts as slow, and what follows from that has been done. */
export const SLOW_MS = 20;
/** How often the gateway looks at its lanes: no step of time is longer. */
const STEP_MS = 10;
/** More than a test connects units: none has the slot of another. */
const SLOTS = 64;

export interface StoryOptions extends Partial<GatewaySettings> {
  /** Edge threads that share the units. */
  readonly threads?: number;
  readonly firstStream?: number;
  /** Where bodies are spooled. */
  readonly spoolFolder?: string;
}

export interface UnitOptions {
  readonly unit?: number;
  /** Mean service time; not known if it is left out. */
  readonly meanUs?: number;
}

export class Story {
  readonly clock: FakeClock = new FakeClock();
  readonly board: FakeBoard = new FakeBoard();
  readonly loads: Int32Array = new Int32Array(SLOTS);
  readonly progressUs: Int32Array = new Int32Array(SLOTS);
  readonly logged: string[] = [];
  readonly stuck: StuckRequest[] = [];
  /** Workers that were said to be quiet: it may be said more than once. */
  readonly quiet: Set<number> = new Set<number>();
  /** How many requests wait here, as it was last told. */
  waiting = 0;
  othersWait = false;
  roomOffers = 0;
  readonly memory: MemoryBudgets = { bodies: new MemoryBudget(), webSockets: new MemoryBudget() };
  readonly gateway: SerialGateway;
  readonly exchanges: FakeExchange[] = [];
  readonly #loop: FakeLoop;
  readonly #controls = new Map<number, FakeSocket>();
  #slots = 0;

  constructor(
    t: TestContext,
    { threads = 1, firstStream = 0, spoolFolder = '/nowhere', ...settings }: StoryOptions = {},
  ) {
    this.#loop = new FakeLoop(t);
    this.clock.advance(1000);
    this.gateway = new SerialGateway({
      settings: { ...SETTINGS, ...settings },
      clock: this.clock,
      space: new SpoolSpace(spoolFolder, 's'),
      memory: this.memory,
      overload: fakeOverload(settings.queueMax ?? SETTINGS.queueMax, () => this.waiting, this.logged),
      board: this.board.asBoard,
      units: { loads: this.loads, progressUs: this.progressUs, webSockets: new Int32Array(SLOTS) },
      tally: new WorkerTally(),
      firstStream,
      threads,
      log: (level, text) => this.logged.push(`${level} ${text}`),
      onStuck: (stuck) => this.stuck.push(stuck),
      onQuiet: (worker) => this.quiet.add(worker),
      onCounted: () => undefined,
      onBug: (_, error) => {
        throw error;
      },
      onWaiting: (count) => {
        this.waiting = count;
      },
      othersWait: () => this.othersWait,
      onRoom: () => {
        this.roomOffers += 1;
      },
    });
    this.activate(1, 2, 3, 4);
  }

  /** The whole set of workers that get requests; none is gone. */
  activate(...workers: readonly number[]): void {
    this.gateway.setWorkers(new Set(workers), new Set());
  }

  /** A unit of a worker dials in; each has a slot of its own. */
  connect(worker: number, { unit = 0, meanUs }: UnitOptions = {}): FakeUnit {
    const slot = this.#slots;
    this.#slots += 1;
    ok(slot < SLOTS);
    const connected = new FakeUnit((socket) =>
      this.gateway.addLane(socket, { worker, name: `w${worker}`, unit, slot, pid: 100 + worker }),
    );
    if (meanUs !== undefined) {
      connected.lane.meanServiceUs = meanUs;
      this.gateway.pump();
    }
    return connected;
  }

  /** The control lane of a worker, which dials it in at first. */
  control(worker: number): FakeSocket {
    const known = this.#controls.get(worker);
    if (known !== undefined) {
      return known;
    }
    const socket = new FakeSocket();
    this.#controls.set(worker, socket);
    this.gateway.addControl(worker, socket);
    return socket;
  }

  /** A client's request reaches the gateway. */
  ask(name: string, request?: FakeRequest): FakeExchange {
    const exchange = new FakeExchange(name, request);
    this.exchanges.push(exchange);
    this.gateway.submit(exchange);
    return exchange;
  }

  askAll(...names: readonly string[]): FakeExchange[] {
    return names.map((name) => this.ask(name));
  }

  /** The loop's turn ends: what was sent is written. */
  turn(): void {
    this.#loop.turn(0);
  }

  /** What comes to a unit by the end of this turn. */
  arrivals(unit: FakeUnit): string[] {
    this.turn();
    return unit.receive();
  }

  pass(ms: number): void {
    for (let left = ms; left > 0; left -= STEP_MS) {
      const step = Math.min(left, STEP_MS);
      this.clock.advance(step);
      this.#loop.turn(step);
    }
  }

  /** The unit's thread begins a request, as the board says. */
  begin(unit: FakeUnit, name: string): void {
    this.turn();
    this.board.started.set(unit.lane.slot, unit.streamOf(name));
  }

  /** The worker's end of a lane is closed. */
  lose(unit: FakeUnit): void {
    this.gateway.onLaneLost(unit.lane);
    unit.pending.length = 0;
  }

  /** Another edge thread has given a unit so many requests more, or less. */
  loadByOthers(unit: FakeUnit, count: number): void {
    if (Atomics.add(this.loads, unit.lane.slot, count) === 0) {
      this.progressByOthers(unit);
    }
  }

  /** A unit has answered, or begun, a request of another edge thread. */
  progressByOthers(unit: FakeUnit): void {
    this.progressUs[unit.lane.slot] = this.clock.monotonicMs() * 1000;
  }

  /** The gateway looks at its lanes from time to time. */
  get isWatching(): boolean {
    return this.#loop.hasIntervals;
  }

  /** Nothing is counted that is not there. */
  expectRest(): void {
    equal(this.waiting, 0, 'requests that wait');
    equal(this.loads.join(), new Int32Array(SLOTS).join(), 'loads of units');
    equal(this.gateway.services.space.usedBytes, 0, 'bytes in spool files');
    equal(this.memory.bodies.usedBytes, 0, 'bytes of bodies');
  }
}
