/** A WebSocket between a client and an application: messages as frames, both ways by credit, closes as they come (docs/lanes.md). */

import type { Exchange, WebSocketRules, WebSocketSession, WebSocketSink } from '../../protocol/http/exchange.ts';
import type { ResponseFields } from '../../protocol/http/response-fields.ts';
import { FRAME, FRAME_LIMITS, REQUEST_FLAG } from '../../protocol/lanes/frames.ts';
import { CLOSE_CODE, isCloseCode } from '../../protocol/websocket/close-codes.ts';
import { RELAY_LIMITS } from '../../relay/limits.ts';
import { MemoryShare } from '../../relay/memory-budget.ts';
import type { CallOwner } from '../call.ts';
import { renderFields } from '../lanes/response-head.ts';
import { GATEWAY_LIMITS } from '../limits.ts';
import { StreamedCall } from './streamed-call.ts';

export class WebSocketCall extends StreamedCall implements WebSocketSink {
  override readonly isWebSocket: boolean = true;
  #session: WebSocketSession | undefined;
  /** Reading of the client is stopped, for want of credit or memory. */
  #isStopped = false;
  /** What may still be sent to the application; below zero until the application has received more. */
  #credit: number = FRAME_LIMITS.creditBytes;
  readonly #share: MemoryShare = new MemoryShare(this.memory.webSockets);
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

  constructor(owner: CallOwner, exchange: Exchange, bodyBytesMax: number, rules: WebSocketRules) {
    super(owner, exchange, bodyBytesMax);
    this.#rules = rules;
  }

  protected override flags(): number {
    return REQUEST_FLAG.webSocket;
  }

  // From the application.

  override onWebSocketFrame(type: number, buffer: Buffer, start: number, end: number): string | undefined {
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
    if (rendered === undefined || this.hasBegun) {
      return 'malformed acceptance of a WebSocket';
    }
    if (!this.isOver) {
      this.hasBegun = true;
      const accept = { subprotocol: parts[0] ?? '', fields: rendered.fields, rules: this.#rules };
      this.#session = this.exchange.responder.acceptWebSocket(accept, this);
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
    if (this.#session === undefined || this.isOver) {
      return this.isOver ? undefined : 'a WebSocket message before the acceptance';
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
      this.carrier?.output.word(FRAME.credit, this.stream, this.#owedBytes);
      this.#owedBytes = 0;
    }
  }

  #onWorkerClose(buffer: Buffer, start: number, end: number): string | undefined {
    if (this.#session === undefined) {
      if (!this.hasBegun) {
        super.fail(403);
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
    } else if (this.hasBegun) {
      super.onEnd(); // It has answered the handshake with a response.
    } else {
      super.fail(500);
    }
  }

  override fail(status: number, detail?: string, fields?: ResponseFields): void {
    if (this.#session === undefined) {
      super.fail(status, detail, fields);
    } else {
      this.#session.close(status === 500 ? CLOSE_CODE.internalError : CLOSE_CODE.serviceRestart, '');
    }
  }

  /** The worker is to end: the client is told to connect again. */
  restart(): void {
    this.#session?.close(CLOSE_CODE.serviceRestart, 'service restart');
  }

  // From the client.

  onMessage(isText: boolean, data: Buffer): boolean {
    const output = this.carrier?.output;
    if (output === undefined) {
      return true; // The application has gone; the closing handshake is under way.
    }
    const { bodyBytesMax } = FRAME_LIMITS;
    let at = 0;
    for (; data.length - at > bodyBytesMax; at += bodyBytesMax) {
      output.frame(FRAME.wsMore, this.stream, data.subarray(at, at + bodyBytesMax));
    }
    output.frame(isText ? FRAME.wsText : FRAME.wsBinary, this.stream, at === 0 ? data : data.subarray(at));
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

  override onCredit(bytes: number): void {
    this.#credit += bytes;
    if (this.#mayRead() && this.#isStopped) {
      this.#isStopped = false;
      this.#session?.resume();
    }
  }

  get largeBytes(): number {
    return this.memory.webSockets.isFull ? RELAY_LIMITS.crampedBytes : GATEWAY_LIMITS.webSocketLargeBytes;
  }

  /**
   * True once the application has received all that came before and waits for a message, and there is memory for it, or this WebSocket leads those that
   * wait for memory. A message is asked about twice that is compressed, before it is read and before it is decompressed: what was set aside for it the
   * first time must not have it wait the second.
   */
  wantsLarge(bytes: number): boolean {
    if (this.carrier === undefined || this.#reservedBytes >= bytes) {
      return true; // Without a carrier the application has gone, and the message is dropped.
    }
    if (!this.#hasAsked) {
      this.#hasAsked = true;
      this.carrier.output.frame(FRAME.wsLarge, this.stream);
    }
    if (!this.#isWanted || !this.#share.mayTake(this.#heldBytes > RELAY_LIMITS.crampedBytes)) {
      return false;
    }
    this.#reservedBytes = bytes;
    this.#count();
    return true;
  }

  get isMemoryFull(): boolean {
    return this.memory.webSockets.isFull;
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

  override onStreamEnded(): void {
    super.onStreamEnded();
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

  /** Half of a WebSocket's connection is of no use, before its handshake has ended too. */
  override onClientEnd(): boolean {
    this.onGone();
    return true;
  }

  override onDrain(): void {
    if (this.#session === undefined) {
      super.onDrain();
    } else {
      this.#pay();
    }
  }

  onClose(code: number, reason: string): void {
    this.finish();
    this.#dropMessage();
    const payload = Buffer.alloc(2 + Buffer.byteLength(reason));
    payload.writeUInt16LE(code);
    payload.write(reason, 2);
    this.carrier?.output.frame(FRAME.wsClose, this.stream, payload);
  }
}
