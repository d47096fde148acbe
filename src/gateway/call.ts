/**
 * One request on its way through the gateway: it waits in the queue, sits on a lane, is answered. It turns the worker's frames
 * into the exchange's response and keeps to what was declared: never a byte more than Content-Length, never an end before it.
 */

import { forbidsBody } from '../protocol/http/bodiless-status.ts';
import type { Exchange, FilePart, ResponseTimes, ResponseWatcher } from '../protocol/http/exchange.ts';
import type { ResponseFields } from '../protocol/http/response-fields.ts';
import { REQUEST_FLAG } from '../protocol/lanes/frames.ts';
import type { BlockPool } from '../relay/body/block-pool.ts';
import type { CollectedBody } from '../relay/body/body-collector.ts';
import { releaseBody } from '../relay/body/body-collector.ts';
import type { MemoryBudget, MemoryBudgets } from '../relay/memory-budget.ts';
import type { ResponseFlow } from '../relay/response-flow.ts';
import type { SpoolSpace } from '../relay/spool/spool-space.ts';
import { SpoolFlow } from '../relay/spool-flow.ts';
import type { TunnelSocket } from './call-tunnel.ts';
import { CallTunnel } from './call-tunnel.ts';
import type { WorkerHead } from './lanes/response-head.ts';
import type { NamedFileSender } from './named-file-sender.ts';

/** Safe methods (RFC 9110 9.2.1): running such a request again changes nothing. */
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/** The lane that a call is on. */
export interface CallLane {
  readonly isLost: boolean;
  readonly unit: number;
  readonly worker: number;
  /** Stops and starts reading from the worker. */
  pause(): void;
  resume(): void;
}

/** What a call tells the gateway. */
export interface CallOwner {
  readonly space: SpoolSpace;
  readonly memory: MemoryBudgets;
  readonly blocks: BlockPool;
  /** Undefined: a head that names a file is passed on like others. */
  readonly namedFiles?: NamedFileSender | undefined;
  monotonicMs(): number;
  /** The client is gone while the call is on a lane. */
  onAbandoned(call: Call): void;
  /** A waiting call was dropped. */
  onDropped(call: Call): void;
  log(level: 'warning' | 'error', text: string): void;
}

export class Call implements ResponseWatcher {
  readonly exchange: Exchange;
  readonly isSafe: boolean;
  readonly #owner: CallOwner;
  body: CollectedBody | undefined;
  /** The head's two parts, rendered when the call is first sent. */
  request = '';
  block = '';

  /** The tunnel by which the application may take over the connection of its client; undefined unless the worker has dialled one for this call. */
  tunnel: CallTunnel | undefined;
  /** The flags of its REQUEST frame, but for those of the body. */
  requestFlags = 0;

  /** The lane that the call is on, and its stream there. */
  lane: CallLane | undefined;
  stream = 0;
  /** When the call entered the queue, and how often it was sent without being begun. */
  queuedAtMs = 0;
  retries = 0;
  /** For the access log, if there is one: when the call came, was sent, and was over. */
  arrivedMs = 0;
  sentMs = 0;
  #overMs = 0;
  /** Answered or dropped: nothing more is to be done for the client. */
  isOver = false;
  isCollecting = false;
  /** The head of the response has been passed on. */
  hasBegun = false;
  /** Bytes that the declared length still allows; Infinity without one. */
  #left = Infinity;
  #dropsBody = false;
  /** The worker has finished; the flow still feeds the client. */
  #isSpooledOut = false;
  #flow: ResponseFlow | undefined;
  /** The lane is not read, so that the worker waits for the spool. */
  #holdsLane = false;

  constructor(exchange: Exchange, owner: CallOwner) {
    this.exchange = exchange;
    this.#owner = owner;
    this.isSafe = SAFE.has(exchange.method);
    exchange.responder.watch(this);
  }

  /** The declared length has come: what fails from now on takes nothing from the client. */
  get isWhole(): boolean {
    return !this.isOver && this.hasBegun && this.#left === 0;
  }

