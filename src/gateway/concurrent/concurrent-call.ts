/** A request on a concurrent lane, whatever the interface: its response comes as the client takes it, by credit. */

import { FRAME } from '../../protocol/lanes/frames.ts';
import type { ResponseFlow } from '../../relay/response-flow.ts';
import type { CallLane } from '../call.ts';
import { Call } from '../call.ts';
import type { LaneOutput } from '../lanes/lane-output.ts';
import { renderFields } from '../lanes/response-head.ts';
import { CreditFlow } from './credit-flow.ts';

/** The lane that carries a call's stream. */
export interface Carrier extends CallLane {
  readonly output: LaneOutput;
  /** Nobody waits for the response any more. */
  abort(stream: number): void;
}

export abstract class ConcurrentCall extends Call {
  readonly isWebSocket: boolean = false;
  /** The lane whose stream this is, until the worker has ended it. */
  protected carrier: Carrier | undefined;
  #flow: CreditFlow | undefined;

  /** The call can be given to another worker if this one has not begun it. */
  get mayMove(): boolean {
    return true;
  }

  /** Sends the call on a lane, as a new stream. */
  sendOn(lane: Carrier, stream: number): void {
    this.carrier = lane;
    this.lane = lane;
    this.stream = stream;
    this.sendRequest(lane);
  }

  protected abstract sendRequest(lane: Carrier): void;

  protected override newFlow(): ResponseFlow {
    return this.#creditFlow();
  }

  #creditFlow(): CreditFlow {
    this.#flow ??= new CreditFlow(this.exchange, this.bodyMemory, (bytes) => {
      this.carrier?.output.word(FRAME.credit, this.stream, bytes);
    });
    return this.#flow;
  }

  override onDrain(): void {
    // A client that was slow to take hints may take more, though there is no body yet.
    this.#flow?.onDrain();
  }

  /** The application has received so many bytes. */
  onCredit(_bytes: number): void {
    // A request that is whole when it is sent needs no credit.
  }

  /** Early hints. Returns what the worker did wrong, if it did. */
  onHints(text: string): string | undefined {
    const rendered = renderFields(['', ...text.split('\0')]);
    if (rendered !== undefined && !this.isOver && !this.hasBegun) {
      this.#creditFlow().charge(text.length, this.exchange.responder.hint(rendered.fields));
    }
    return rendered === undefined ? 'malformed hints' : undefined;
  }

  onTrailers(text: string): string | undefined {
    const rendered = renderFields(['', ...text.split('\0')]);
    if (rendered !== undefined && !this.isOver && this.hasBegun) {
      this.exchange.responder.trail(rendered.fields);
    }
    return rendered === undefined ? 'malformed trailers' : undefined;
  }

  /** A frame of a WebSocket, which this call is not. */
  onWebSocketFrame(type: number, _buffer: Buffer, _start: number, _end: number): string | undefined {
    return `frame ${type} for a stream that is no WebSocket`;
  }

  /** The call is taken from a worker that has not begun it, for another. */
  onMoved(): void {
    this.onStreamEnded();
  }

  /** The worker has ended the stream, or is gone. Called before the response hears what that means for it. */
  onStreamEnded(): void {
    this.carrier = undefined;
    this.lane = undefined;
  }
}
