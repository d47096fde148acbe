/**
 * The receiving side of an HTTP/1.1 connection: bytes of the client to requests, one at a time, and the body of each to whoever
 * asks for it, as fast as that takes it. How a request is answered is the connection's affair.
 *
 * A socket that is not read shows neither that its client has left nor that it was reset. So reading goes on while nobody wants what
 * comes, into a buffer with a bound, and pauses only when that is full:
 *
 * | what fills the buffer | what follows |
 * |---|---|
 * | the body of the request, which its reader is slow to take | nothing more is read until it takes some. The buffer is filled only if that takes until the next tick, a second at the most: a reader that soon goes on gets the bytes without a copy |
 * | later requests, while the one before them is answered | the same; if that takes long, they are given up: they are read and dropped, and the response is the connection's last |
 *
 * How a client is found to have left behind a full buffer is told in lingering-socket.ts.
 */

import type { BodyLoss, BodySink } from '../../protocol/http/exchange.ts';
import type { RequestParserOptions } from '../../protocol/http1/request-parser.ts';
import { RequestParser } from '../../protocol/http1/request-parser.ts';
import type { RequestHead } from '../../protocol/http1/types.ts';
import { EDGE_LIMITS } from '../limits.ts';
import type { Deadline } from './deadline.ts';
import type { LingeringSocket } from './lingering-socket.ts';

/** What is wrong with what came: of HTTP, or of another protocol that brings requests. */
export interface UnreadFault {
  readonly code: string;
  readonly status: number;
  readonly detail: string;
}

/** What the connection hears of its requests. */
export interface RequestEvents {
  onHead(head: RequestHead): void;
  /** The body has been read to its end. Called before the reader of the body hears of that. */
  onBodyRead(): void;
  /** Nothing that comes from now on can be read as a request. */
  onFault(fault: UnreadFault): void;
}

const NOBODY: BodySink = { data: () => true, end: () => undefined, fail: () => undefined };

export class RequestReader {
  readonly #parser: RequestParser;
  readonly #socket: LingeringSocket;
  readonly #deadline: Deadline;
  readonly #events: RequestEvents;
  /** The request that was handed out is being answered, until `proceed` is called. */
  #isAnswering = false;
  #head: RequestHead | undefined;
  #sink: BodySink | undefined;
  /** The body's reader has as much as it can take for now. */
  #isHeld = false;
  /** … and had when a tick came: it is slow, and the buffer is filled so that an end of the client is seen. */
  #isHeldLong = false;
  #isProcessing = false;
  /** Since when later requests have filled the buffer; Infinity if they have not. */
  #fullSinceMs = Infinity;
  /** What comes is given up: read and dropped. */
  hasGivenUp = false;
  /** The request's body is still coming. */
  isBodyOpen = false;
  /** How much of the request's body has been read. */
  bodyBytes = 0;

  constructor(options: RequestParserOptions, socket: LingeringSocket, deadline: Deadline, events: RequestEvents) {
    this.#parser = new RequestParser(options);
    this.#socket = socket;
    this.#deadline = deadline;
    this.#events = events;
  }

  /** Somebody reads the body. */
  get hasSink(): boolean {
    return this.#sink !== undefined;
  }

  /** Bytes that were read from the socket and are no event yet. */
  get bufferedBytes(): number {
    return this.#parser.bufferedBytes;
  }

  /** What has come of the request, head and body. */
  get requestBytes(): number {
    return this.#parser.headBytes + this.bodyBytes;
  }

  /** As RequestParser has it. */
  get refusedLine(): string {
    return this.#parser.refusedLine;
  }

  get isProcessing(): boolean {
    return this.#isProcessing;
  }

  /** The body waits for its reader, not for the client. */
  get isWaiting(): boolean {
    return this.#isAnswering && this.isBodyOpen && (this.#sink === undefined || this.#isHeld);
  }

  /** What was read has been taken, and what follows will be. */
  get wantsMore(): boolean {
    return this.#parser.bufferedBytes === 0 && !this.isWaiting;
  }

  /** The client may be sending what will not be answered. */
  get mayHaveMore(): boolean {
    return this.isBodyOpen || this.hasGivenUp || this.#parser.bufferedBytes > 0;
  }

  /** The end of the body is among what was read and not taken. */
  get holdsBodyEnd(): boolean {
    return this.#parser.holdsBodyEnd;
  }

  /** The first `length` bytes of `chunk`, which are the connection's until it returns. */
  feed(chunk: Buffer, length: number): void {
    if (this.hasGivenUp) {
      this.#socket.drop(length);
    } else {
      this.#parser.feed(chunk, length);
      this.process();
    }
  }

