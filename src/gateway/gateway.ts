/**
 * Gives requests to Python. A request is answered by exactly one worker, or refused in words: it waits in a bounded queue,
 * is sent to a lane that the schedule picks, and comes back to the queue if its worker never began it. One gateway per edge thread.
 */

import type { Socket } from 'node:net';
import type { Clock } from '../kernel/clock.ts';
import { Deque } from '../kernel/deque.ts';
import type { Exchange } from '../protocol/http/exchange.ts';
import { FRAME, renderWords } from '../protocol/lanes/frames.ts';
import type { Board } from './board.ts';
import { BodyCollector } from './body-collector.ts';
import { Call, type CallOwner } from './call.ts';
import { closeFile, openWorkerFile } from './file-frame.ts';
import { Lane, type LaneIdentity, type LaneOwner } from './lane.ts';
import { GATEWAY_LIMITS } from './limits.ts';
import { WorkerHeadMemo } from './response-head.ts';
import { pickLane, recallAfterMs } from './schedule.ts';
import type { SpoolBudget } from './spool-file.ts';
import { renderWsgiHead } from './wsgi-head.ts';

export interface GatewaySettings {
  readonly timeoutMs: number;
  readonly queueMax: number;
  readonly queueTimeoutMs: number;
  readonly bodyBytesMax: number;
  /** Somebody wants to know where the time of a request went. */
  readonly keepsTimes: boolean;
}

export interface StuckRequest {
  readonly worker: number;
  readonly pid: number;
  readonly unit: number;
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly seconds: number;
}

export interface GatewayOptions {
  readonly settings: GatewaySettings;
  readonly clock: Clock;
  readonly budget: SpoolBudget;
  readonly board: Board;
  /** Requests on each unit, of all edge threads. */
  readonly loads: Int32Array;
  readonly firstStream: number;
  log(level: 'info' | 'warning' | 'error', text: string): void;
  onStuck(stuck: StuckRequest): void;
  /** Nothing is left on the lanes of a worker that is no longer active, but what was reported stuck. */
  onQuiet(worker: number): void;
  /** How many requests wait here. */
  onWaiting(count: number): void;
  /** Requests wait in other threads too. */
  othersWait(): boolean;
  /** A unit may have room that this thread leaves to others. */
  onRoom(): void;
}

/** How often timeouts and recalls are looked at while requests are on lanes. */
const WATCH_MS = 10;
const TIMEOUT_CHECK_MS = 250;

