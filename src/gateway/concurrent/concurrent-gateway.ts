/**
 * Gives requests to workers with an event loop: each has many at a time, so a request waits only while no worker is there or all are full.
 * What a lost worker never began goes to another. One for each edge thread.
 */

import type { Exchange } from '../../protocol/http/exchange.ts';
import { fieldsOfLines, makeLine } from '../../protocol/http/response-fields.ts';
import { FRAME, FRAME_LIMITS, REQUEST_FLAG } from '../../protocol/lanes/frames.ts';
import type { CallOwner } from '../call.ts';
import { Call } from '../call.ts';
import { CallServices } from '../call-services.ts';
import type { TunnelIdentity } from '../call-tunnel.ts';
import type { GatewayOptions } from '../gateway-options.ts';
import type { Dispatcher, QueueReport } from '../intake.ts';
import { Intake } from '../intake.ts';
import { closeFile, openWorkerFile } from '../lanes/file-frame.ts';
import type { LaneSocket } from '../lanes/lane-socket.ts';
import { isRetired } from '../lanes/lane-state.ts';
import { GATEWAY_LIMITS } from '../limits.ts';
import type { ReportRoom } from '../tell-running.ts';
import type { Watched } from '../watch.ts';
import { Watch } from '../watch.ts';
import type { WorkerSets } from '../worker-sets.ts';
import type { LaneReport } from '../worker-tally.ts';
import { BufferedRequest } from './buffered-request.ts';
import type { ConcurrentIdentity, ConcurrentOwner } from './concurrent-lane.ts';
import { ConcurrentLane } from './concurrent-lane.ts';
import { pickConcurrentLane } from './schedule.ts';
import type { StreamCall, StreamSide } from './stream-call.ts';
import { StreamedRequest } from './streamed-request.ts';
import { WebSocketRequest } from './websocket-request.ts';

/** ASGI on an event loop, or WSGI on greenlets. */
export type ConcurrentKind = 'asgi' | 'gevent';

export type ConcurrentOptions = Omit<GatewayOptions, 'threads' | 'othersWait' | 'onRoom' | 'onCounted'>;

/** How often calls and lanes are looked at while something may have waited too long. */
const WATCH_MS = 250;
/** How often within the timeout a worker is pinged, to see whether its loop turns. */
const PINGS_IN_TIMEOUT = 4;

const buffered = (call: StreamCall): StreamSide => new BufferedRequest(call);
const streamed = (call: StreamCall): StreamSide => new StreamedRequest(call);
const webSocket = (call: StreamCall): StreamSide => new WebSocketRequest(call);

export class ConcurrentGateway implements CallOwner, ConcurrentOwner, Dispatcher<StreamCall>, Watched {
  readonly services: CallServices;
  readonly #options: ConcurrentOptions;
  readonly #intake: Intake<StreamCall>;
  readonly #watch: Watch = new Watch(WATCH_MS, this);
  #lanes: ConcurrentLane[] = [];
  #active: ReadonlySet<number> = new Set();
  #draining: ReadonlySet<number> = new Set();
  #used = 0;
  #pingedMs = 0;

  constructor(options: ConcurrentOptions) {
    this.#options = options;
    this.services = new CallServices(options);
    this.#intake = new Intake(options, this.services, this);
  }

  submit(exchange: Exchange, kind: ConcurrentKind): void {
    const handshake = this.#options.settings.takesWebSockets ? exchange.handshake : undefined;
    if (kind === 'gevent') {
      this.#submitBuffered(exchange, handshake?.kind === 'handshake' ? REQUEST_FLAG.tunnel : 0);
    } else if (handshake?.kind === 'refused') {
      const fields = fieldsOfLines(handshake.fields.map(([name, value]) => makeLine(name, value)));
      exchange.responder.refuse(handshake.status, handshake.detail, fields);
    } else {
      this.#submitStreamed(exchange, handshake === undefined ? streamed : webSocket);
    }
  }

