/**
 * One request on its way through the gateway: it waits in the queue, sits on a lane, is answered. What a worker says of it goes to its `reply`; how it travels
 * to the worker is the affair of its `side`, which differs with the kind of lane and of application.
 */

import type { Exchange, ResponseTimes, ResponseWatcher } from '../protocol/http/exchange.ts';
import type { ResponseFields } from '../protocol/http/response-fields.ts';
import { REQUEST_FLAG } from '../protocol/lanes/frames.ts';
import type { CollectedBody } from '../relay/body/body-collector.ts';
import { releaseBody } from '../relay/body/body-collector.ts';
import type { Reply } from '../relay/reply.ts';
import type { ResponseFlow } from '../relay/response-flow.ts';
import type { RelayOwner } from '../relay/response-relay.ts';
import { ResponseRelay } from '../relay/response-relay.ts';
import type { CallServices } from './call-services.ts';
import type { TunnelSocket } from './call-tunnel.ts';
import { CallTunnel } from './call-tunnel.ts';
import type { LaneOutput } from './lanes/lane-output.ts';
import type { WorkerHead } from './lanes/response-head.ts';
import { TunnelledReply } from './tunnelled-reply.ts';

/** Safe methods (RFC 9110 9.2.1): running such a request again changes nothing. */
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/** The lane that a call is on. */
export interface CallLane {
  readonly output: LaneOutput;
  /** Nobody waits for this response any more. */
  abort(stream: number): void;
}

/** How a request travels to the worker, and its response comes back. */
export interface RequestSide {
  /** How the response's body reaches the client. */
  newFlow(call: Call): ResponseFlow;
  /** The client has closed its sending side while the call is on a lane. True: drop the request. */
  onClientEnd(call: Call): boolean;
  /** The client has caught up with what it was sent. */
  onDrain(call: Call): void;
  /** Nothing more is to be done for the client. */
  onOver(call: Call): void;
}

/** What a call tells the gateway. */
export interface CallOwner {
  /** A waiting call was dropped. */
  onDropped(call: Call): void;
}