export class Gateway implements CallOwner, LaneOwner {
  readonly memo: WorkerHeadMemo = new WorkerHeadMemo();
  readonly budget: SpoolBudget;
  readonly #options: GatewayOptions;
  readonly #lanes: Lane[] = [];
  readonly #controls = new Map<number, Socket>();
  readonly #queue = new Deque<Call>();
  readonly #dirty: Lane[] = [];
  readonly #flushDirty = (): void => this.#flush();
  readonly #head = { request: '', block: '' };
  #active: ReadonlySet<number> = new Set();
  #waiting = 0;
  #yields = false;
  #collecting = 0;
  #onLanes = 0;
  #used = 0;
  #stream: number;
  #watch: NodeJS.Timeout | undefined;
  #checkedMs = 0;
  #overloads = 0;
  #overloadLoggedMs = 0;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.budget = options.budget;
    this.#stream = options.firstStream;
  }

  /** Requests that are owed an answer. */
  get pendingCount(): number {
    return this.#waiting + this.#onLanes + this.#collecting;
  }

  get waitingCount(): number {
    return this.#waiting;
  }

  submit(exchange: Exchange): void {
    const call = new Call(exchange, this);
    if (this.#options.settings.keepsTimes) {
      call.arrivedMs = this.monotonicMs();
    }
    if (exchange.hasBody) {
      this.#collect(call);
    } else {
      this.#enqueue(call);
    }
  }

  #collect(call: Call): void {
    const { exchange } = call;
    const bytesMax = this.#options.settings.bodyBytesMax;
    if ((exchange.bodyLength ?? 0) > bytesMax) {
      call.fail(413);
      return;
    }
    this.#collecting += 1;
    exchange.readBody(
      new BodyCollector(exchange, this.budget, bytesMax, {
        onBody: (body) => {
          this.#collecting -= 1;
          if (call.isOver) {
            body.file?.close();
          } else {
            call.body = body;
            this.#enqueue(call);
          }
        },
        onFailed: (status, reason) => {
          this.#collecting -= 1;
          if (status === undefined) {
            call.isOver = true;
          } else {
            this.log(status === 413 ? 'info' : 'error', `${call.describe()}: ${reason}`);
            call.fail(status);
          }
        },
      }),
    );
  }

  #enqueue(call: Call): void {
    if (this.#waiting === 0 && this.#dispatch(call)) {
      return;
    }
    if (this.#waiting >= this.#options.settings.queueMax) {
      this.#overload(call);
      return;
    }
    call.queuedAtMs = this.monotonicMs();
    this.#count(1);
    this.#queue.push(call);
    if (this.#queue.size > 2 * this.#options.settings.queueMax) {
      this.#forgetDropped();
    }
    this.#startWatch();
  }

  /** Dropped calls stay in the queue until they come to its front; a flood of them must not make it long. */
  #forgetDropped(): void {
    for (const call of this.#queue.takeAll()) {
      if (!call.isOver) {
        this.#queue.push(call);
      }
    }
  }

  #overload(call: Call): void {
    this.#overloads += 1;
    const nowMs = this.monotonicMs();
    if (nowMs - this.#overloadLoggedMs >= GATEWAY_LIMITS.overloadLogMs) {
      this.log(
        'warning',
        `overload: ${this.#overloads} requests refused with 503, ${this.#waiting} waiting in the queue (limit ${this.#options.settings.queueMax})`,
      );
      this.#overloads = 0;
      this.#overloadLoggedMs = nowMs;
    }
    call.isOver = true;
    call.exchange.responder.refuse(503, undefined, `Retry-After: ${GATEWAY_LIMITS.retryAfterS}\r\n`);
  }

  #dispatch(call: Call): boolean {
    const lane = pickLane(this.#lanes, this.#options.loads);
    if (lane === undefined) {
      return false;
    }
    if (call.request === '') {
      const head = this.#head;
      const { exchange, body } = call;
      renderWsgiHead(exchange, body === undefined ? undefined : { length: body.length, file: body.file?.path }, head);
      call.request = head.request;
      call.block = head.block;
    }
    Atomics.add(this.#options.loads, lane.slot, 1);
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

  /** Sends what waits, as far as there is room. */
  pump(): void {
    for (let call = this.#queue.peek(); call !== undefined; call = this.#queue.peek()) {
      if (!call.isOver) {
        if (!this.#dispatch(call)) {
          return;
        }
        this.#count(-1);
      }
      this.#queue.shift();
    }
  }

  #count(change: 1 | -1): void {
    this.#waiting += change;
    this.#options.onWaiting(this.#waiting);
  }

  #flush(): void {
    for (const lane of this.#dirty) {
      lane.flush();
    }
    this.#dirty.length = 0;
  }

  // What lanes tell.

  monotonicMs(): number {
    return this.#options.clock.monotonicMs();
  }

  /** Counted over all lanes, so that a record of an earlier worker on the board is never taken for a present one. */
  nextStream(): number {
    this.#stream = this.#stream >= 0xffffff ? 1 : this.#stream + 1;
    return this.#stream;
  }

  onDirty(lane: Lane): void {
    if (this.#dirty.length === 0) {
      setImmediate(this.#flushDirty);
    }
    this.#dirty.push(lane);
  }

  onAnswered(lane: Lane, _call: Call): void {
    this.#onLanes -= 1;
    Atomics.sub(this.#options.loads, lane.slot, 1);
  }

  onRead(lane: Lane): void {
    if (this.#waiting > 0 && (this.#yields || !this.#options.othersWait())) {
      this.#yields = false;
      this.pump();
    } else {
      // Turn and turn about: the thread whose requests are answered must not take every place that becomes free.
      this.#yields = true;
      this.#options.onRoom();
    }
    if (lane.isDraining) {
      this.#finishDrain(lane);
    }
  }

  onFile(lane: Lane, call: Call, payload: Buffer): void {
    lane.pause();
    openWorkerFile(payload, (file) => {
      lane.resume();
      if (file === undefined) {
        lane.sendFrame(FRAME.fileRefused, call.stream);
        return;
      }
      lane.sendFrame(FRAME.fileOpened, call.stream);
      call.onFile(file, () => closeFile(file.fd));
    });
  }

  onRecalled(lane: Lane, streams: readonly number[]): void {
    const given = new Set(streams);
    const back: Call[] = [];
    while (lane.calls.size > 0) {
      const call = lane.calls.pop();
      if (call === undefined || !given.has(call.stream)) {
        if (call !== undefined) {
          lane.calls.push(call);
        }
        break;
      }
      this.onAnswered(lane, call);
      back.push(call);
    }
    lane.isRecalled = false;
    this.#putBack(back.reverse());
    if (lane.isDraining) {
      this.#finishDrain(lane);
    }
    this.pump();
  }

  onFault(lane: Lane, fault: string): void {
    this.log('error', `worker ${lane.worker} (pid ${lane.pid}) broke the lane protocol: ${fault}`);
    this.onLaneLost(lane);
  }

  // What calls tell.

  onAbandoned(call: Call): void {
    const { lane } = call;
    if (lane !== undefined && !lane.isLost) {
      this.#control(lane, FRAME.abort, [lane.unit, call.stream]);
    }
  }

  onDropped(call: Call): void {
    if (call.queuedAtMs > 0 && call.lane === undefined) {
      this.#count(-1);
    }
  }

  log(level: 'info' | 'warning' | 'error', text: string): void {
    this.#options.log(level, text);
  }

  // Workers come and go.

  addLane(socket: Socket, identity: LaneIdentity): Lane {
    const lane = new Lane(socket, identity, this);
    lane.isActive = this.#active.has(identity.worker);
    this.#lanes.push(lane);
    this.pump();
    return lane;
  }

  addControl(worker: number, socket: Socket): void {
    this.#controls.set(worker, socket);
  }

  removeControl(worker: number, socket: Socket): void {
    if (this.#controls.get(worker) === socket) {
      this.#controls.delete(worker);
    }
  }

  /** The whole set of workers that are to get requests; a worker's lane that was active and is not in it is drained. */
  setWorkers(active: ReadonlySet<number>, gone: readonly number[]): void {
    this.#active = active;
    for (const lane of [...this.#lanes]) {
      if (gone.includes(lane.worker)) {
        this.onLaneLost(lane);
      } else if (active.has(lane.worker)) {
        lane.isActive = true;
      } else if (lane.isActive) {
        this.#drain(lane);
      }
    }
    this.pump();
  }

  #drain(lane: Lane): void {
    lane.isActive = false;
    lane.isDraining = true;
    if (lane.depth > 1) {
      this.#recall(lane);
    }
    this.#finishDrain(lane);
  }

  /** DRAIN goes out behind the last request, once nothing can come back from the lane. */
  #finishDrain(lane: Lane): void {
    if (!lane.isRecalled && !lane.isLost && lane.depth === 0) {
      lane.sendFrame(FRAME.drain, 0);
      lane.isRecalled = true;
      lane.isDrained = true;
    }
    const siblings = this.#lanes.filter((other) => other.worker === lane.worker);
    if (siblings.every((other) => other.isDrained || (other.isStuck && other.depth <= 1))) {
      this.#options.onQuiet(lane.worker);
    }
  }

  #recall(lane: Lane): void {
    lane.isRecalled = true;
    this.#control(lane, FRAME.recall, [lane.unit]);
  }

  #control(lane: Lane, type: number, words: readonly number[]): void {
    this.#controls.get(lane.worker)?.write(renderWords(type, 0, words));
  }

  /** The worker's end is closed, or it may not be trusted any more. What ran on it fails, the rest goes elsewhere. */
  onLaneLost(lane: Lane): void {
    const at = this.#lanes.indexOf(lane);
    if (at === -1) {
      return;
    }
    this.#lanes.splice(at, 1);
    lane.close();
    const calls = lane.calls.takeAll();
    const started = calls.length === 0 ? 0 : this.#options.board.lastStarted(lane.slot);
    const running = calls.findIndex((call) => call.stream === started);
    const back: Call[] = [];
    for (const [index, call] of calls.entries()) {
      this.onAnswered(lane, call);
      const mayRunAgain = index > running || (index < running && call.isSafe && !call.hasBegun);
      if (mayRunAgain && call.retries < GATEWAY_LIMITS.retriesMax) {
        back.push(call);
      } else if (!call.isOver) {
        this.log('error', `${call.describe()} was lost with worker ${lane.worker} (pid ${lane.pid})`);
        call.fail(502);
      }
    }
    this.#putBack(back);
    this.pump();
  }

  /** To the front of the queue, in their order. */
  #putBack(calls: readonly Call[]): void {
    for (const call of calls.toReversed()) {
      if (!call.isOver) {
        call.lane = undefined;
        call.retries += 1;
        call.queuedAtMs ||= this.monotonicMs();
        this.#count(1);
        this.#queue.unshift(call);
      }
    }
  }

  // Time.

  #startWatch(): void {
    this.#watch ??= setInterval(() => this.#onWatch(), WATCH_MS);
  }

  #onWatch(): void {
    if (this.#waiting === 0 && this.#onLanes === 0) {
      clearInterval(this.#watch);
      this.#watch = undefined;
      return;
    }
    this.pump();
    const nowMs = this.monotonicMs();
    for (const lane of this.#lanes) {
      if (lane.depth > 1 && !lane.isRecalled && nowMs - lane.frontSinceMs > recallAfterMs(lane.meanServiceUs)) {
        this.#recall(lane);
      }
    }
    if (nowMs - this.#checkedMs >= TIMEOUT_CHECK_MS) {
      this.#checkedMs = nowMs;
      this.#checkTimeouts(nowMs);
      this.#checkQueue(nowMs);
    }
  }

  #checkTimeouts(nowMs: number): void {
    const { timeoutMs } = this.#options.settings;
    if (timeoutMs === 0) {
      return;
    }
    for (const lane of this.#lanes) {
      const call = lane.calls.peek();
      const ranMs = nowMs - lane.frontSinceMs;
      if (call !== undefined && ranMs > timeoutMs && !lane.isStuck) {
        lane.isStuck = true;
        const { requestId, method, target } = call.exchange;
        const { worker, pid, unit } = lane;
        this.#options.onStuck({
          worker,
          pid,
          unit,
          requestId,
          method,
          path: target,
          seconds: Math.round(ranMs / 1000),
        });
        call.fail(504);
      }
    }
  }

  #checkQueue(nowMs: number): void {
    for (let call = this.#queue.peek(); call !== undefined; call = this.#queue.peek()) {
      if (!call.isOver && nowMs - call.queuedAtMs < this.#options.settings.queueTimeoutMs) {
        return;
      }
      this.#queue.shift();
      if (!call.isOver) {
        this.#count(-1);
        this.#overload(call);
      }
    }
  }
}
