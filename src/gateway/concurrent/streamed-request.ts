/** A request to an application that streams: the body of the request goes to the application as the client sends it. */

import { FRAME, REQUEST_FLAG } from '../../protocol/lanes/frames.ts';
import type { ResponseFlow } from '../../relay/response-flow.ts';
import type { CallLane } from '../call.ts';
import { renderAsgiHead } from './asgi-head.ts';
import { BodyStream } from './body-stream.ts';
import type { StreamCall, StreamSide } from './stream-call.ts';
import { newCreditFlow, notAWebSocket } from './stream-call.ts';

export class StreamedRequest implements StreamSide {
  readonly isWebSocket = false;
  readonly #call: StreamCall;
  readonly #bodyBytesMax: number;
  #body: BodyStream | undefined;

  constructor(call: StreamCall) {
    this.#call = call;
    this.#bodyBytesMax = call.services.settings.bodyBytesMax;
  }

  /** As long as no worker has taken any of the body. */
  get mayMove(): boolean {
    return this.#body?.mayMove ?? true;
  }

  /** The body follows as it comes. A client that waits to be asked for its body (100-continue) is asked with the first credit. */
  send(lane: CallLane, stream: number): void {
    const { exchange } = this.#call;
    lane.output.request(stream, renderAsgiHead(exchange), this.#flags(), undefined);
    if (this.#body !== undefined) {
      this.#body.moveTo({ output: lane.output, stream });
    } else if (exchange.hasBody && !exchange.expectsContinue) {
      this.#readBody(lane);
    }
  }

  #flags(): number {
    const { hasBody, expectsContinue } = this.#call.exchange;
    return hasBody ? REQUEST_FLAG.body | REQUEST_FLAG.more | (expectsContinue ? REQUEST_FLAG.expect : 0) : 0;
  }

  #readBody(lane: CallLane): void {
    const { exchange, services, stream } = this.#call;
    const options = {
      exchange,
      bytesMax: this.#bodyBytesMax,
      memory: services.memory.bodies,
      blocks: services.blocks,
      onTooLong: () => this.#call.giveUp(413),
      onFailed: () => this.#call.onGone(),
    };
    this.#body = new BodyStream(options, { output: lane.output, stream });
    exchange.readBody(this.#body);
  }

  newFlow(): ResponseFlow {
    return newCreditFlow(this.#call);
  }

  onDrain(): void {
    // A client that was slow to take hints may take more, though there is no body yet.
    this.#call.relay.onDrain();
  }

  /** The application hears that the client has closed its sending side; a response is still sent, for the client may be reading on. */
  onClientEnd(): boolean {
    const { lane, stream } = this.#call;
    this.#call.hasHeardOfEnd = true;
    lane?.output.frame(FRAME.clientEnd, stream);
    return false;
  }

  onCredit(bytes: number): void {
    const { exchange, lane, isOver } = this.#call;
    if (this.#body !== undefined) {
      this.#body.onCredit(bytes);
    } else if (exchange.hasBody && lane !== undefined && !isOver) {
      this.#readBody(lane);
    }
  }

  onWebSocketFrame(type: number): string {
    return notAWebSocket(type);
  }

  onStreamEnded(): void {
    this.#body?.close();
  }

  onWorkerClosing(): void {
    // The request is finished before its worker ends.
  }

  /** A call that waits for another worker has no stream whose end would close its body. */
  onOver(): void {
    if (this.#call.lane === undefined) {
      this.#body?.close();
    }
  }
}
