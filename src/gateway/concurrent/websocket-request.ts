/** A WebSocket between a client and an application: messages as frames, both ways by credit, closes as they come (docs/lanes.md). */

import type { WebSocketRules, WebSocketSession, WebSocketSink } from '../../protocol/http/exchange.ts';
import type { ResponseFields } from '../../protocol/http/response-fields.ts';
import { FRAME, FRAME_LIMITS, REQUEST_FLAG } from '../../protocol/lanes/frames.ts';
import { CLOSE_CODE, isCloseCode } from '../../protocol/websocket/close-codes.ts';
import { RELAY_LIMITS } from '../../relay/limits.ts';
import type { MemoryBudget } from '../../relay/memory-budget.ts';
import { MemoryShare } from '../../relay/memory-budget.ts';
import { PassingReply } from '../../relay/passing-reply.ts';
import type { ResponseFlow } from '../../relay/response-flow.ts';
import type { ResponseRelay } from '../../relay/response-relay.ts';
import type { CallLane } from '../call.ts';
import { renderFields } from '../lanes/response-head.ts';
import { GATEWAY_LIMITS } from '../limits.ts';
import { renderAsgiHead } from './asgi-head.ts';
import type { StreamCall, StreamSide } from './stream-call.ts';
import { newCreditFlow } from './stream-call.ts';

/** It hears what the worker says of the response, for once the WebSocket is accepted the end of the stream closes it. */
export class WebSocketRequest extends PassingReply<ResponseRelay> implements StreamSide, WebSocketSink {
  readonly isWebSocket = true;
  /** A handshake has no body that another worker could not be given. */
  readonly mayMove = true;
  readonly #call: StreamCall;
  readonly #memory: MemoryBudget;
  #session: WebSocketSession | undefined;
  /** Reading of the client is stopped, for want of credit or memory. */
  #isStopped = false;
  /** What may still be sent to the application; below zero until the application has received more. */
  #credit: number = FRAME_LIMITS.creditBytes;
  readonly #share: MemoryShare;
  /** Bytes held of a client's message that is not whole yet, and memory set aside for a large message that may come. */
  #heldBytes = 0;
  #reservedBytes = 0;
  /** `#hasAsked`: the worker was asked to tell when the application waits for a message; `#isWanted`: it has told. */
  #hasAsked = false;
  #isWanted = false;
  /** The pieces that have come of a message of the application. */
  #pieces: Buffer[] = [];
  #pieceBytes = 0;
  /** Bytes that were taken from the application and are on their way to the client, before credit for them is given back. */
  #owedBytes = 0;
  readonly #rules: WebSocketRules;

  constructor(call: StreamCall) {
    super(call.relay);
    this.#call = call;
    this.#memory = call.services.memory.webSockets;
    this.#share = new MemoryShare(this.#memory);
    this.#rules = call.services.settings.webSockets;
    call.reply = this;
  }

  send(lane: CallLane, stream: number): void {
    lane.output.request(stream, renderAsgiHead(this.#call.exchange), REQUEST_FLAG.webSocket, undefined);
  }

  // From the application.

  onWebSocketFrame(type: number, buffer: Buffer, start: number, end: number): string | undefined {
    switch (type) {
      case FRAME.wsAccept:
        return this.#onAccept(buffer.latin1Slice(start, end).split('\0'));
      case FRAME.workerWsMore:
        return this.#onPiece(Buffer.from(buffer.subarray(start, end)));
      case FRAME.workerWsText:
      case FRAME.workerWsBinary:
        return this.#onMessage(type === FRAME.workerWsText, buffer.subarray(start, end));
      case FRAME.wsWanted:
        this.#isWanted = this.#hasAsked;
        this.#session?.resume();
        return undefined;
      case FRAME.workerWsClose:
        return this.#onWorkerClose(buffer, start, end);
      default:
        return `unknown frame type ${type}`;
    }
  }

  #onAccept(parts: readonly string[]): string | undefined {
    const rendered = renderFields(parts);
    if (rendered === undefined || this.next.hasBegun) {
      return 'malformed acceptance of a WebSocket';
    }
    if (!this.next.isOver) {
      this.next.hasBegun = true;
      const accept = { subprotocol: parts[0] ?? '', fields: rendered.fields, rules: this.#rules };
      this.#session = this.#call.exchange.responder.acceptWebSocket(accept, this);
    }
    return undefined;
  }

  #onPiece(bytes: Buffer): string | undefined {
    this.#pieces.push(bytes);
    this.#pieceBytes += bytes.length;
    return this.#pieceBytes > GATEWAY_LIMITS.webSocketMessageBytesMax
      ? 'a WebSocket message without an end'
      : undefined;
  }

  /** `last` is borrowed. */
  #onMessage(isText: boolean, last: Buffer): string | undefined {
    const data = this.#pieces.length === 0 ? last : this.#join(last);
    if (this.#session === undefined || this.next.isOver) {
      return this.next.isOver ? undefined : 'a WebSocket message before the acceptance';
    }
    this.#owedBytes += data.length + FRAME_LIMITS.pieceCostBytes;
    if (this.#session.send(isText, data) && this.#owedBytes >= GATEWAY_LIMITS.creditBytesMin) {
      this.#pay();
    }
    return undefined;
  }

  #join(last: Buffer): Buffer {
    const data = Buffer.concat([...this.#pieces, last]);
    this.#pieces = [];
    this.#pieceBytes = 0;
    return data;
  }

  #pay(): void {
    if (this.#owedBytes > 0) {
      this.#call.lane?.output.word(FRAME.credit, this.#call.stream, this.#owedBytes);
      this.#owedBytes = 0;
    }
  }