  process(): void {
    if (this.#isProcessing) {
      return;
    }
    this.#isProcessing = true;
    this.#readEvents();
    this.#isProcessing = false;
    // Bytes that nobody wants yet lie in memory into which the next connection's bytes are read, so they are copied.
    this.#parser.keep();
    if ((this.#isHeldShortly() || this.#parser.bufferedBytes >= EDGE_LIMITS.readAheadBytes) && this.#isEarly()) {
      this.#socket.pause();
    }
  }

  #readEvents(): void {
    while (!this.isWaiting) {
      const event = this.#parser.next();
      if (event === undefined) {
        break;
      }
      switch (event.kind) {
        case 'head':
          this.#onHead(event);
          break;
        case 'data':
          this.#onData(event.bytes);
          break;
        case 'end':
          this.#onBodyEnd();
          break;
        case 'fault':
          this.#events.onFault(event.fault);
          break;
      }
      if (this.#deadline.phase === 'linger') {
        break;
      }
    }
  }

  /** The body's reader will probably take more in a moment. */
  #isHeldShortly(): boolean {
    return this.#isHeld && this.isBodyOpen && !this.#isHeldLong;
  }

  /** Nobody wants yet what was read. While the connection is closing, everything is read and dropped. */
  #isEarly(): boolean {
    return this.#isAnswering && (!this.isBodyOpen || this.isWaiting) && this.#deadline.phase !== 'linger';
  }

  #onHead(head: RequestHead): void {
    this.#head = head;
    this.#isAnswering = true;
    this.resumeBody();
    this.isBodyOpen = head.framing.kind !== 'none';
    this.bodyBytes = 0;
    this.#events.onHead(head);
  }

  #onData(bytes: Buffer): void {
    this.bodyBytes += bytes.length;
    if (this.#sink !== undefined && !this.#sink.data(bytes)) {
      this.#isHeld = true;
    }
  }

  #onBodyEnd(): void {
    this.isBodyOpen = false;
    const sink = this.#sink;
    this.#sink = undefined;
    this.#events.onBodyRead();
    sink?.end();
  }

  /** Part of a head has come. */
  get isInHead(): boolean {
    return !this.#isAnswering && !this.#parser.isIdle;
  }

  /** Hands the body to `sink`, once `process` is called. */
  readBody(sink: BodySink): void {
    this.#sink = sink;
  }

  /**
   * The request is answered. If nobody has asked for its body, what has come of that is read now, so that what is wrong with it is told before the answer, and the
   * rest is dropped as it comes.
   */
  passOver(): void {
    if (!this.isBodyOpen || this.#sink !== undefined || this.hasGivenUp) {
      return;
    }
    this.#sink = NOBODY;
    if (this.#isProcessing) {
      // The head is being handed out, and the loop that does so goes on behind the body.
      this.#readEvents();
    } else {
      this.process();
    }
  }

  get isPassedOver(): boolean {
    return this.#sink === NOBODY;
  }

  /** The body is whole, or is being read, or what is left of one that nobody wants is short and on its way: another request may come behind it. */
  get mayGoOn(): boolean {
    if (!this.isBodyOpen || !this.isPassedOver) {
      return !this.isBodyOpen || this.hasSink;
    }
    const { framing, expectContinue } = this.#head ?? {};
    const left = framing?.kind === 'length' ? framing.bytes - this.bodyBytes : Infinity;
    return expectContinue === false && left <= EDGE_LIMITS.passedOverBytesMax;
  }

  /** The reader of the body takes more, once `process` is called. */
  resumeBody(): void {
    this.#isHeld = false;
    this.#isHeldLong = false;
  }

  /** Nobody wants the rest of the body any more: it is dropped as it comes, once the response has left and the connection is closing. */
  dropBody(): void {
    this.#sink = undefined;
  }

  /** Nothing that comes from now on can be read as a request, nor as the rest of a body: it is read and dropped. */
  giveUp(): void {
    this.failBody('malformed');
    this.isBodyOpen = true;
    this.#isAnswering = true;
    this.hasGivenUp = true;
    this.#parser.takeRest();
  }

  /** The rest of the body will not come. */
  failBody(why: BodyLoss): void {
    const sink = this.#sink;
    this.#sink = undefined;
    sink?.fail(why);
  }

  /** The request is answered: the next one may be read. */
  proceed(): void {
    this.#isAnswering = false;
    this.#fullSinceMs = Infinity;
    this.#parser.proceed();
  }

  /** Called about once a second. True: the requests behind the one that is answered are given up from now on. */
  onTick(nowMs: number): boolean {
    if (this.#isHeldShortly()) {
      this.#isHeldLong = true;
      this.#socket.resume();
    }
    if (!this.#socket.isPaused || !this.#isAnswering || this.isBodyOpen || this.hasGivenUp) {
      this.#fullSinceMs = Infinity;
      return false;
    }
    this.#fullSinceMs = Math.min(this.#fullSinceMs, nowMs);
    if (nowMs - this.#fullSinceMs < EDGE_LIMITS.readAheadMs) {
      return false;
    }
    this.hasGivenUp = true;
    this.#parser.takeRest();
    this.#socket.resume();
    return true;
  }

  /** The connection changes its protocol: takes the bytes that follow the request. */
  takeRest(): Buffer {
    return this.#parser.takeRest();
  }
}
