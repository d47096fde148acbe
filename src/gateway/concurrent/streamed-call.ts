/** A request to an application that streams: the body of the request goes to the application as the client sends it. */

import type { ResponseFields } from '../../protocol/http/response-fields.ts';
import { FRAME, REQUEST_FLAG } from '../../protocol/lanes/frames.ts';
import type { MemoryBudgets } from '../../relay/memory-budget.ts';
import type { CallOwner } from '../call.ts';
import { renderAsgiHead } from './asgi-head.ts';
import { BodyStream } from './body-stream.ts';
import type { Carrier } from './concurrent-call.ts';
import { ConcurrentCall } from './concurrent-call.ts';

export class StreamedCall extends ConcurrentCall {
  protected readonly memory: MemoryBudgets;
  readonly #owner: CallOwner;
  readonly #bodyBytesMax: number;
  #bodyStream: BodyStream | undefined;
  /** The application has heard that the client seems to have left. */
  #hasClientEnded = false;

  constructor(owner: CallOwner, exchange: ConcurrentCall['exchange'], bodyBytesMax: number) {
    super(exchange, owner);
    this.#owner = owner;
    this.memory = owner.memory;
    this.#bodyBytesMax = bodyBytesMax;
  }

  /** The request can be given to another worker as long as none has taken any of its body. */
  override get mayMove(): boolean {
    return this.#bodyStream?.mayMove ?? true;
  }

  /** The body follows as it comes. A client that waits to be asked for its body (100-continue) is asked with the first credit. */
  protected sendRequest(lane: Carrier): void {
    lane.output.request(this.stream, renderAsgiHead(this.exchange), this.flags(), undefined);
    if (this.#bodyStream !== undefined) {
      this.#bodyStream.moveTo({ output: lane.output, stream: this.stream });
    } else if (this.exchange.hasBody && !this.exchange.expectsContinue) {
      this.#readBody(lane);
    }
  }

  protected flags(): number {
    const { hasBody, expectsContinue } = this.exchange;
    return hasBody ? REQUEST_FLAG.body | REQUEST_FLAG.more | (expectsContinue ? REQUEST_FLAG.expect : 0) : 0;
  }

  #readBody(lane: Carrier): void {
    const options = {
      exchange: this.exchange,
      bytesMax: this.#bodyBytesMax,
      memory: this.memory.bodies,
      blocks: this.#owner.blocks,
      onTooLong: () => this.#giveUp(413),
      onFailed: () => this.onGone(),
    };
    this.#bodyStream = new BodyStream(options, { output: lane.output, stream: this.stream });
    this.exchange.readBody(this.#bodyStream);
  }

  #giveUp(status: number): void {
    this.fail(status);
    if (this.carrier === undefined) {
      this.#owner.onDropped(this); // It waited for another worker.
    } else {
      this.carrier.abort(this.stream);
    }
  }

  /** The application hears that the client has closed its sending side; a response is still sent, for the client may be reading on. */
  override onClientEnd(): boolean {
    if (this.carrier === undefined) {
      return super.onClientEnd();
    }
    this.#hasClientEnded = true;
    this.carrier.output.frame(FRAME.clientEnd, this.stream);
    return false;
  }

  /** An application that gives no answer after it has heard that its client seems to have left has done nothing wrong: there is no error to tell. */
  override fail(status: number, detail?: string, fields?: ResponseFields): void {
    if (this.#hasClientEnded && status === 500 && detail === '' && !this.hasBegun && !this.isOver) {
      this.finish();
      this.exchange.responder.cut();
    } else {
      super.fail(status, detail, fields);
    }
  }

  override onCredit(bytes: number): void {
    if (this.#bodyStream !== undefined) {
      this.#bodyStream.onCredit(bytes);
    } else if (this.exchange.hasBody && this.carrier !== undefined && !this.isOver) {
      this.#readBody(this.carrier);
    }
  }

  override onStreamEnded(): void {
    super.onStreamEnded();
    this.#bodyStream?.close();
  }

  override onMoved(): void {
    super.onStreamEnded();
  }

  /** A call that waits for another worker has no stream whose end would close its body. */
  protected override finish(): void {
    super.finish();
    if (this.carrier === undefined) {
      this.#bodyStream?.close();
    }
  }
}
