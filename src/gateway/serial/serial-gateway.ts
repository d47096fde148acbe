/**
 * Gives requests to workers that run one at a time on each of their threads. A request is answered by exactly one worker, or refused in words: it waits in a
 * bounded queue, is sent to a lane that the schedule picks, and comes back to the queue if its worker never began it. One for each edge thread.
 */

import type { Exchange, FilePart } from '../../protocol/http/exchange.ts';
import { FRAME, REQUEST_FLAG } from '../../protocol/lanes/frames.ts';
import type { Call, CallOwner } from '../call.ts';
import { CallServices } from '../call-services.ts';
import type { TunnelIdentity } from '../call-tunnel.ts';
import type { GatewayOptions } from '../gateway-options.ts';
import type { Dispatcher, QueueReport } from '../intake.ts';
import { Intake } from '../intake.ts';
import { closeFile, openWorkerFile } from '../lanes/file-frame.ts';
import type { LaneIdentity } from '../lanes/lane-identity.ts';
import type { LaneSocket } from '../lanes/lane-socket.ts';
import { isRetired } from '../lanes/lane-state.ts';
import { GATEWAY_LIMITS } from '../limits.ts';
import type { ReportRoom } from '../tell-running.ts';
import type { Watched } from '../watch.ts';
import { Watch } from '../watch.ts';
import type { LaneReport } from '../worker-tally.ts';
import { renderCallHead } from '../wsgi-head.ts';
import { LaneSet } from './lane-set.ts';
import { LaneWatch } from './lane-watch.ts';
import type { ThreadLoad } from './schedule.ts';
import { nextBudgetUs, pickLane, SCHEDULE } from './schedule.ts';
import type { SerialOwner } from './serial-lane.ts';
import { SerialLane } from './serial-lane.ts';
import type { SerialCall } from './serial-request.ts';
import { newSerialCall } from './serial-request.ts';

/** How often recalls are looked at while requests are on lanes, and how often timeouts. */
const WATCH_MS = 10;
const TIMEOUT_CHECK_MS = 250;

