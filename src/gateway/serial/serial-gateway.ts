/**
 * Gives requests to Python. A request is answered by exactly one worker, or refused in words: it waits in a bounded queue,
 * is sent to a lane that the schedule picks, and comes back to the queue if its worker never began it. One gateway per edge thread.
 */

import { Attention } from '../../kernel/attention.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Exchange, FilePart, WebSocketRules } from '../../protocol/http/exchange.ts';
import { FRAME, FRAME_LIMITS, REQUEST_FLAG } from '../../protocol/lanes/frames.ts';
import type { BlockPool } from '../../relay/body/block-pool.ts';
import type { CollectOptions } from '../../relay/body/body-collector.ts';
import { collectBody, collectOptionsOf } from '../../relay/body/body-collector.ts';
import type { MemoryBudgets } from '../../relay/memory-budget.ts';
import type { Overload } from '../../relay/overload.ts';
import type { SpoolSpace } from '../../relay/spool/spool-space.ts';
import type { CallOwner } from '../call.ts';
import { Call } from '../call.ts';
import { CallQueue } from '../call-queue.ts';
import type { TunnelIdentity } from '../call-tunnel.ts';
import type { GatewayOptions } from '../gateway-options.ts';
import type { Board } from '../lanes/board.ts';
import { DirtyOutputs } from '../lanes/dirty-outputs.ts';
import { closeFile, openWorkerFile } from '../lanes/file-frame.ts';
import type { LaneOutput } from '../lanes/lane-output.ts';
import type { LaneSocket } from '../lanes/lane-socket.ts';
import { WorkerHeadMemo } from '../lanes/response-head.ts';
import { GATEWAY_LIMITS } from '../limits.ts';
import type { NamedFileSender } from '../named-file-sender.ts';
import type { StuckRequest } from '../stuck-request.ts';
import { renderCallHead } from '../wsgi-head.ts';
import { LaneSet } from './lane-set.ts';
import { LaneWatch } from './lane-watch.ts';
import type { ThreadLoad } from './schedule.ts';
import { nextBudgetUs, pickLane, SCHEDULE } from './schedule.ts';
import type { LaneIdentity, SerialOwner } from './serial-lane.ts';
import { SerialLane } from './serial-lane.ts';

/** How often recalls are looked at while requests are on lanes, and how often timeouts. */
const WATCH_MS = 10;
const TIMEOUT_CHECK_MS = 250;

