/**
 * Gives requests to workers with an event loop: each has many at a time, so a request waits only while no worker is there or all are full.
 * What a lost worker never began goes to another. One for each edge thread.
 */

import { Attention } from '../../kernel/attention.ts';
import type { Exchange } from '../../protocol/http/exchange.ts';
import { fieldsOfLines, makeLine } from '../../protocol/http/response-fields.ts';
import { FRAME, FRAME_LIMITS, REQUEST_FLAG } from '../../protocol/lanes/frames.ts';
import type { BlockPool } from '../../relay/body/block-pool.ts';
import type { CollectOptions } from '../../relay/body/body-collector.ts';
import { collectBody, collectOptionsOf } from '../../relay/body/body-collector.ts';
import type { MemoryBudgets } from '../../relay/memory-budget.ts';
import type { SpoolSpace } from '../../relay/spool/spool-space.ts';
import type { Call, CallOwner } from '../call.ts';
import { CallQueue } from '../call-queue.ts';
import type { TunnelIdentity } from '../call-tunnel.ts';
import type { GatewayOptions } from '../gateway-options.ts';
import { DirtyOutputs } from '../lanes/dirty-outputs.ts';
import { closeFile, openWorkerFile } from '../lanes/file-frame.ts';
import type { LaneOutput } from '../lanes/lane-output.ts';
import type { LaneSocket } from '../lanes/lane-socket.ts';
import { WorkerHeadMemo } from '../lanes/response-head.ts';
import { GATEWAY_LIMITS } from '../limits.ts';
import type { NamedFileSender } from '../named-file-sender.ts';
import type { WorkerSets } from '../worker-sets.ts';
import { BufferedCall } from './buffered-call.ts';
import type { ConcurrentCall } from './concurrent-call.ts';
import type { ConcurrentIdentity, ConcurrentOwner } from './concurrent-lane.ts';
import { ConcurrentLane } from './concurrent-lane.ts';
import { pickConcurrentLane } from './schedule.ts';
import { StreamedCall } from './streamed-call.ts';
import { WebSocketCall } from './websocket-call.ts';

/** ASGI on an event loop, or WSGI on greenlets. */
export type ConcurrentKind = 'asgi' | 'gevent';

export type ConcurrentOptions = Omit<GatewayOptions, 'threads' | 'othersWait' | 'onRoom'>;

/** How often calls and lanes are looked at while something may have waited too long. */
const WATCH_MS = 250;
/** How often within the timeout a worker is pinged, to see whether its loop turns. */
const PINGS_IN_TIMEOUT = 4;

export class ConcurrentGateway implements CallOwner, ConcurrentOwner {
  readonly memo: WorkerHeadMemo = new WorkerHeadMemo();
  readonly blocks: BlockPool;
  readonly space: SpoolSpace;
  readonly memory: MemoryBudgets;
  readonly namedFiles: NamedFileSender | undefined;
  readonly #options: ConcurrentOptions;
  readonly #collecting: CollectOptions<BufferedCall>;
  readonly #queue: CallQueue<ConcurrentCall>;
  #lanes: ConcurrentLane[] = [];
  #active: ReadonlySet<number> = new Set();
  #draining: ReadonlySet<number> = new Set();
  readonly #dirty: DirtyOutputs = new DirtyOutputs((error) => this.#options.onBug('what is sent on a lane', error));
  #used = 0;
  #stream: number;
  readonly #attention = new Attention(WATCH_MS);
  #watch: NodeJS.Timeout | undefined;
  #pingedMs = 0;

  constructor(options: ConcurrentOptions) {
    this.#options = options;
    this.space = options.space;
    this.memory = options.memory;
    this.namedFiles = options.namedFiles;
    this.#collecting = collectOptionsOf(options, (call: BufferedCall) => this.#place(call));
    this.blocks = this.#collecting.room.blocks;
    this.#stream = options.firstStream;
    this.#queue = new CallQueue(options.settings.queueMax, (count) => options.onWaiting(count));
  }

