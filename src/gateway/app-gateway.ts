/**
 * The way to the application, however it is called: WSGI requests go to the gateway that runs them one at a time on each unit, those of event loops and
 * greenlets to the one that runs them side by side. A request that comes before any application is loaded waits until one is.
 */

import type { AppReport } from '../protocol/control/report.ts';
import type { Exchange, ResponseWatcher } from '../protocol/http/exchange.ts';
import type { ResponseFields } from '../protocol/http/response-fields.ts';
import type { Hello } from '../protocol/lanes/hello.ts';
import type { Refusable } from '../relay/overload.ts';
import { RETRY_AFTER } from '../relay/overload.ts';
import type { Call } from './call.ts';
import type { CallTunnel, TunnelSocket } from './call-tunnel.ts';
import type { ConcurrentKind } from './concurrent/concurrent-gateway.ts';
import { ConcurrentGateway } from './concurrent/concurrent-gateway.ts';
import type { GatewayOptions } from './gateway-options.ts';
import type { QueueReport } from './intake.ts';
import type { LaneSocket } from './lanes/lane-socket.ts';
import { GATEWAY_LIMITS } from './limits.ts';
import { SerialGateway } from './serial/serial-gateway.ts';
import type { ReportRoom } from './tell-running.ts';
import type { WorkerSets } from './worker-sets.ts';

/** A lane as its socket sees it. */
export interface OpenLane {
  onBytes(buffer: Buffer, from: number, to: number): void;
  onLost(): void;
}

/** What requests are answered for which there is no application. `detail` is for developers. */
export interface Breakdown {
  readonly status: number;
  readonly detail: string | undefined;
  readonly fields: ResponseFields;
}

export class AppGateway {
  readonly #options: GatewayOptions;
  readonly #serial: SerialGateway;
  readonly #concurrent: ConcurrentGateway;
  readonly #early = new Set<EarlyRequest>();
  /** Workers that have ended, and whose lanes may still hold answers. */
  readonly #gone = new Set<number>();
  /** Workers that drain, and whose tunnels end in a while or have ended. */
  readonly #ending = new Set<number>();
  #interface: WorkerSets['interface'];
  /** How the application is called, also while requests are held. */
  #known: WorkerSets['interface'];
  /** In development, while code that has changed is loaded, requests wait as they do before the first application is loaded. */
  #isHeld = false;
  /** There is no application, and will be none before something is mended. */
  #fault: Breakdown | undefined;

  constructor(options: GatewayOptions) {
    const onQuiet = (worker: number): void => {
      // A worker that has ended has nothing to do: that needs no telling.
      if (!this.#gone.has(worker)) {
        options.onQuiet(worker);
      }
    };
    this.#options = options;
    this.#serial = new SerialGateway({ ...options, onQuiet });
    this.#concurrent = new ConcurrentGateway({ ...options, onQuiet });
  }

  submit(exchange: Exchange): void {
    if (this.#interface === 'wsgi') {
      this.#serial.submit(exchange);
    } else if (this.#interface === undefined) {
      this.#keep(exchange);
    } else {
      this.#concurrent.submit(exchange, this.#interface);
    }
  }

  /** Requests wait from now on, although it was known how the application is called. */
  hold(): void {
    this.#interface = undefined;
    this.#isHeld = true;
    this.#mend();
  }

  /** Requests are refused from now on, those that wait as well, also for workers that are busy. */
  breakDown(fault: Breakdown): void {
    this.hold();
    this.#fault = fault;
    const { status, detail, fields } = fault;
    const refuse = (call: Call) => call.fail(status, detail, fields);
    this.#serial.giveAll(refuse);
    this.#concurrent.giveAll(refuse);
    this.#submitEarly();
  }

  /** The end of `hold` and `breakDown`. */
  resume(): void {
    this.#isHeld = false;
    this.#mend();
    this.#interface = this.#known;
    this.#submitWaiting();
  }

