/**
 * One WebSocket: bytes of the client to messages, messages to frames, pings, limits and the closing handshake (RFC 6455, RFC 7692).
 * What it sends goes through the connection's Output, in the order of its calls; what it hears goes to the sink.
 *
 * | what ends it | what the sink hears | what the client gets |
 * |---|---|---|
 * | a close frame of the client | its code and reason | the same code |
 * | `close` of ours, answered | the code of the answer | our code |
 * | … not answered in time | 1006 | our code, then the connection is closed |
 * | a fault of the client | the fault's code | the same |
 * | a message that gets on too slowly, or waits too long, while there is no memory | 1013 | the same |
 * | nothing comes after a ping | 1006 | 1011 |
 * | the connection is lost | 1006 | |
 * | the client has left, and messages of it wait | these first, as long as it takes them; then 1006 | |
 *
 * While the application does not read, the client is read on into a small buffer, and pinged: an answer behind a full buffer cannot be
 * seen, but a client that has gone answers with a reset, which lingering-socket.ts looks for.
 */

import { isUtf8 } from 'node:buffer';
import { Deque } from '../../../kernel/deque.ts';
import type { WebSocketRules, WebSocketSession, WebSocketSink } from '../../../protocol/http/exchange.ts';
import { CLOSE_CODE } from '../../../protocol/websocket/close-codes.ts';
import type { FrameEvent, FrameMessage } from '../../../protocol/websocket/frame-parser.ts';
import { FrameParser } from '../../../protocol/websocket/frame-parser.ts';
import { OPCODE } from '../../../protocol/websocket/opcodes.ts';
import {
  renderClose,
  renderFrameHeaderText,
  renderPing,
  renderPong,
} from '../../../protocol/websocket/render-frame.ts';
import type { SocketOwner } from '../../../relay/sockets/guarded-socket.ts';
import { EDGE_LIMITS } from '../../limits.ts';
import type { LingeringSocket } from '../lingering-socket.ts';
import type { Output } from '../output.ts';
import { FrameRate } from './frame-rate.ts';
import { LargeMessage } from './large-message.ts';
import type { Inflated, MessageDeflate } from './message-deflate.ts';
import { MessagePace } from './message-pace.ts';

export interface SessionOptions {
  readonly settings: Omit<WebSocketRules, 'deflates'>;
  readonly sink: WebSocketSink;
  readonly output: Output;
  readonly socket: LingeringSocket;
  /** Undefined unless permessage-deflate was agreed. */
  readonly deflate: MessageDeflate | undefined;
  /** Monotonic time, precise to a second. */
  readonly clock: { readonly nowMs: number };
  /** An error of ours in what zlib has called back: the connection ends by it. */
  readonly owner: SocketOwner;
}

/** `closing`: our close frame is sent, the client's has not come. */
type State = 'open' | 'closing' | 'ended';

interface Outgoing {
  readonly isText: boolean;
  readonly data: Buffer;
}