export class SerialGateway implements CallOwner, SerialOwner, Dispatcher<SerialCall>, Watched {
  readonly services: CallServices;
  readonly #options: GatewayOptions;
  readonly #intake: Intake<SerialCall>;
  readonly #lanes: LaneSet;
  readonly #laneWatch: LaneWatch;
  readonly #watch: Watch = new Watch(WATCH_MS, this);
  readonly #thread: ThreadLoad;
  /** This thread has left the last free place to others, as they take turns. */
  #hasYielded = false;
  #onLanes = 0;
  #used = 0;
  #checkedMs = 0;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.services = new CallServices(options);
    this.#intake = new Intake(options, this.services, this);
    this.#thread = {
      waiting: 0,
      threads: options.threads,
      budgetUs: SCHEDULE.saturatedBudgetUs,
      monotonicMs: () => this.monotonicMs(),
    };
    this.#lanes = new LaneSet((worker) => options.onQuiet(worker));
    this.#laneWatch = new LaneWatch({
      lanes: this.#lanes,
      board: options.board,
      timeoutMs: options.settings.timeoutMs,
      loadOf: (lane) => this.loadOf(lane),
      onStuck: (stuck) => options.onStuck(stuck),
    });
  }

  submit(exchange: Exchange): void {
    const call = newSerialCall(exchange, this.services, this);
    const { settings } = this.#options;
    if (settings.keepsTimes) {
      call.arrivedMs = this.monotonicMs();
    }
    if (exchange.hasBody) {
      this.#intake.collect(call);
    } else {
      if (settings.takesWebSockets && exchange.handshake?.kind === 'handshake') {
        call.requestFlags = REQUEST_FLAG.tunnel;
      }
      this.#intake.place(call);
    }
  }

  // What the intake asks.

  hasRoom(): boolean {
    return this.#pickLane() !== undefined;
  }

  dispatch(call: SerialCall): boolean {
    const { units, settings } = this.#options;
    const lane = this.#pickLane();
    if (lane === undefined) {
      return false;
    }
    if (call.request === '') {
      renderCallHead(call);
    }
    if (Atomics.add(units.loads, lane.slot, 1) === 0) {
      this.#noteProgress(lane);
    }
    this.#onLanes += 1;
    this.#used += 1;
    lane.usedAt = this.#used;
    if (settings.keepsTimes) {
      call.sentMs = this.monotonicMs();
    }
    lane.send(call);
    this.#watch.start();
    return true;
  }

  onQueued(): void {
    this.#watch.start();
  }

  #pickLane(): SerialLane | undefined {
    this.#thread.waiting = this.#intake.waiting;
    return pickLane(this.#lanes.lanes, this.#options.units, this.#thread);
  }

  /** Another thread leaves room on a unit. Units that were slow when this thread last looked may have answered since. */
  takeRoom(): void {
    for (const lane of this.#lanes.lanes) {
      if (lane.depth === 0) {
        lane.notePrompt();
      }
    }
    this.pump();
  }

  /** Sends what waits, as far as there is room. */
  pump(): void {
    this.#intake.pump();
  }

  monotonicMs(): number {
    return this.services.monotonicMs();
  }

  // What lanes tell.

  onAnswered(lane: SerialLane): void {
    this.#onLanes -= 1;
    Atomics.sub(this.#options.units.loads, lane.slot, 1);
  }

  loadOf(lane: SerialLane): number {
    return this.#options.units.loads[lane.slot] ?? 0;
  }

  #noteProgress(lane: SerialLane): void {
    this.#options.units.progressUs[lane.slot] = this.monotonicMs() * 1000;
  }

  onRead(lane: SerialLane): void {
    this.#noteProgress(lane);
    if (this.#intake.waiting > 0 && (this.#hasYielded || !this.#options.othersWait())) {
      this.#hasYielded = false;
      this.pump();
    } else {
      // Threads take turns: the one whose requests are answered must not take every place that becomes free.
      this.#hasYielded = true;
      this.#options.onRoom();
    }
    if (isRetired(lane.state)) {
      this.#lanes.finishDrain(lane);
    }
  }

  onFile(lane: SerialLane, call: SerialCall, payload: Buffer): void {
    lane.pause();
    openWorkerFile(payload, (file) => {
      try {
        onWorkerFile(lane, call, file);
      } catch (error) {
        this.#options.onBug(`a lane of ${lane.identity.name}`, error);
        this.onLaneLost(lane);
      }
    });
  }

  onRecalled(lane: SerialLane, streams: readonly number[]): void {
    const back = lane.takeBack(new Set(streams));
    for (const call of back) {
      this.onAnswered(lane);
      call.lane = undefined;
    }
    lane.isRecalled = false;
    this.#intake.putBack(back);
    if (isRetired(lane.state)) {
      this.#lanes.finishDrain(lane);
    }
    this.pump();
  }

  onFault(lane: SerialLane, fault: string): void {
    const { name, pid } = lane.identity;
    this.services.log('error', `worker ${name} (pid ${pid}) broke the lane protocol: ${fault}`);
    this.onLaneLost(lane);
  }

  onAborted(lane: SerialLane, stream: number): void {
    this.#lanes.abort(lane, stream);
  }

  onDropped(call: Call): void {
    this.#intake.onDropped(call);
  }

  // Workers come and go.

  addLane(socket: LaneSocket, identity: LaneIdentity): SerialLane {
    const lane = new SerialLane(socket, identity, this.services, this);
    this.#lanes.add(lane);
    this.pump();
    return lane;
  }

  /** Applications that have taken over connections hear that their clients are gone, because the time of their worker is nearly over. */
  endTunnels(worker: number): void {
    for (const lane of this.#lanesOf(worker)) {
      lane.calls.peek()?.endTunnel();
    }
  }

  #lanesOf(worker: number): SerialLane[] {
    return this.#lanes.lanes.filter(({ identity }) => identity.worker === worker);
  }

  /** The call that a worker has dialled a tunnel for. */
  callOf({ worker, unit, stream }: TunnelIdentity): SerialCall | undefined {
    const lane = this.#lanesOf(worker).find(({ identity }) => identity.unit === unit);
    return lane?.calls.find((call) => call.stream === stream);
  }

  addControl(worker: number, socket: LaneSocket): void {
    this.#lanes.addControl(worker, socket);
  }

  removeControl(worker: number, socket: LaneSocket): void {
    this.#lanes.removeControl(worker, socket);
  }

  /** The whole set of workers that are to get requests, and those that are to end. */
  setWorkers(active: ReadonlySet<number>, draining: ReadonlySet<number>): void {
    this.#lanes.setActive(active, draining);
    this.pump();
  }

  /** The processes of these workers have ended, and nothing more can come from them. */
  loseWorkers(gone: readonly number[]): void {
    for (const lane of gone.flatMap((worker) => this.#lanesOf(worker))) {
      this.onLaneLost(lane);
    }
  }

  /** The worker has closed its end, or has broken the rules of the lane. The call that ran on it fails, the others go elsewhere. */
  onLaneLost(lane: SerialLane): void {
    if (!this.#lanes.remove(lane)) {
      return;
    }
    this.#options.tally.onClosed(lane);
    const calls = lane.calls.takeAll();
    const started = calls.length === 0 ? 0 : this.#options.board.lastStarted(lane.slot);
    const running = calls.findIndex((call) => call.stream === started);
    const back: SerialCall[] = [];
    for (const [index, call] of calls.entries()) {
      this.onAnswered(lane);
      const mayRunAgain = !call.hasBegun && (index > running || (index < running && call.isSafe));
      if (call.isOver) {
        continue;
      }
      if (mayRunAgain && call.retries < GATEWAY_LIMITS.retriesMax) {
        call.lane = undefined;
        call.retries += 1;
        back.push(call);
      } else {
        call.lose(lane.identity);
      }
    }
    this.#intake.putBack(back);
    this.pump();
  }

  /** What waits for a worker, and what comes to wait, is given away until `admitAll`. */
  giveAll(take: (call: Call) => void): void {
    this.#intake.giveAll(take);
  }

  admitAll(): void {
    this.#intake.admitAll();
  }

  // What is told.

  get queue(): QueueReport {
    return this.#intake.queue;
  }

  /** What runs on each lane, as far as this thread knows. */
  report(room: ReportRoom): LaneReport[] {
    return this.#lanes.lanes.map((lane) => this.#laneWatch.report(lane, this.monotonicMs(), room));
  }

  // Time.

  isIdle(): boolean {
    return this.#intake.waiting === 0 && this.#onLanes === 0;
  }

  onRest(): void {
    this.#laneWatch.rest();
  }

  forgive(awayMs: number, nowMs: number): void {
    this.#laneWatch.forgive(awayMs, nowMs);
    this.#intake.forgive(awayMs, nowMs);
  }

  look(nowMs: number): void {
    this.#thread.budgetUs = nextBudgetUs(this.#thread.budgetUs, WATCH_MS, this.#laneWatch.recallSlow(nowMs));
    this.pump();
    if (nowMs - this.#checkedMs >= TIMEOUT_CHECK_MS) {
      this.#checkedMs = nowMs;
      this.#laneWatch.checkTimeouts(nowMs);
      this.#intake.refuseLate(nowMs);
    }
  }
}

function onWorkerFile(lane: SerialLane, call: SerialCall, file: FilePart | undefined): void {
  lane.resume();
  if (file === undefined) {
    lane.sendFrame(FRAME.fileRefused, call.stream);
    return;
  }
  lane.sendFrame(FRAME.fileOpened, call.stream);
  lane.counts.bytes += file.length;
  call.reply.onFile(file, () => closeFile(file.fd));
}