  #submitBuffered(exchange: Exchange, flags: number): void {
    const call = this.#newCall(exchange, buffered);
    call.requestFlags = flags;
    if (exchange.hasBody) {
      this.#intake.collect(call);
    } else {
      this.#intake.place(call);
    }
  }

  #submitStreamed(exchange: Exchange, sideOf: (call: StreamCall) => StreamSide): void {
    const call = this.#newCall(exchange, sideOf);
    if ((exchange.bodyLength ?? 0) > this.#options.settings.bodyBytesMax) {
      call.fail(413);
    } else {
      this.#intake.place(call);
    }
  }

  #newCall(exchange: Exchange, sideOf: (call: StreamCall) => StreamSide): StreamCall {
    const call = new Call<StreamSide>(exchange, this.services, this, sideOf);
    if (this.#options.settings.keepsTimes) {
      call.arrivedMs = this.monotonicMs();
    }
    return call;
  }

  // What the intake asks.

  hasRoom(): boolean {
    return pickConcurrentLane(this.#lanes, this.#options.units, false) !== undefined;
  }

  onQueued(): void {
    this.#watch.start();
  }

  dispatch(call: StreamCall): boolean {
    const { units, settings } = this.#options;
    const lane = pickConcurrentLane(this.#lanes, units, call.side.isWebSocket);
    if (lane === undefined) {
      return false;
    }
    Atomics.add(units.loads, lane.slot, 1);
    if (call.side.isWebSocket) {
      Atomics.add(units.webSockets, lane.slot, 1);
    }
    this.#used += 1;
    lane.usedAt = this.#used;
    if (settings.keepsTimes) {
      call.sentMs = this.monotonicMs();
    }
    lane.send(call);
    this.#watch.start();
    return true;
  }

  // What lanes tell.

  monotonicMs(): number {
    return this.services.monotonicMs();
  }

  onEnded(lane: ConcurrentLane, call: StreamCall): void {
    const { loads, webSockets } = this.#options.units;
    Atomics.sub(loads, lane.slot, 1);
    if (call.side.isWebSocket) {
      Atomics.sub(webSockets, lane.slot, 1);
    }
  }

  onRead(lane: ConcurrentLane): void {
    if (this.#intake.waiting > 0) {
      this.#intake.pump();
    }
    if (isRetired(lane.state)) {
      this.#checkQuiet(lane);
    }
  }

  onFile(lane: ConcurrentLane, call: StreamCall, payload: Buffer): void {
    openWorkerFile(payload, (file) => {
      try {
        lane.output.frame(file === undefined ? FRAME.fileRefused : FRAME.fileOpened, call.stream);
        if (file !== undefined) {
          lane.counts.bytes += file.length;
          call.reply.onFile(file, () => closeFile(file.fd));
        }
      } catch (error) {
        this.onBug(lane, call, error);
      }
    });
  }

  /** Ends the request in which an error of ours was thrown; the others on the lane go on. */
  onBug(lane: ConcurrentLane, call: StreamCall, error: unknown): void {
    this.#options.onBug(`a request on the lane of ${lane.identity.name}`, error);
    call.exchange.responder.cut();
    call.onGone();
  }

  /** A worker that was told to end by a signal begins no request any more: not these, which it has given back, nor others. */
  onRecalled(lane: ConcurrentLane, streams: readonly number[]): void {
    lane.tell('left');
    const calls = streams.map((stream) => lane.calls.get(stream)).filter((call) => call !== undefined);
    const mayMove = (call: StreamCall): boolean => !call.hasBegun;
    this.#moveCalls(lane, calls, mayMove, (call) => call.lose(lane.identity));
  }

  onFault(lane: ConcurrentLane, fault: string): void {
    const { name, pid } = lane.identity;
    this.services.log('error', `worker ${name} (pid ${pid}) broke the lane protocol: ${fault}`);
    this.onLaneLost(lane);
  }

  onDropped(call: Call): void {
    this.#intake.onDropped(call);
  }

  // Workers come and go.

  addLane(socket: LaneSocket, identity: ConcurrentIdentity): ConcurrentLane {
    const lane = new ConcurrentLane(socket, identity, this.services, this);
    this.#lanes.push(lane);
    this.#follow(lane);
    this.#intake.pump();
    return lane;
  }

  /** Applications that have taken over connections hear that their clients are gone, because the time of their worker is nearly over. */
  endTunnels(worker: number): void {
    for (const lane of this.#lanesOf(worker)) {
      for (const call of lane.calls.values()) {
        call.endTunnel();
      }
    }
  }

  #lanesOf(worker: number): ConcurrentLane[] {
    return this.#lanes.filter(({ identity }) => identity.worker === worker);
  }

  /** The call that a worker has dialled a tunnel for. */
  callOf({ worker, stream }: TunnelIdentity): StreamCall | undefined {
    return this.#lanesOf(worker)[0]?.calls.get(stream);
  }

  /** Takes over what the `workers` message says. WebSockets of workers that are `closing` are closed: the time of these workers is over. */
  setWorkers({ active, draining, closing }: Omit<WorkerSets, 'interface' | 'gone'>): void {
    this.#active = active;
    this.#draining = draining;
    for (const lane of this.#lanes) {
      this.#follow(lane);
      if (closing.has(lane.identity.worker)) {
        for (const call of lane.calls.values()) {
          call.side.onWorkerClosing();
        }
      }
    }
    this.#intake.pump();
  }

  #follow(lane: ConcurrentLane): void {
    const { worker } = lane.identity;
    if (this.#active.has(worker)) {
      lane.tell('activated');
    } else if (lane.mayRetire || (lane.state === 'new' && this.#draining.has(worker))) {
      lane.drain();
      this.#checkQuiet(lane);
    }
  }

  #checkQuiet({ identity }: ConcurrentLane): void {
    if (this.#lanesOf(identity.worker).every((lane) => isRetired(lane.state) && lane.calls.size === 0)) {
      this.#options.onQuiet(identity.worker);
    }
  }

  /** The processes of these workers have ended, and nothing more can come from them. */
  loseWorkers(gone: readonly number[]): void {
    for (const lane of gone.flatMap((worker) => this.#lanesOf(worker))) {
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
    this.#options.tally.onClosed(lane);
    this.#takeCalls(lane, (call) => call.lose(lane.identity));
  }

  /** Takes every call off a lane. `lose` gets those that the worker has begun, or that cannot be moved. */
  #takeCalls(lane: ConcurrentLane, lose: (call: StreamCall) => void): void {
    const started = lane.calls.size === 0 ? 0 : this.#options.board.lastStarted(lane.slot);
    const mayMove = (call: StreamCall): boolean => !call.hasBegun && !wasBegun(call.stream, started);
    this.#moveCalls(lane, [...lane.calls.values()], mayMove, lose);
  }

  #moveCalls(
    lane: ConcurrentLane,
    calls: readonly StreamCall[],
    mayMove: (call: StreamCall) => boolean,
    lose: (call: StreamCall) => void,
  ): void {
    const back: StreamCall[] = [];
    for (const call of calls) {
      lane.calls.delete(call.stream);
      this.onEnded(lane, call);
      call.lane = undefined;
      if (!call.isOver && mayMove(call) && call.side.mayMove && call.retries < GATEWAY_LIMITS.retriesMax) {
        call.retries += 1;
        back.push(call);
        continue;
      }
      call.side.onStreamEnded();
      if (!call.isOver) {
        lose(call);
      }
    }
    this.#intake.putBack(back);
    this.#intake.pump();
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

  report(room: ReportRoom): LaneReport[] {
    return this.#lanes.map((lane) => lane.report(this.monotonicMs(), room));
  }

  // Time.

  isIdle(): boolean {
    return this.#intake.waiting === 0 && this.#lanes.every((lane) => lane.calls.size === 0 && lane.pingedAtMs === 0);
  }

  onRest(): void {
    // Lanes on which nothing runs need no look.
  }

  forgive(awayMs: number, nowMs: number): void {
    for (const lane of this.#lanes.filter((each) => each.pingedAtMs > 0)) {
      lane.pingedAtMs = Math.min(nowMs, lane.pingedAtMs + awayMs);
    }
    this.#intake.forgive(awayMs, nowMs);
  }

  look(nowMs: number): void {
    this.#intake.pump();
    this.#intake.refuseLate(nowMs);
    this.#checkLoops(nowMs);
  }

  /** A loop that does not turn answers no ping: its worker is reported and given up. */
  #checkLoops(nowMs: number): void {
    const { timeoutMs } = this.#options.settings;
    if (timeoutMs === 0) {
      return;
    }
    const mayPing = nowMs - this.#pingedMs >= timeoutMs / PINGS_IN_TIMEOUT;
    for (const lane of this.#lanes.filter((each) => each.pace !== 'stuck')) {
      if (lane.pingedAtMs > 0 && nowMs - lane.pingedAtMs > timeoutMs) {
        this.#giveUp(lane, nowMs - lane.pingedAtMs);
      } else if (mayPing && lane.pingedAtMs === 0 && lane.calls.size > 0) {
        this.#pingedMs = nowMs;
        lane.ping(nowMs);
      }
    }
  }

  #giveUp(lane: ConcurrentLane, stoodMs: number): void {
    lane.pace = 'stuck';
    const { worker, pid, unit } = lane.identity;
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