  #onWorkerClose(buffer: Buffer, start: number, end: number): string | undefined {
    if (this.#session === undefined) {
      if (!this.next.hasBegun) {
        super.onFault(403);
      }
      return undefined;
    }
    const code = end - start < 2 ? 0 : buffer.readUInt16LE(start);
    if (!isCloseCode(code)) {
      return `a close code that cannot be sent: ${code}`;
    }
    this.#session.close(code, buffer.toString('utf8', start + 2, end));
    return undefined;
  }

  /** The application has returned. */
  override onEnd(): void {
    if (this.#session !== undefined) {
      this.#session.close(CLOSE_CODE.normal, '');
    } else if (this.next.hasBegun) {
      super.onEnd(); // It has answered the handshake with a response.
    } else {
      super.onFault(500);
    }
  }

  override onFault(status: number, detail?: string, fields?: ResponseFields): void {
    if (this.#session === undefined) {
      super.onFault(status, detail, fields);
    } else {
      this.#session.close(status === 500 ? CLOSE_CODE.internalError : CLOSE_CODE.serviceRestart, '');
    }
  }

  /** The client is told to connect again. */
  onWorkerClosing(): void {
    this.#session?.close(CLOSE_CODE.serviceRestart, 'service restart');
  }

  // From the client.

  onMessage(isText: boolean, data: Buffer): boolean {
    const { lane, stream } = this.#call;
    if (lane === undefined) {
      return true; // The application has gone; the closing handshake is under way.
    }
    const { output } = lane;
    const { bodyBytesMax } = FRAME_LIMITS;
    let at = 0;
    for (; data.length - at > bodyBytesMax; at += bodyBytesMax) {
      output.frame(FRAME.wsMore, stream, data.subarray(at, at + bodyBytesMax));
    }
    output.frame(isText ? FRAME.wsText : FRAME.wsBinary, stream, at === 0 ? data : data.subarray(at));
    this.#credit -= data.length + FRAME_LIMITS.pieceCostBytes;
    this.#reservedBytes = 0;
    this.#hasAsked = false;
    this.#isWanted = false;
    this.#heldBytes = 0;
    this.#isStopped = !this.#mayRead();
    return !this.#isStopped;
  }

  /** Whether there is credit, and memory for more than what is under way, which is counted here. */
  #mayRead(): boolean {
    this.#count();
    if (this.#credit <= 0) {
      return false;
    }
    if (!this.#hasAsked) {
      this.#share.leaveLine(); // Of a large message the application has received all, or nearly all.
    }
    return this.#share.mayGrow(this.#underWay, RELAY_LIMITS.crampedBytes);
  }

  get #underWay(): number {
    return FRAME_LIMITS.creditBytes - this.#credit;
  }

  #count(): void {
    this.#share.set(Math.max(0, this.#underWay) + Math.max(this.#heldBytes, this.#reservedBytes));
  }

  onCredit(bytes: number): void {
    this.#credit += bytes;
    if (this.#mayRead() && this.#isStopped) {
      this.#isStopped = false;
      this.#session?.resume();
    }
  }

  get largeBytes(): number {
    return this.#memory.isFull ? RELAY_LIMITS.crampedBytes : GATEWAY_LIMITS.webSocketLargeBytes;
  }

  /**
   * True once the application has received all that came before and waits for a message, and there is memory for it, or this WebSocket leads those that
   * wait for memory. A message is asked about twice that is compressed, before it is read and before it is decompressed: what was set aside for it the
   * first time must not have it wait the second.
   */
  wantsLarge(bytes: number): boolean {
    const { lane, stream } = this.#call;
    if (lane === undefined || this.#reservedBytes >= bytes) {
      return true; // Without a lane the application has gone, and the message is dropped.
    }
    if (!this.#hasAsked) {
      this.#hasAsked = true;
      lane.output.frame(FRAME.wsLarge, stream);
    }
    if (!this.#isWanted || !this.#share.mayTake(this.#heldBytes > RELAY_LIMITS.crampedBytes)) {
      return false;
    }
    this.#reservedBytes = bytes;
    this.#count();
    return true;
  }

  get isMemoryFull(): boolean {
    return this.#memory.isFull;
  }

  releaseLarge(): void {
    this.#reservedBytes = 0;
    this.#count();
    if (this.#heldBytes <= RELAY_LIMITS.crampedBytes) {
      this.#share.leaveLine(); // The client has announced much and sent little: it is not to keep others waiting.
    }
  }

  onHeld(bytes: number): void {
    this.#heldBytes = bytes;
    this.#count();
  }

  onStreamEnded(): void {
    this.#credit = FRAME_LIMITS.creditBytes;
    this.#dropMessage();
  }

  /** The message that has come in part will not come whole. */
  #dropMessage(): void {
    this.#heldBytes = 0;
    this.#reservedBytes = 0;
    this.#count();
    this.#share.leaveLine();
  }

  onOver(): void {
    // What is counted for messages is given back when the stream ends, or the WebSocket is closed.
  }

  /** Half of a WebSocket's connection is of no use, before its handshake has ended too. */
  onClientEnd(): boolean {
    this.#call.onGone();
    return true;
  }

  newFlow(): ResponseFlow {
    return newCreditFlow(this.#call);
  }

  onDrain(): void {
    if (this.#session === undefined) {
      this.next.onDrain();
    } else {
      this.#pay();
    }
  }

  onClose(code: number, reason: string): void {
    this.next.close();
    this.#dropMessage();
    const payload = Buffer.alloc(2 + Buffer.byteLength(reason));
    payload.writeUInt16LE(code);
    payload.write(reason, 2);
    this.#call.lane?.output.frame(FRAME.wsClose, this.#call.stream, payload);
  }
}