export class Session implements WebSocketSession {
  readonly #options: SessionOptions;
  readonly #parser: FrameParser;
  readonly #rate: FrameRate;
  #state: State = 'open';
  /** Bytes of the message that is being decompressed, or waits for that; undefined: none is. */
  #inflatingBytes: number | undefined;
  /** The sink wants nothing more for now. */
  #isHeld = false;
  #isProcessing = false;
  readonly #large = new LargeMessage();
  readonly #pace = new MessagePace();
  /** What to do when a compressed message turns out to be a large one. */
  readonly #onLarge = (goOn: () => void): void => this.#askForLarge(Infinity, goOn);
  /** Bytes held of a message that is not whole, or not decompressed, as the sink was last told. */
  #heldBytes = 0;
  /** What waits behind a message that is being compressed, no more than the sender has credit for; the close comes last. */
  readonly #queue: Deque<Outgoing> = new Deque<Outgoing>();
  #queuedClose: { readonly code: number; readonly reason: string } | undefined;
  #isDeflating = false;
  /** When the last ping was sent, or the session began. */
  #pingedMs: number;
  #awaitsPong = false;
  #owedPong: Buffer | undefined;
  #closeDueMs = Infinity;
  /** When reading was last seen to be paused: what the client has answered since may be unread. */
  #unreadMs = -Infinity;
  /** The client sends nothing any more. */
  #hasClientEnded = false;
  /** Since when the client has been gone and the application has taken nothing of what waits; Infinity while it is there. */
  #goneMs = Infinity;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#parser = new FrameParser({
      messageBytesMax: options.settings.messageBytesMax,
      allowsCompressed: options.deflate !== undefined,
    });
    this.#rate = new FrameRate(options.settings.messagesPerSecondMax);
    this.#pingedMs = options.clock.nowMs;
  }

  // From the client.

  /** Bytes of the client, borrowed. */
  onBytes(bytes: Buffer): void {
    if (this.#state !== 'ended') {
      // In the middle of a long message a client cannot answer a ping: whatever comes shows that it is there.
      this.#awaitsPong = false;
      if (this.#state === 'closing') {
        this.#rate.countDropped(bytes.length);
      }
      this.#pace.onRead(this.#parser);
      this.#parser.feed(bytes);
      this.#process();
    }
  }

  #process(): void {
    if (this.#isProcessing) {
      return;
    }
    this.#isProcessing = true;
    this.#parser.largeBytes = this.#options.sink.largeBytes;
    while (this.#mayRead) {
      const event = this.#parser.next();
      if (event === undefined) {
        break;
      }
      this.#onEvent(event);
    }
    this.#isProcessing = false;
    this.#noteHeld();
    if (!this.#mayRead) {
      this.#parser.keep();
    } else if (this.#hasClientEnded) {
      this.onLost();
      return;
    }
    if (this.#mayRead || this.#parser.bufferedBytes < EDGE_LIMITS.readAheadBytes) {
      this.#options.socket.resume();
    } else {
      this.#options.socket.pause();
    }
  }

  #noteHeld(): void {
    const heldBytes = this.#parser.messageBytes + (this.#inflatingBytes ?? 0);
    if (heldBytes !== this.#heldBytes && this.#state !== 'ended') {
      this.#heldBytes = heldBytes;
      this.#options.sink.onHeld(heldBytes);
    }
  }

  /** A client that has left is not held to its rate: what it had sent is bounded, and it must not keep its connection by having sent too much. */
  get #mayRead(): boolean {
    const isWanted = this.#inflatingBytes === undefined && !this.#isHeld && !this.#large.isWaiting;
    return isWanted && (!this.#rate.isUsedUp || this.#goneMs !== Infinity);
  }

  #onEvent(event: FrameEvent): void {
    switch (event.kind) {
      case 'message':
        this.#onMessage(event);
        return;
      case 'ping':
        this.#rate.countControl();
        this.#answerPing(event.data);
        return;
      case 'pong':
        this.#rate.countControl();
        return;
      case 'fragment':
        this.#rate.countFragment();
        return;
      case 'large':
        this.#askForLarge(this.#pace.isSlow ? this.#parser.messageBytes : event.bytes, () => this.#parser.allowLarge());
        return;
      case 'close':
        this.#onClientClose(event.code, event.reason);
        return;
      case 'fault':
        this.#fail(event.code, event.detail);
        return;
    }
  }

  /** Of pings that cannot be answered yet the last is kept (RFC 6455 5.5.3): a client that does not read is owed one answer. */
  #answerPing(data: Buffer): void {
    if (this.#state !== 'open') {
      return;
    }
    this.#owedPong = renderPong(data);
    if (this.#options.output.isEmpty) {
      this.#sendOwedPong();
    }
  }

  #sendOwedPong(): void {
    if (this.#owedPong !== undefined && this.#options.output.hasRoom) {
      this.#options.output.buffer(this.#owedPong);
      this.#owedPong = undefined;
    }
  }

  #onMessage({ isText, isCompressed, data }: FrameMessage): void {
    this.#rate.countMessage();
    if (this.#state !== 'open') {
      return; // Messages behind our close frame are not wanted any more (RFC 6455 1.4), nor worth being decompressed.
    }
    if (!isCompressed || this.#options.deflate === undefined) {
      this.#deliver(isText, data);
      return;
    }
    this.#inflatingBytes = data.length;
    this.#options.deflate.inflate(data, this.#onLarge, (result) => this.#guard(() => this.#onInflated(isText, result)));
  }

  #onInflated(isText: boolean, result: Inflated): void {
    this.#inflatingBytes = undefined;
    if (result === 'too-big') {
      this.#fail(CLOSE_CODE.tooBig, 'a message that is too big once it is decompressed');
    } else if (result === 'bad') {
      this.#fail(CLOSE_CODE.invalidPayload, 'a message that cannot be decompressed');
    } else if (isText && !isUtf8(result)) {
      this.#fail(CLOSE_CODE.invalidPayload, 'text that is not UTF-8');
    } else {
      this.#deliver(isText, result);
    }
    this.#process();
  }

  /** zlib may call back from its thread pool, with nobody above who knows to which connection an error belongs. */
  #guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#options.owner.onBug(error);
    }
  }

  /** `bytes`: the length of the message, Infinity if it is not known. A message that comes behind our close frame is dropped without asking. */
  #askForLarge(bytes: number, goOn: () => void): void {
    const { settings, sink } = this.#options;
    const most = Math.min(bytes, settings.messageBytesMax);
    this.#large.ask(() => this.#state !== 'open' || sink.wantsLarge(most), goOn);
  }

  /** While the message was decompressed, our close frame may have been sent: then the message is not wanted any more. */
  #deliver(isText: boolean, data: Buffer): void {
    if (this.#state === 'open') {
      this.#isHeld = !this.#options.sink.onMessage(isText, data);
      this.#heldBytes = 0; // The sink knows that: it has the message.
    }
  }

  resume(): void {
    const wasHeld = this.#isHeld;
    this.#isHeld = false;
    if (this.#large.retry() || wasHeld) {
      this.#noteProgress();
      this.#process();
    }
  }

  #onClientClose(code: number, reason: string): void {
    if (this.#state === 'open') {
      this.#flushBefore(code, '');
    }
    this.#end(code, reason, false);
  }

  #fail(code: number, detail: string): void {
    if (this.#state === 'open') {
      this.#flushBefore(code, detail);
    }
    this.#end(code, detail, true);
  }

  /** Messages that wait to be compressed are not sent any more: the client has gone on to closing. */
  #flushBefore(code: number, reason: string): void {
    this.#queue.takeAll();
    this.#options.output.buffer(renderClose(code, reason));
  }

  /** `mayBeSending`: the client has not closed its sending side. */
  #end(code: number, reason: string, mayBeSending: boolean): void {
    if (this.#state === 'ended') {
      return;
    }
    this.#state = 'ended';
    this.#isHeld = false;
    this.#large.drop();
    this.#queue.takeAll();
    this.#options.deflate?.close();
    this.#inflatingBytes = undefined;
    this.#options.sink.onClose(code, reason);
    this.#options.socket.close(mayBeSending);
  }

  // To the client.

  send(isText: boolean, data: Buffer): boolean {
    if (this.#state !== 'open' || this.#queuedClose !== undefined) {
      return true; // Nobody reads the connection any more.
    }
    const { deflate, output } = this.#options;
    if (deflate === undefined) {
      this.#write(isText, data, false);
      return output.hasRoom;
    }
    const message = { isText, data: Buffer.from(data) };
    if (this.#isDeflating) {
      this.#queue.push(message);
      return false;
    }
    this.#deflate(deflate, message);
    return !this.#isDeflating && output.hasRoom;
  }

  #deflate(deflate: MessageDeflate, { isText, data }: Outgoing): void {
    let isAtOnce = true;
    this.#isDeflating = true;
    deflate.deflate(data, (compressed) =>
      this.#guard(() => {
        this.#isDeflating = false;
        if (this.#state === 'open') {
          this.#write(isText, compressed ?? data, compressed !== undefined);
          if (!isAtOnce) {
            this.#sendQueued(deflate);
          }
        }
      }),
    );
    isAtOnce = false;
  }

  /** The messages that have waited behind one which took long to compress. */
  #sendQueued(deflate: MessageDeflate): void {
    while (!this.#isDeflating) {
      const next = this.#queue.shift();
      if (next === undefined) {
        break;
      }
      this.#deflate(deflate, next);
    }
    if (this.#isDeflating) {
      return;
    }
    if (this.#queuedClose !== undefined) {
      this.#sendClose(this.#queuedClose.code, this.#queuedClose.reason);
    } else if (this.#options.output.hasRoom) {
      this.#options.sink.onDrain();
    }
  }

  /** `payload` is borrowed. */
  #write(isText: boolean, payload: Buffer, isCompressed: boolean): void {
    const { output } = this.#options;
    const { length } = payload;
    const header = renderFrameHeaderText({ opcode: isText ? OPCODE.text : OPCODE.binary, isCompressed, length });
    output.borrowed(header, { buffer: payload, start: 0, length });
  }

  close(code: number, reason: string): void {
    if (this.#state !== 'open' || this.#queuedClose !== undefined) {
      return;
    }
    if (this.#isDeflating) {
      this.#queuedClose = { code, reason };
    } else {
      this.#sendClose(code, reason);
    }
  }

  #sendClose(code: number, reason: string): void {
    this.#options.output.buffer(renderClose(code, reason));
    this.#state = 'closing';
    this.#closeDueMs = this.#options.clock.nowMs + EDGE_LIMITS.webSocketCloseMs;
    this.resume();
  }

  // What the connection tells.

  /** All that was written has been taken. */
  onDrain(): void {
    if (this.#state !== 'open') {
      return;
    }
    this.#sendOwedPong();
    if (!this.#isDeflating) {
      this.#options.sink.onDrain();
    }
  }

  /** Called about once a second. */
  onTick(nowMs: number): void {
    this.#renewRate();
    if (this.#state === 'closing') {
      if (nowMs >= this.#closeDueMs) {
        this.#end(CLOSE_CODE.abnormal, '', true);
      }
      return;
    }
    if (this.#state === 'open') {
      this.#sendOwedPong();
    }
    if (this.#state === 'ended') {
      return;
    }
    if (this.#goneMs !== Infinity) {
      if (nowMs - this.#goneMs >= EDGE_LIMITS.webSocketGoneMs) {
        this.onLost();
      }
      return;
    }
    this.#ping(nowMs);
  }

  #ping(nowMs: number): void {
    const { output, socket } = this.#options;
    const { pingIntervalMs, pingTimeoutMs } = this.#options.settings;
    if (socket.isPaused) {
      this.#unreadMs = nowMs;
    }
    const isUnread = socket.isPaused;
    if (pingIntervalMs === 0) {
      // A pong asks nothing of the client (RFC 6455 5.5.3: it may come unasked), but if the client is gone, its kernel answers with a reset.
      if (isUnread && output.isEmpty && nowMs - this.#pingedMs >= EDGE_LIMITS.webSocketProbeMs) {
        this.#pingedMs = nowMs;
        output.buffer(renderPong(Buffer.alloc(0)));
      }
    } else if (this.#awaitsPong && !isUnread) {
      if (nowMs - Math.max(this.#pingedMs, this.#unreadMs) >= pingTimeoutMs) {
        this.#flushBefore(CLOSE_CODE.internalError, 'no answer to a ping');
        this.#end(CLOSE_CODE.abnormal, '', true);
      }
    } else if (nowMs - this.#pingedMs >= pingIntervalMs && (!isUnread || output.isEmpty)) {
      this.#awaitsPong = true;
      this.#pingedMs = nowMs;
      output.buffer(renderPing());
    }
  }

  #renewRate(): void {
    const fault = this.#pace.check(this.#parser, this.#options.sink, this.#large.isWaiting);
    if (fault !== undefined && this.#state === 'open') {
      this.#fail(CLOSE_CODE.tryAgainLater, fault);
    }
    // Nobody is called when memory becomes free, so a large message asks again.
    const hasWaited = this.#large.retry() || this.#rate.isUsedUp;
    this.#rate.renew();
    if (hasWaited && this.#state !== 'ended') {
      this.#noteProgress();
      this.#process();
    }
  }

  #noteProgress(): void {
    if (this.#goneMs !== Infinity) {
      this.#goneMs = this.#options.clock.nowMs;
    }
  }

  /** The client has closed its sending side, and all that it has sent was read. */
  onClientEnd(): void {
    this.#hasClientEnded = true;
    this.onGone();
  }

  /** The client is gone. True: messages of the client wait, and the application is given time to take them. */
  onGone(): boolean {
    const hasMore = this.#parser.bufferedBytes > 0 || this.#inflatingBytes !== undefined;
    if (this.#state !== 'open' || !hasMore) {
      this.onLost();
    } else {
      this.#goneMs = Math.min(this.#goneMs, this.#options.clock.nowMs);
      this.#process();
    }
    return this.#state !== 'ended';
  }

  /** The connection has ended: no close frame will come. */
  onLost(): void {
    this.#end(CLOSE_CODE.abnormal, '', false);
  }
}