  submit(exchange: Exchange, kind: ConcurrentKind): void {
    const handshake = this.#options.settings.takesWebSockets ? exchange.handshake : undefined;
    if (kind === 'gevent') {
      this.#submitBuffered(exchange, handshake?.kind === 'handshake' ? REQUEST_FLAG.tunnel : 0);
    } else if (handshake?.kind === 'refused') {
      const fields = fieldsOfLines(handshake.fields.map(([name, value]) => makeLine(name, value)));
      exchange.responder.refuse(handshake.status, handshake.detail, fields);
    } else {
      const { bodyBytesMax, webSockets } = this.#options.settings;
      this.#submitStreamed(
        handshake === undefined
          ? new StreamedCall(this, exchange, bodyBytesMax)
          : new WebSocketCall(this, exchange, bodyBytesMax, webSockets),
        bodyBytesMax,
      );
    }
  }

  #submitBuffered(exchange: Exchange, flags: number): void {
    const call = new BufferedCall(exchange, this);
    call.requestFlags = flags;
    this.#note(call);
    if (exchange.hasBody) {
      this.#collect(call);
    } else {
      this.#place(call);
    }
  }

  /** A full queue is noticed before the body is read: nobody shall upload a gigabyte to be refused. */
  #collect(call: BufferedCall): void {
    const { overload, units } = this.#options;
    if (this.#queue.isFull && (this.#queue.count > 0 || pickConcurrentLane(this.#lanes, units, false) === undefined)) {
      overload.refuse(call, 'full');
      return;
    }
    collectBody(call, this.#collecting);
  }

  #submitStreamed(call: StreamedCall, bodyBytesMax: number): void {
    this.#note(call);
    if ((call.exchange.bodyLength ?? 0) > bodyBytesMax) {
      call.fail(413);
    } else {
      this.#place(call);
    }
  }

  #note(call: ConcurrentCall): void {
    if (this.#options.settings.keepsTimes) {
      call.arrivedMs = this.monotonicMs();
    }
  }

  #place(call: ConcurrentCall): void {
    if (this.#queue.count > 0 || !this.#dispatch(call)) {
      this.#enqueue(call);
    }
  }

  #enqueue(call: ConcurrentCall): void {
    if (this.#queue.isFull) {
      this.#options.overload.refuse(call, 'full');
      return;
    }
    call.queuedAtMs = this.monotonicMs();
    this.#queue.push(call);
    this.#startWatch();
  }

  #dispatch(call: ConcurrentCall): boolean {
    const { units, settings } = this.#options;
    const lane = pickConcurrentLane(this.#lanes, units, call.isWebSocket);
    if (lane === undefined) {
      return false;
    }
    Atomics.add(units.loads, lane.slot, 1);
    if (call.isWebSocket) {
      Atomics.add(units.webSockets, lane.slot, 1);
    }
    this.#used += 1;
    lane.usedAt = this.#used;
    if (settings.keepsTimes) {
      call.sentMs = this.monotonicMs();
    }
    lane.send(call);
    this.#startWatch();
    return true;
  }

  /** Sends what waits, as far as there is room. */
  #pump(): void {
    this.#queue.takeWhile((call) => this.#dispatch(call));
  }

  // What lanes tell.

  monotonicMs(): number {
    return this.#options.clock.monotonicMs();
  }

  nextStream(): number {
    this.#stream = this.#stream >= FRAME_LIMITS.streamMax ? 1 : this.#stream + 1;
    return this.#stream;
  }

  onDirty(output: LaneOutput): void {
    this.#dirty.add(output);
  }

  onEnded(lane: ConcurrentLane, call: ConcurrentCall): void {
    const { loads, webSockets } = this.#options.units;
    Atomics.sub(loads, lane.slot, 1);
    if (call.isWebSocket) {
      Atomics.sub(webSockets, lane.slot, 1);
    }
  }

  onRead(lane: ConcurrentLane): void {
    if (this.#queue.count > 0) {
      this.#pump();
    }
    if (lane.isDraining) {
      this.#checkQuiet(lane.worker);
    }
  }

  onFile(lane: ConcurrentLane, call: ConcurrentCall, payload: Buffer): void {
    openWorkerFile(payload, (file) => {
      try {
        lane.output.frame(file === undefined ? FRAME.fileRefused : FRAME.fileOpened, call.stream);
        if (file !== undefined) {
          call.onFile(file, () => closeFile(file.fd));
        }
      } catch (error) {
        this.onBug(lane, call, error);
      }
    });
  }

  /** Ends the request in which an error of ours was thrown; the others on the lane go on. */
  onBug(lane: ConcurrentLane, call: ConcurrentCall, error: unknown): void {
    this.#options.onBug(`a request on the lane of ${lane.name}`, error);
    call.exchange.responder.cut();
    call.onGone();
  }

  /** A worker that was told to end by a signal begins no request any more: not these, which it has given back, nor others. */
  onRecalled(lane: ConcurrentLane, streams: readonly number[]): void {
    lane.isLeaving = true;
    const calls = streams.map((stream) => lane.calls.get(stream)).filter((call) => call !== undefined);
    const mayMove = (call: ConcurrentCall): boolean => !call.hasBegun;
    this.#moveCalls(lane, calls, mayMove, (call) => call.lose(lane));
  }

  onFault(lane: ConcurrentLane, fault: string): void {
    this.log('error', `worker ${lane.name} (pid ${lane.pid}) broke the lane protocol: ${fault}`);
    this.onLaneLost(lane);
  }

  // What calls tell.

  onAbandoned(call: Call): void {
    const lane = this.#lanes.find((each) => each.calls.get(call.stream) === call);
    lane?.abort(call.stream);
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

  addLane(socket: LaneSocket, identity: ConcurrentIdentity): ConcurrentLane {
    const lane = new ConcurrentLane(socket, identity, this);
    this.#lanes.push(lane);
    lane.isActive = this.#active.has(lane.worker);
    if (this.#draining.has(lane.worker)) {
      this.#drain(lane);
    }
    this.#pump();
    return lane;
  }

  /** Applications that have taken over connections hear that their clients are gone, because the time of their worker is nearly over. */
  endTunnels(worker: number): void {
    for (const lane of this.#lanes.filter((each) => each.worker === worker)) {
      for (const call of lane.calls.values()) {
        call.endTunnel();
      }
    }
  }

  /** The call that a worker has dialled a tunnel for. */
  callOf({ worker, stream }: TunnelIdentity): ConcurrentCall | undefined {
    return this.#lanes.find((each) => each.worker === worker)?.calls.get(stream);
  }

  /** Takes over what the `workers` message says. WebSockets of workers that are `closing` are closed: the time of these workers is over. */
  setWorkers({ active, draining, closing }: Omit<WorkerSets, 'interface' | 'gone'>): void {
    this.#active = active;
    this.#draining = draining;
    for (const lane of this.#lanes) {
      if (active.has(lane.worker)) {
        lane.isActive = true;
      } else if (lane.isActive || (draining.has(lane.worker) && !lane.isDraining)) {
        this.#drain(lane);
      }
      if (closing.has(lane.worker)) {
        closeWebSockets(lane);
      }
    }
    this.#pump();
  }

  #drain(lane: ConcurrentLane): void {
    lane.drain();
    this.#checkQuiet(lane.worker);
  }

  #checkQuiet(worker: number): void {
    if (this.#lanes.every((lane) => lane.worker !== worker || (lane.isDraining && lane.calls.size === 0))) {
      this.#options.onQuiet(worker);
    }
  }

  /** The processes of these workers have ended, and nothing more can come from them. */
  loseWorkers(gone: readonly number[]): void {
    for (const lane of this.#lanes.filter((each) => gone.includes(each.worker))) {
      this.onLaneLost(lane);
    }
  }

  /** The worker has closed its end, or has broken the rules of the lane. Calls that it has begun fail, the others go elsewhere. */
  onLaneLost(lane: ConcurrentLane): void {
    if (!this.#lanes.includes(lane)) {
      return;
    }
    this.#lanes = this.#lanes.filter((each) => each !== lane);
    lane.close();
    this.#takeCalls(lane, (call) => call.lose(lane));
  }

  /** Takes every call off a lane. `lose` gets those that the worker has begun, or that cannot be moved. */
  #takeCalls(lane: ConcurrentLane, lose: (call: ConcurrentCall) => void): void {
    const started = lane.calls.size === 0 ? 0 : this.#options.board.lastStarted(lane.slot);
    const mayMove = (call: ConcurrentCall): boolean => !call.hasBegun && !wasBegun(call.stream, started);
    this.#moveCalls(lane, [...lane.calls.values()], mayMove, lose);
  }

  #moveCalls(
    lane: ConcurrentLane,
    calls: readonly ConcurrentCall[],
    mayMove: (call: ConcurrentCall) => boolean,
    lose: (call: ConcurrentCall) => void,
  ): void {
    const back: ConcurrentCall[] = [];
    for (const call of calls) {
      lane.calls.delete(call.stream);
      this.onEnded(lane, call);
      if (!call.isOver && mayMove(call) && call.mayMove && call.retries < GATEWAY_LIMITS.retriesMax) {
        call.onMoved();
        call.retries += 1;
        call.queuedAtMs ||= this.#queue.peek()?.queuedAtMs ?? this.monotonicMs();
        back.push(call);
        continue;
      }
      call.onStreamEnded();
      if (!call.isOver) {
        lose(call);
      }
    }
    this.#queue.putBack(back);
    this.#pump();
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
    const nowMs = this.monotonicMs();
    if (this.#queue.count === 0 && this.#lanes.every((lane) => lane.calls.size === 0 && lane.pingedAtMs === 0)) {
      clearInterval(this.#watch);
      this.#watch = undefined;
      this.#attention.rest();
      return;
    }
    this.#forgive(this.#attention.look(nowMs), nowMs);
    if (!this.#attention.mayJudge) {
      return; // The answers to pings that came meanwhile are read first.
    }
    this.#pump();
    this.#checkQueue(nowMs);
    this.#checkLoops(nowMs);
  }

  /** The edge was away for so long, which is counted against no worker. */
  #forgive(awayMs: number, nowMs: number): void {
    if (awayMs === 0) {
      return;
    }
    for (const lane of this.#lanes.filter((each) => each.pingedAtMs > 0)) {
      lane.pingedAtMs = Math.min(nowMs, lane.pingedAtMs + awayMs);
    }
    this.#queue.forgive(awayMs, nowMs);
  }

  #checkQueue(nowMs: number): void {
    for (const call of this.#queue.takeOlder(nowMs - this.#options.settings.queueTimeoutMs)) {
      this.#options.overload.refuse(call, 'late');
    }
  }

  /** A loop that does not turn answers no ping: its worker is reported and given up. */
  #checkLoops(nowMs: number): void {
    const { timeoutMs } = this.#options.settings;
    if (timeoutMs === 0) {
      return;
    }
    const mayPing = nowMs - this.#pingedMs >= timeoutMs / PINGS_IN_TIMEOUT;
    for (const lane of this.#lanes.filter((each) => !each.isStuck)) {
      if (lane.pingedAtMs > 0 && nowMs - lane.pingedAtMs > timeoutMs) {
        this.#giveUp(lane, nowMs - lane.pingedAtMs);
      } else if (mayPing && lane.pingedAtMs === 0 && lane.calls.size > 0) {
        this.#pingedMs = nowMs;
        lane.ping(nowMs);
      }
    }
  }

  #giveUp(lane: ConcurrentLane, stoodMs: number): void {
    lane.isStuck = true;
    const { worker, pid, unit } = lane;
    const last = lane.calls.get(this.#options.board.lastStarted(lane.slot)) ?? lane.calls.values().next().value;
    const { requestId = '', method = '', target = '' } = last?.exchange ?? {};
    const seconds = Math.round(stoodMs / 1000);
    this.#options.onStuck({ worker, pid, unit, requestId, method, path: target, seconds, isLoop: true });
    this.#takeCalls(lane, (call) => call.fail(504));
  }
}

/** Requests are begun in the order of their streams, which are numbered upwards and begin again at 1. */
function wasBegun(stream: number, lastStarted: number): boolean {
  return lastStarted !== 0 && ((lastStarted - stream) & FRAME_LIMITS.streamMax) <= FRAME_LIMITS.streamMax >>> 1;
}

function closeWebSockets(lane: ConcurrentLane): void {
  for (const call of lane.calls.values()) {
    if (call instanceof WebSocketCall) {
      call.restart();
    }
  }
}
