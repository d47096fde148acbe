/** A request that is one stream of many on its lane, whatever the interface: its response comes as the client takes it, by credit. */

import { FRAME } from '../../protocol/lanes/frames.ts';
import type { Call, CallLane, RequestSide } from '../call.ts';
import { CreditFlow } from './credit-flow.ts';

export type StreamCall = Call<StreamSide>;

/** What differs by the interface of the application. */
export interface StreamSide extends RequestSide {
  readonly isWebSocket: boolean;
  /** The call can be given to another worker if this one has not begun it. */
  readonly mayMove: boolean;
  /** Sends the request as a new stream. */
  send(lane: CallLane, stream: number): void;
  /** The application has received so many bytes. */
  onCredit(bytes: number): void;
  /** A frame of a WebSocket. Returns what the worker did wrong, if it did. */
  onWebSocketFrame(type: number, buffer: Buffer, start: number, end: number): string | undefined;
  /** The worker has ended the stream, or is gone. Told before the response hears what that means for it. */
  onStreamEnded(): void;
  /** The worker is to end, and its time is over. */
  onWorkerClosing(): void;
}

export function newCreditFlow(call: Call): CreditFlow {
  return new CreditFlow(call.exchange, call.services.memory.bodies, (bytes) => {
    call.lane?.output.word(FRAME.credit, call.stream, bytes);
  });
}

export function notAWebSocket(type: number): string {
  return `frame ${type} for a stream that is no WebSocket`;
}