export class Call<S extends RequestSide = RequestSide, L extends CallLane = CallLane>
  implements ResponseWatcher, RelayOwner
{
  readonly exchange: Exchange;
  readonly services: CallServices;
  readonly side: S;
  readonly isSafe: boolean;
  readonly #owner: CallOwner;
  readonly #relay: ResponseRelay;
  /** Hears what the worker says of the response. */
  reply: Reply;
  body: CollectedBody | undefined;
  /** The head's two parts, rendered when the call is first sent. */
  request = '';
  block = '';

  /** The tunnel by which the application may take over the connection of its client; undefined unless the worker has dialled one for this call. */
  #tunnel: CallTunnel | undefined;
  /** The flags of its REQUEST frame, but for those of the body. */
  requestFlags = 0;

  /** The lane that the call is on, and its stream there. */
  lane: L | undefined;
  stream = 0;
  /** When it was sent, on lanes that do not know it of themselves. */
  onLaneSinceMs = 0;
  /** When the call entered the queue, and how often it was sent without being begun. */
  queuedAtMs = 0;
  retries = 0;
  /** For the access log, if there is one: when the call came, was sent, and was over. */
  arrivedMs = 0;
  sentMs = 0;
  #overMs = 0;
  isCollecting = false;
  /** The application has heard that its client seems to have left. */
  hasHeardOfEnd = false;

  constructor(exchange: Exchange, services: CallServices, owner: CallOwner, sideOf: (call: Call<S, L>) => S) {
    this.exchange = exchange;
    this.services = services;
    this.#owner = owner;
    this.isSafe = SAFE.has(exchange.method);
    this.#relay = new ResponseRelay(exchange, this);
    this.reply = this.#relay;
    this.side = sideOf(this);
    exchange.responder.watch(this);
  }

  /** Answered or dropped: nothing more is to be done for the client. */
  get isOver(): boolean {
    return this.#relay.isOver;
  }

  /** The head of the response has been passed on, or a WebSocket was accepted. */
  get hasBegun(): boolean {
    return this.#relay.hasBegun;
  }

  get relay(): ResponseRelay {
    return this.#relay;
  }

  /** The client's connection is the application's, which decides how long that lasts. */
  get isTunnelled(): boolean {
    return this.#tunnel?.hasBegun === true;
  }

  /** The application hears that its client is gone, if it has taken over the connection. */
  endTunnel(): void {
    if (this.isTunnelled) {
      this.#tunnel?.onEnd();
    }
  }

  /** The worker has dialled for this call. Undefined: the call has been answered meanwhile. */
  offerTunnel(socket: TunnelSocket): CallTunnel | undefined {
    if (this.isOver || this.hasBegun || this.#tunnel !== undefined || this.requestFlags !== REQUEST_FLAG.tunnel) {
      return undefined;
    }
    const tunnel = new CallTunnel(socket, (status, sink) => {
      const { isOver } = this;
      this.#relay.close();
      return isOver ? undefined : this.exchange.responder.takeOver(status, sink);
    });
    this.#tunnel = tunnel;
    this.reply = new TunnelledReply(this.#relay, tunnel, () => this.#logUnused());
    return tunnel;
  }

  #logUnused(): void {
    this.services.log(
      'error',
      `${this.describe()}: the application has ended without an answer, and has not used its socket`,
    );
  }

  get times(): ResponseTimes | undefined {
    return this.sentMs === 0
      ? undefined
      : { queueMs: this.sentMs - this.arrivedMs, appMs: (this.#overMs || this.services.monotonicMs()) - this.sentMs };
  }

  /**
   * The application has named a file, which is sent in place of the body. False: the response is one like others, with the head that `withNamingField` makes.
   */
  onNamedFile(head: WorkerHead): boolean {
    const { namedFiles } = this.services;
    if (head.namedFile === undefined || namedFiles?.takes(this.exchange, head.namedFile) !== true) {
      return false;
    }
    if (!this.isOver && this.#tunnel?.hasAnswered() !== true) {
      this.#relay.close();
      namedFiles.send(this.exchange, head, this.times);
    }
    return true;
  }

  /** FAILED of the worker. `text` is empty if the application has raised nothing. */
  onFailed(text: string): void {
    if (this.hasHeardOfEnd && text === '' && !this.hasBegun && !this.isOver) {
      // An application that gives no answer after it has heard that its client seems to have left has done nothing wrong: there is no error to tell.
      this.#relay.cut();
    } else {
      this.fail(500, text);
    }
  }

  /** The application failed (500), or its worker did (502), or it took too long (504), or there is no room for it (503). */
  fail(status: number, detail?: string, fields?: ResponseFields): void {
    this.reply.onFault(status, detail, fields);
  }

  /** The worker that had begun the call is lost. */
  lose({ name, pid }: { readonly name: string; readonly pid: number }): void {
    if (!this.#relay.isWhole && !this.isOver) {
      this.services.log('error', `${this.describe()} was lost with worker ${name} (pid ${pid})`);
    }
    this.fail(502);
  }

  /** The client wants nothing of what still comes of the response. */
  abandon(): void {
    this.lane?.abort(this.stream);
  }

  /** The client is gone, and its body is not whole. */
  forget(): void {
    this.#relay.isOver = true;
  }

  // From the client.

  onDrain(): void {
    this.side.onDrain(this);
  }

  onGone(): void {
    if (this.isOver) {
      return;
    }
    this.#relay.close();
    if (this.lane === undefined) {
      this.#owner.onDropped(this);
    } else if (!this.#relay.isUpstreamDone) {
      this.abandon();
    }
  }

  onClientEnd(): boolean {
    if (this.lane !== undefined) {
      return this.side.onClientEnd(this);
    }
    // An upload that has come whole may still be on its way to the disk: it does not wait for a worker. And what was answered may still be on its way to the client.
    if (this.isOver || this.isCollecting) {
      return false;
    }
    this.#relay.close();
    this.#owner.onDropped(this);
    return true;
  }

  /** Refuses the call, which may be on a lane or wait for one. */
  giveUp(status: number): void {
    this.fail(status);
    if (this.lane === undefined) {
      this.#owner.onDropped(this);
    } else {
      this.abandon();
    }
  }

  /** For the log: nothing in it is unescaped. */
  describe(): string {
    return `request ${this.exchange.requestId} ${this.exchange.method} ${this.exchange.target}`;
  }

  // From the relay.

  newFlow(): ResponseFlow {
    return this.side.newFlow(this);
  }

  onShort(): void {
    this.services.log('error', `${this.describe()}: the application's response is shorter than its Content-Length`);
  }

  onOver(): void {
    if (this.sentMs !== 0) {
      this.#overMs = this.services.monotonicMs();
    }
    this.onUpstreamDone();
    this.side.onOver(this);
  }

  onUpstreamDone(): void {
    if (this.body !== undefined) {
      releaseBody(this.body);
      this.body = undefined;
    }
    if (this.#tunnel?.hasBegun === false) {
      this.#tunnel.drop();
    }
  }
}
