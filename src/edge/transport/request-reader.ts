/**
 * The receiving side of an HTTP/1.1 connection: bytes of the client to requests, one at a time, and the body of each to whoever
 * asks for it, as fast as that takes it. How a request is answered is the connection's affair.
 */

import type { BodySink } from '../../protocol/http/exchange.ts';
import type { FieldMemo } from '../../protocol/http1/field-memo.ts';
import { RequestParser } from '../../protocol/http1/request-parser.ts';
import type { Fault, RequestHead } from '../../protocol/http1/types.ts';
import type { Deadline } from './deadline.ts';
import type { LingeringSocket } from './lingering-socket.ts';

/** What the connection hears of its requests. */
export interface RequestEvents {
  onHead(head: RequestHead): void;
  /** All of the body has been read; before its reader hears of that. */
  onBodyRead(): void;
  /** Nothing that comes from now on can be read as a request. */
  onFault(fault: Fault): void;
}

export class RequestReader {
  readonly #parser: RequestParser;
  readonly #socket: LingeringSocket;
  readonly #deadline: Deadline;
  readonly #events: RequestEvents;
  /** The request that was handed out is being answered: until `proceed`. */
  #isAnswering = false;
  #sink: BodySink | undefined;
  #isProcessing = false;
  /** The request's body is still coming. */
  isBodyOpen = false;
  /** Of the request's body, so far. */
  bodyBytes = 0;

  constructor(memo: FieldMemo, socket: LingeringSocket, deadline: Deadline, events: RequestEvents) {
    this.#parser = new RequestParser({ memo });
    this.#socket = socket;
    this.#deadline = deadline;
    this.#events = events;
  }

  /** Somebody reads the body. */
  get hasSink(): boolean {
    return this.#sink !== undefined;
  }

  /** Read from the socket, and no event yet. */
  get bufferedBytes(): number {
    return this.#parser.bufferedBytes;
  }

  get isProcessing(): boolean {
    return this.#isProcessing;
  }

  /** The first `length` bytes of `chunk`, which are the connection's until it returns. */
  feed(chunk: Buffer, length: number): void {
    this.#parser.feed(chunk, length);
    this.process();
  }

  process(): void {
    if (this.#isProcessing) {
      return;
    }
    this.#isProcessing = true;
    while (!this.#awaitsReader) {
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
    this.#isProcessing = false;
    // What is left, because nobody wants it yet, lies in memory that the next connection's bytes will be read into.
    this.#parser.keep();
    if (this.#parser.bufferedBytes > 0 && this.#mayWait) {
      this.#socket.pause();
    }
  }

  /** What was read and is not wanted yet; while the connection is closing, all is read and dropped. */
  get #mayWait(): boolean {
    const isEarly = this.#isAnswering && (!this.isBodyOpen || this.#awaitsReader);
    return isEarly && this.#deadline.phase !== 'linger';
  }

  /** The body is not read on until somebody wants it: a request may wait for a worker, and its application may ask late. */
  get #awaitsReader(): boolean {
    return this.isBodyOpen && this.#sink === undefined && this.#isAnswering;
  }

  #onHead(head: RequestHead): void {
    this.#isAnswering = true;
    this.isBodyOpen = head.framing.kind !== 'none';
    this.bodyBytes = 0;
    this.#events.onHead(head);
  }

  #onData(bytes: Buffer): void {
    this.bodyBytes += bytes.length;
    if (this.#sink !== undefined && !this.#sink.data(bytes)) {
      this.#socket.pause();
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

  /** Nobody wants the rest of the body any more: it is read and dropped. */
  dropBody(): void {
    this.#sink = undefined;
  }

  /** The rest of the body will not come. */
  failBody(): void {
    const sink = this.#sink;
    this.#sink = undefined;
    sink?.fail();
  }

  /** The request is answered: the next one may be read. */
  proceed(): void {
    this.#isAnswering = false;
    this.#parser.proceed();
  }

  /** The connection changes its protocol: takes what follows the request. */
  takeRest(): Buffer {
    return this.#parser.takeRest();
  }
}