export class SerialGateway implements CallOwner, SerialOwner {
  readonly memo: WorkerHeadMemo = new WorkerHeadMemo();
  readonly blocks: BlockPool;
  readonly space: SpoolSpace;
  readonly memory: MemoryBudgets;
  readonly namedFiles: NamedFileSender | undefined;
  readonly #options: GatewayOptions;
  readonly #collecting: CollectOptions<Call>;
  readonly #lanes: LaneSet;
  readonly #laneWatch: LaneWatch;
  readonly #queue: CallQueue<Call>;
  readonly #dirty: DirtyOutputs = new DirtyOutputs((error) => this.#options.onBug('what is sent on a lane', error));
  readonly #thread: ThreadLoad;
  /** This thread has left the last free place to others, as they take turns. */
  #hasYielded = false;
  #onLanes = 0;
  #used = 0;
  #stream: number;
  readonly #attention = new Attention(WATCH_MS);
  #watch: NodeJS.Timeout | undefined;
  #checkedMs = 0;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.space = options.space;
    this.memory = options.memory;
    this.namedFiles = options.namedFiles;
    this.#collecting = collectOptionsOf(options, (call: Call) => this.#enqueue(call));
    this.blocks = this.#collecting.room.blocks;
    this.#stream = options.firstStream;
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
    this.#queue = new CallQueue(options.settings.queueMax, (count) => options.onWaiting(count));
  }

  submit(exchange: Exchange): void {
    const call = new Call(exchange, this);
    if (this.#options.settings.keepsTimes) {
      call.arrivedMs = this.monotonicMs();
    }
    if (exchange.hasBody) {
      this.#collect(call);
    } else {
      if (this.#options.settings.takesWebSockets && exchange.handshake?.kind === 'handshake') {
        call.requestFlags = REQUEST_FLAG.tunnel;
      }
      this.#enqueue(call);
    }
  }

  /** A full queue is noticed before the body is read: nobody shall upload a gigabyte to be refused. */
  #collect(call: Call): void {
    const { overload } = this.#options;
    if (this.#queue.isFull && (this.#queue.count > 0 || this.#pickLane() === undefined)) {
      overload.refuse(call, 'full');
      return;
    }
    collectBody(call, this.#collecting);
  }

  #enqueue(call: Call): void {
    if (this.#queue.count === 0 && this.#dispatch(call)) {
      return;
    }
    if (this.#queue.isFull) {
      this.#options.overload.refuse(call, 'full');
      return;
    }
    call.queuedAtMs = this.monotonicMs();
    this.#queue.push(call);
    this.#startWatch();
  }

  #dispatch(call: Call): boolean {
    const { units } = this.#options;
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
    if (this.#options.settings.keepsTimes) {
      call.sentMs = this.monotonicMs();
    }
    lane.send(call);
    this.#startWatch();
    return true;
  }

  #pickLane(): SerialLane | undefined {
    this.#thread.waiting = this.#queue.count;
    return pickLane(this.#lanes.lanes, this.#options.units, this.#thread);
  }

  /** Another thread leaves room on a unit. Units that were slow when this thread last looked may have answered since. */
  takeRoom(): void {
    for (const lane of this.#lanes.lanes) {
      lane.isSlow &&= lane.depth > 0;
    }
    this.pump();
  }

  /** Sends what waits, as far as there is room. */
  pump(): void {
    this.#queue.takeWhile((call) => this.#dispatch(call));
  }

  // What lanes tell.

  monotonicMs(): number {
    return this.#options.clock.monotonicMs();
  }

  /** Counted over all lanes, so that a record of an earlier worker on the board is never taken for a present one. */
  nextStream(): number {
    this.#stream = this.#stream >= FRAME_LIMITS.streamMax ? 1 : this.#stream + 1;
    return this.#stream;
  }

  onDirty(output: LaneOutput): void {
    this.#dirty.add(output);
  }

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
    if (this.#queue.count > 0 && (this.#hasYielded || !this.#options.othersWait())) {
      this.#hasYielded = false;
      this.pump();
    } else {
      // Threads take turns: the one whose requests are answered must not take every place that becomes free.
      this.#hasYielded = true;
      this.#options.onRoom();
    }
    if (lane.isDraining) {
      this.#lanes.finishDrain(lane);
    }
  }

  onFile(lane: SerialLane, call: Call, payload: Buffer): void {
    lane.pause();
    openWorkerFile(payload, (file) => {
      try {
        onWorkerFile(lane, call, file);
      } catch (error) {
        this.#options.onBug(`a lane of ${lane.name}`, error);
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
    this.#putBack(back);
    if (lane.isDraining) {
      this.#lanes.finishDrain(lane);
    }
    this.pump();
  }

  onFault(lane: SerialLane, fault: string): void {
    this.log('error', `worker ${lane.name} (pid ${lane.pid}) broke the lane protocol: ${fault}`);
    this.onLaneLost(lane);
  }

  // What calls tell.

  onAbandoned(call: Call): void {
    if (call.lane !== undefined) {
      this.#lanes.abort(call.lane, call.stream);
    }
  }

  onDropped(call: Call): void {
    if (call.queuedAtMs > 0 && call.lane === undefined) {
      this.#queue.onDropped();
    }
  }

  log(level: 'info' | 'warning' | 'error', text: string): void {
    this.#options.log(level, text);
  }

  // Workers come and go.

  addLane(socket: LaneSocket, identity: LaneIdentity): SerialLane {
    const lane = new SerialLane(socket, identity, this);
    this.#lanes.add(lane);
    this.pump();
    return lane;
  }

  /** Applications that have taken over connections hear that their clients are gone, because the time of their worker is nearly over. */
  endTunnels(worker: number): void {
    for (const lane of this.#lanes.lanes.filter((each) => each.worker === worker)) {
      lane.calls.peek()?.endTunnel();
    }
  }

  /** The call that a worker has dialled a tunnel for. */
  callOf({ worker, unit, stream }: TunnelIdentity): Call | undefined {
    const lane = this.#lanes.lanes.find((each) => each.worker === worker && each.unit === unit);
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
    for (const lane of this.#lanes.lanes.filter((each) => gone.includes(each.worker))) {
      this.onLaneLost(lane);
    }
  }

  /** The worker has closed its end, or has broken the rules of the lane. The call that ran on it fails, the others go elsewhere. */
  onLaneLost(lane: SerialLane): void {
    if (!this.#lanes.remove(lane)) {
      return;
    }
    const calls = lane.calls.takeAll();
    const started = calls.length === 0 ? 0 : this.#options.board.lastStarted(lane.slot);
    const running = calls.findIndex((call) => call.stream === started);
    const back: Call[] = [];
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
        call.lose(lane);
      }
    }
    this.#putBack(back);
    this.pump();
  }

  #putBack(calls: readonly Call[]): void {
    const waiting = calls.filter((call) => !call.isOver);
    // A call that is put back came before those behind it, and must not hide how long they have waited.
    const sinceMs = this.#queue.peek()?.queuedAtMs ?? this.monotonicMs();
    for (const call of waiting) {
      call.queuedAtMs ||= sinceMs;
    }
    this.#queue.putBack(waiting);
  }

  /** What waits for a worker, and what comes to wait, is given away until `admitAll`. */
  giveAll(take: (call: Call) => void): void {
    this.#queue.giveAll(take);
  }

  admitAll(): void {
    this.#queue.admitAll();
  }

  // Time.

  #startWatch(): void {
    this.#watch ??= setInterval(() => this.#onWatch(), WATCH_MS);
  }

  #onWatch(): void {
    if (this.#queue.count === 0 && this.#onLanes === 0) {
      clearInterval(this.#watch);
      this.#watch = undefined;
      this.#laneWatch.rest();
      this.#attention.rest();
      return;
    }
    const nowMs = this.monotonicMs();
    const awayMs = this.#attention.look(nowMs);
    if (awayMs > 0) {
      this.#laneWatch.forgive(awayMs, nowMs);
      this.#queue.forgive(awayMs, nowMs);
    }
    if (!this.#attention.mayJudge) {
      return; // What workers have answered meanwhile is read first.
    }
    this.#thread.budgetUs = nextBudgetUs(this.#thread.budgetUs, WATCH_MS, this.#laneWatch.recallSlow(nowMs));
    this.pump();
    if (nowMs - this.#checkedMs >= TIMEOUT_CHECK_MS) {
      this.#checkedMs = nowMs;
      this.#laneWatch.checkTimeouts(nowMs);
      this.#checkQueue(nowMs);
    }
  }

  #checkQueue(nowMs: number): void {
    for (const call of this.#queue.takeOlder(nowMs - this.#options.settings.queueTimeoutMs)) {
      this.#options.overload.refuse(call, 'late');
    }
  }
}

function onWorkerFile(lane: SerialLane, call: Call, file: FilePart | undefined): void {
  lane.resume();
  if (file === undefined) {
    lane.sendFrame(FRAME.fileRefused, call.stream);
    return;
  }
  lane.sendFrame(FRAME.fileOpened, call.stream);
  call.onFile(file, () => closeFile(file.fd));
}
