/** A request to an application that streams: its body goes there as the client sends it, its response comes as the client takes it. */

import { FRAME, REQUEST_FLAG } from '../../protocol/lanes/frames.ts';
import type { CallLane, CallOwner } from '../call.ts';
import { Call } from '../call.ts';
import type { LaneOutput } from '../lane-output.ts';
import type { ResponseFlow } from '../response-flow.ts';
import { CreditFlow } from '../response-flow.ts';
import { renderFields } from '../response-head.ts';
import { renderAsgiHead } from './asgi-head.ts';
import { BodyStream } from './body-stream.ts';

/** The lane that carries a stream. */
export interface Carrier extends CallLane {
  readonly output: LaneOutput;
  /** Nobody waits for the response any more. */
  abort(stream: number): void;
}

export class StreamedCall extends Call {
  /** The lane whose stream this is, until the worker has ended it. */
  protected carrier: Carrier | undefined;
  readonly #bodyBytesMax: number;
  #body: BodyStream | undefined;

  constructor(owner: CallOwner, exchange: Call['exchange'], bodyBytesMax: number) {
    super(exchange, owner);
    this.#bodyBytesMax = bodyBytesMax;
  }

  /** Bytes of the body are gone to a worker: it cannot be given to another. */
  get mayMove(): boolean {
    return this.#body === undefined;
  }

  /** Sends the head on a lane, as a new stream. The body follows as it comes; if the client waits to be asked for it, with the first credit. */
  sendOn(lane: Carrier, stream: number): void {
    this.carrier = lane;
    this.lane = lane;
    this.stream = stream;
    lane.output.request(stream, renderAsgiHead(this.exchange), this.flags(), undefined);
    if (this.exchange.hasBody && !this.exchange.expectsContinue) {
      this.#readBody(lane);
    }
  }

  protected flags(): number {
    const { hasBody, expectsContinue } = this.exchange;
    return hasBody ? REQUEST_FLAG.body | REQUEST_FLAG.more | (expectsContinue ? REQUEST_FLAG.expect : 0) : 0;
  }

  #readBody(lane: Carrier): void {
    this.#body = new BodyStream({
      exchange: this.exchange,
      output: lane.output,
      stream: this.stream,
      bytesMax: this.#bodyBytesMax,
      onTooLong: () => this.#giveUp(413),
      onFailed: () => this.onGone(),
    });
    this.exchange.readBody(this.#body);
  }

  #giveUp(status: number): void {
    this.fail(status);
    this.carrier?.abort(this.stream);
  }

  /** The application hears of it; a response that it still gives is still sent, for the client may have closed this side alone. */
  override onClientEnd(): boolean {
    if (this.carrier === undefined) {
      return super.onClientEnd();
    }
    this.carrier.output.frame(FRAME.clientEnd, this.stream);
    return false;
  }

  protected override newFlow(): ResponseFlow {
    return new CreditFlow(this.exchange.responder, (bytes) => {
      this.carrier?.output.word(FRAME.credit, this.stream, bytes);
    });
  }

  onCredit(bytes: number): void {
    if (this.#body !== undefined) {
      this.#body.onCredit(bytes);
    } else if (this.exchange.hasBody && this.carrier !== undefined && !this.isOver) {
      this.#readBody(this.carrier);
    }
  }

  /** Early hints. What the worker did wrong, if it did. */
  onHints(text: string): string | undefined {
    const rendered = renderFields(['', ...text.split('\0')]);
    if (rendered !== undefined && !this.isOver && !this.hasBegun) {
      this.exchange.responder.hint(rendered.fields);
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

  /** A frame of a WebSocket: this is none. */
  onWebSocketFrame(type: number, _buffer: Buffer, _start: number, _end: number): string | undefined {
    return `frame ${type} for a stream that is no WebSocket`;
  }

  /** The worker has ended the stream, or is gone; before what that means for the response. */
  onStreamEnded(): void {
    this.carrier = undefined;
    this.lane = undefined;
    this.#body?.close();
  }
}