  #mend(): void {
    this.#fault = undefined;
    this.#serial.admitAll();
    this.#concurrent.admitAll();
  }

  #keep(exchange: Exchange): void {
    if (this.#fault !== undefined) {
      const { status, detail, fields } = this.#fault;
      exchange.responder.refuse(status, detail, fields);
      return;
    }
    const { overload, settings } = this.#options;
    if (this.#early.size >= settings.queueMax) {
      overload.refuse(refusable(exchange), 'full');
      return;
    }
    const events = {
      onLeft: (early: EarlyRequest) => {
        this.#early.delete(early);
        this.#options.onWaiting(this.#early.size);
      },
      onLate: (early: EarlyRequest) => overload.refuse(refusable(early.exchange), 'late'),
    };
    const sinceMs = this.#options.clock.monotonicMs();
    this.#early.add(new EarlyRequest(exchange, { sinceMs, waitMs: settings.queueTimeoutMs }, events));
    this.#options.onWaiting(this.#early.size);
  }

  addLane(socket: LaneSocket, hello: Hello): OpenLane {
    if (hello.kind === 'wsgi') {
      const lane = this.#serial.addLane(socket, hello);
      return {
        onBytes: (buffer, from, to) => lane.onBytes(buffer, from, to),
        onLost: () => this.#serial.onLaneLost(lane),
      };
    }
    const lane = this.#concurrent.addLane(socket, hello);
    return {
      onBytes: (buffer, from, to) => lane.onBytes(buffer, from, to),
      onLost: () => this.#concurrent.onLaneLost(lane),
    };
  }

  /** A worker dials a tunnel for a request that runs and may take over its client's connection. Undefined: the request is over. */
  openTunnel(socket: TunnelSocket, hello: Hello): CallTunnel | undefined {
    const call = hello.kind === 'wsgi' ? this.#serial.callOf(hello) : this.#concurrent.callOf(hello);
    return call?.offerTunnel(socket);
  }

  addControl(worker: number, socket: LaneSocket): void {
    this.#serial.addControl(worker, socket);
  }

  removeControl(worker: number, socket: LaneSocket): void {
    this.#serial.removeControl(worker, socket);
  }

  setWorkers(workers: WorkerSets): void {
    this.#known = workers.interface ?? this.#known;
    this.#interface = this.#isHeld ? undefined : this.#known;
    this.#loseLater(workers.gone);
    this.#endTunnelsLater(workers.draining);
    this.#serial.setWorkers(workers.active, workers.draining);
    this.#concurrent.setWorkers(workers);
    this.#submitWaiting();
  }

  #submitWaiting(): void {
    if (this.#interface !== undefined) {
      this.#leaveOther(this.#interface);
      this.#submitEarly();
    }
  }

  /** Where a reload has changed how the application is called, no lane will come to the gateway of the version before: what waits there has to leave. */
  #leaveOther(used: ConcurrentKind | 'wsgi'): void {
    const other = used === 'wsgi' ? this.#concurrent : this.#serial;
    (used === 'wsgi' ? this.#serial : this.#concurrent).admitAll();
    other.giveAll((call) => this.#move(call));
  }

  /** The request begins anew; one whose body was read cannot. */
  #move(call: Call): void {
    if (call.exchange.hasBody) {
      this.#options.log(
        'info',
        `${call.describe()} is refused: it was read for the version before, which was called in another way`,
      );
      call.fail(503, undefined, RETRY_AFTER);
    } else {
      this.submit(call.exchange);
    }
  }

  #submitEarly(): void {
    const early = [...this.#early];
    this.#early.clear();
    this.#options.onWaiting(0);
    for (const each of early) {
      each.release();
      this.submit(each.exchange);
    }
  }

  #endTunnelsLater(draining: ReadonlySet<number>): void {
    for (const worker of draining) {
      if (!this.#ending.has(worker)) {
        this.#ending.add(worker);
        setTimeout(() => {
          this.#serial.endTunnels(worker);
          this.#concurrent.endTunnels(worker);
        }, this.#options.settings.tunnelDrainMs).unref();
      }
    }
  }

  #loseLater(gone: readonly number[]): void {
    if (gone.length === 0) {
      return;
    }
    for (const worker of gone) {
      this.#gone.add(worker);
    }
    const lose = (): void => {
      this.#serial.loseWorkers(gone);
      this.#concurrent.loseWorkers(gone);
      for (const worker of gone) {
        this.#options.onCounted(worker, this.#options.tally.take(worker));
        this.#gone.delete(worker);
        this.#ending.delete(worker);
      }
    };
    // The lanes are read before the immediate is run, also after the edge was stopped for a while.
    setTimeout(() => setImmediate(lose), GATEWAY_LIMITS.goneReadMs).unref();
  }

  report(room: ReportRoom): Omit<AppReport, 'app' | 'staticRequests'> {
    const queues = [this.#serial.queue, this.#concurrent.queue, this.#earlyQueue];
    return {
      waiting: queues.reduce((sum, { waiting }) => sum + waiting, 0),
      oldestWaitMs: Math.max(...queues.map(({ oldestWaitMs }) => oldestWaitMs)),
      workers: this.#options.tally.report([...this.#serial.report(room), ...this.#concurrent.report(room)]),
    };
  }

  get #earlyQueue(): QueueReport {
    const [first] = this.#early;
    const nowMs = this.#options.clock.monotonicMs();
    return { waiting: this.#early.size, oldestWaitMs: first === undefined ? 0 : nowMs - first.sinceMs };
  }

  /** Another thread has left room on a unit. */
  takeRoom(): void {
    this.#serial.takeRoom();
  }
}

interface EarlyEvents {
  /** The request waits no longer. */
  onLeft(early: EarlyRequest): void;
  /** The request has waited too long, and is to be refused. */
  onLate(early: EarlyRequest): void;
}

/** A request that waits until it is known how the application is called. */
class EarlyRequest implements ResponseWatcher {
  readonly times = undefined;
  readonly exchange: Exchange;
  readonly #events: EarlyEvents;
  readonly #timer: NodeJS.Timeout;
  #isReleased = false;

  readonly sinceMs: number;

  constructor(
    exchange: Exchange,
    { sinceMs, waitMs }: { readonly sinceMs: number; readonly waitMs: number },
    events: EarlyEvents,
  ) {
    this.exchange = exchange;
    this.sinceMs = sinceMs;
    this.#events = events;
    // Messages of the supervisor are read before the immediate is run: after the edge was stopped for a while, an application may be known by then.
    this.#timer = setTimeout(() => setImmediate(() => this.#expire()), waitMs);
    exchange.responder.watch(this);
  }

  #expire(): void {
    if (!this.#isReleased) {
      this.onGone();
      this.#events.onLate(this);
    }
  }

  /** The request is handed to a gateway, which answers it. */
  release(): void {
    this.#isReleased = true;
    clearTimeout(this.#timer);
    this.exchange.responder.watch(undefined);
  }

  onDrain(): void {
    // Nothing has been sent.
  }

  onGone(): void {
    this.release();
    this.#events.onLeft(this);
  }

  onClientEnd(): boolean {
    this.onGone();
    return true;
  }
}

function refusable({ responder }: Exchange): Refusable {
  return { fail: (status, detail, fields) => responder.refuse(status, detail, fields) };
}
