/** A request to a WSGI application on greenlets: its body is whole before it is sent, so that no client holds a greenlet while it sends. */

import { REQUEST_FLAG } from '../../protocol/lanes/frames.ts';
import type { ResponseFlow } from '../../relay/response-flow.ts';
import type { CallLane } from '../call.ts';
import { renderCallHead } from '../wsgi-head.ts';
import type { StreamCall, StreamSide } from './stream-call.ts';
import { newCreditFlow, notAWebSocket } from './stream-call.ts';

export class BufferedRequest implements StreamSide {
  readonly isWebSocket = false;
  readonly mayMove = true;
  readonly #call: StreamCall;

  constructor(call: StreamCall) {
    this.#call = call;
  }

  send(lane: CallLane, stream: number): void {
    const call = this.#call;
    const { body } = call;
    const bodyFlags = body?.file === undefined ? REQUEST_FLAG.body : REQUEST_FLAG.body | REQUEST_FLAG.bodyInFile;
    renderCallHead(call);
    lane.output.request(stream, call, body === undefined ? call.requestFlags : bodyFlags, body?.bytes);
  }

  newFlow(): ResponseFlow {
    return newCreditFlow(this.#call);
  }

  onDrain(): void {
    this.#call.relay.onDrain();
  }

  onClientEnd(): boolean {
    return false;
  }

  onCredit(): void {
    // A request that is whole when it is sent needs no credit.
  }

  onWebSocketFrame(type: number): string {
    return notAWebSocket(type);
  }

  onStreamEnded(): void {
    // Nothing is kept for the stream.
  }

  onWorkerClosing(): void {
    // The request is finished before its worker ends.
  }

  onOver(): void {
    // The body is the call's.
  }
}