  /** The client's connection is the application's, which decides how long that lasts. */
  get isTunnelled(): boolean {
    return this.tunnel?.hasBegun === true;
  }

  /** The application hears that its client is gone, if it has taken over the connection. */
  endTunnel(): void {
    if (this.isTunnelled) {
      this.tunnel?.onEnd();
    }
  }

  /** The worker has dialled for this call. Undefined: the call has been answered meanwhile. */
  offerTunnel(socket: TunnelSocket): CallTunnel | undefined {
    if (this.isOver || this.hasBegun || this.tunnel !== undefined || this.requestFlags !== REQUEST_FLAG.tunnel) {
      return undefined;
    }
    this.tunnel = new CallTunnel(socket, (status, sink) => {
      const { isOver } = this;
      this.finish();
      return isOver ? undefined : this.exchange.responder.takeOver(status, sink);
    });
    return this.tunnel;
  }

  get times(): ResponseTimes | undefined {
    return this.sentMs === 0
      ? undefined
      : { queueMs: this.sentMs - this.arrivedMs, appMs: (this.#overMs || this.#owner.monotonicMs()) - this.sentMs };
  }

  /**
   * The application has named a file, which is sent in place of the body. False: the response is one like others, with the head that `withNamingField` makes.
   */
  onNamedFile(head: WorkerHead): boolean {
    const { namedFiles } = this.#owner;
    if (head.namedFile === undefined || namedFiles?.takes(this.exchange, head.namedFile) !== true) {
      return false;
    }
    if (!this.isOver && this.tunnel?.hasAnswered() !== true) {
      this.finish();
      namedFiles.send(this.exchange, head, this.times);
    }
    return true;
  }

  /** The client wants nothing of what still comes of the response. */
  abandon(): void {
    if (this.lane !== undefined) {
      this.#owner.onAbandoned(this);
    }
  }

  /** A response in one frame: the bytes are borrowed. */
  onWhole(head: WorkerHead, buffer: Buffer, start: number, end: number): void {
    if (this.isOver || this.tunnel?.hasAnswered() === true) {
      return;
    }
    const size = end - start;
    if (head.length !== -1 && head.length !== size) {
      this.onResponse(head, buffer, start, end);
      this.onEnd();
      return;
    }
    this.finish();
    // Without a body and without a length, nothing is known of what GET would have brought.
    const isUnsaid = size === 0 && head.length === -1;
    this.exchange.responder.respond(head, isUnsaid ? undefined : { kind: 'borrowed', length: size, buffer, start });
  }

  onResponse(head: WorkerHead, buffer: Buffer, start: number, end: number): void {
    if (this.isOver || this.hasBegun || this.tunnel?.hasAnswered() === true) {
      return;
    }
    this.hasBegun = true;
    this.#dropsBody = this.exchange.method === 'HEAD' || forbidsBody(head.status);
    this.#left = head.length === -1 || this.#dropsBody ? Infinity : head.length;
    this.exchange.responder.begin(head, head.length === -1 ? undefined : head.length);
    this.onData(buffer, start, end);
  }

  /** `isContinued`: the bytes came in one frame with those before them. */
  onData(buffer: Buffer, start: number, end: number, isContinued: boolean = false): void {
    if (this.isOver || this.#dropsBody || start === end || this.#left === 0) {
      return;
    }
    const length = Math.min(end - start, this.#left);
    this.#left -= length;
    this.#flow ??= this.newFlow();
    this.#flow.write({ kind: 'borrowed', buffer, start, length }, isContinued);
  }

  /** The edge has the worker's file open and sends it; `sent` closes it. */
  onFile(part: FilePart, sent: () => void): void {
    if (this.isOver || this.#dropsBody || !this.hasBegun || part.length === 0) {
      sent();
      return;
    }
    const length = Math.min(part.length, this.#left);
    this.#left -= length;
    this.exchange.responder.writeFile({ ...part, length }, sent);
  }

  onEnd(): void {
    if (this.isOver || this.tunnel?.hasAnswered() === true) {
      return;
    }
    if (!this.hasBegun || (this.#left !== Infinity && this.#left > 0)) {
      this.#owner.log('error', `${this.describe()}: the application's response is shorter than its Content-Length`);
      this.fail(502);
      return;
    }
    this.#end();
  }

  #end(): void {
    if (this.#flow === undefined || this.#flow.end()) {
      this.finish();
      this.exchange.responder.end();
    } else {
      this.#isSpooledOut = true;
      this.#release();
    }
  }

  /** The application failed (500), or its worker did (502), or it took too long (504), or there is no room for it (503). */
  fail(status: number, detail?: string, fields?: ResponseFields): void {
    if (this.tunnel?.hasAnswered() === true) {
      return;
    }
    if (this.isWhole && !this.#isSpooledOut) {
      this.#end();
    } else if (!this.isOver) {
      this.#fail(status, detail, fields);
    }
  }

  #fail(status: number, detail?: string, fields?: ResponseFields): void {
    if (this.tunnel !== undefined && detail === '') {
      this.#owner.log(
        'error',
        `${this.describe()}: the application has ended without an answer, and has not used its socket`,
      );
    }
    this.finish();
    this.#flow?.close();
    if (this.hasBegun) {
      this.exchange.responder.cut();
    } else {
      this.exchange.responder.refuse(status, detail, fields);
    }
  }

  /** The worker that had begun the call is lost. */
  lose({ name, pid }: { readonly name: string; readonly pid: number }): void {
    if (!this.isWhole && !this.isOver) {
      this.#owner.log('error', `${this.describe()} was lost with worker ${name} (pid ${pid})`);
    }
    this.fail(502);
  }

  /** Drops the call without a word: the client is gone. */
  drop(): void {
    if (!this.isOver) {
      this.finish();
      this.#flow?.close();
      this.#owner.onDropped(this);
    }
  }

  onDrain(): void {
    this.#flow?.onDrain();
  }

  onGone(): void {
    if (this.isOver) {
      return;
    }
    this.finish();
    this.#flow?.close();
    if (this.lane === undefined) {
      this.#owner.onDropped(this);
    } else if (!this.#isSpooledOut) {
      this.#owner.onAbandoned(this);
    }
  }

  onClientEnd(): boolean {
    // An upload that has come whole may still be on its way to the disk: it does not wait for a worker. And what was answered may still be on its way to the client.
    if (this.isOver || this.lane !== undefined || this.isCollecting) {
      return false;
    }
    this.drop();
    return true;
  }

  /** For the log: nothing in it is unescaped. */
  describe(): string {
    return `request ${this.exchange.requestId} ${this.exchange.method} ${this.exchange.target}`;
  }

  protected get bodyMemory(): MemoryBudget {
    return this.#owner.memory.bodies;
  }

  /** How the body reaches the client. */
  protected newFlow(): ResponseFlow {
    return new SpoolFlow(this.exchange.responder, this.#owner.space, {
      hold: () => this.#holdLane(),
      letGo: () => this.#letLaneGo(),
      onStuck: (error) => this.#owner.space.noteStuck(error, this),
      onError: (error) => this.#onSpoolError(error),
    });
  }

  #onSpoolError(error: Error): void {
    this.#owner.log('error', `${this.describe()}: the response cannot be read from its file: ${error.message}`);
    if (!this.isOver) {
      this.#fail(500);
    }
  }

  #holdLane(): void {
    this.#holdsLane = true;
    this.lane?.pause();
  }

  /** Called when the worker is done with this call, whatever the client still has to read: what follows on the lane is for other calls. */
  #letLaneGo(): void {
    if (this.#holdsLane) {
      this.#holdsLane = false;
      this.lane?.resume();
    }
  }

  /** The call is over for the client. */
  protected finish(): void {
    this.isOver = true;
    if (this.sentMs !== 0) {
      this.#overMs = this.#owner.monotonicMs();
    }
    this.#release();
  }

  /** The worker is done with the call. */
  #release(): void {
    this.#letLaneGo();
    if (this.body !== undefined) {
      releaseBody(this.body);
      this.body = undefined;
    }
    if (this.tunnel?.hasBegun === false) {
      this.tunnel.drop();
    }
  }
}
