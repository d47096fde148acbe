/**
 * A client's HTTP/1.1 connection: bytes into the parser, exchanges to the pipeline, responses out in order, one at a time.
 * It owns what every response needs and no handler may decide: framing, keep-alive, HEAD, deadlines, how to close so that
 * the client gets its answer.
 */

import type { Socket } from 'node:net';
import type { Body, BodySink, Client, FilePart, Handler, Origin, ResponseHead } from '../../protocol/http/exchange.ts';
import type { FieldMemo } from '../../protocol/http1/field-memo.ts';
import { RequestParser } from '../../protocol/http1/request-parser.ts';
import type { Fault, RequestHead } from '../../protocol/http1/types.ts';
import type { AccessLog } from '../access-log/access-log.ts';
import type { ConnectionTable, TrackedConnection } from '../connection-table.ts';
import { renderErrorPage } from '../error-pages.ts';
import { readForwarded, type TrustedPeers } from '../forwarded.ts';
import { EDGE_LIMITS } from '../limits.ts';
import { unsentBytes } from '../node-internals.ts';
import { decodePath } from '../path.ts';
import { isAcceptableId, type RequestIds } from '../request-id.ts';
import { Http1Exchange } from './http1-exchange.ts';
import { Output } from './output.ts';
import {
  type ConnectionField,
  type Delimiter,
  forbidsBody,
  type HeadRenderer,
  LAST_CHUNK,
  renderChunk,
} from './response-text.ts';

/** What all connections of a thread share. */
export interface ConnectionServices {
  /** One read buffer for all: what is not consumed at once is copied by the parser. */
  readonly buffer: Buffer;
  readonly memo: FieldMemo;
  readonly renderer: HeadRenderer;
  readonly table: ConnectionTable;
  readonly ids: RequestIds;
  readonly trusted: TrustedPeers;
  readonly keepAliveMs: number;
  readonly isDevelopment: boolean;
  readonly accessLog: AccessLog | undefined;
  readonly handle: Handler;
  /** The date of this second, as RFC 9110 5.6.7 writes it. */
  date(): string;
  monotonicMs(): number;
  log(level: 'info' | 'warning' | 'error', text: string): void;
}

/** The origins of a listener: who the peer is decides which is used. */
export interface ListenerOrigins {
  readonly plain: Origin;
  readonly trusted: Origin;
  /** A trusted proxy said https. */
  readonly trustedSecure: Origin;
}

/** Bodies that are larger than this are not copied into a chunk's buffer. */
const CHUNK_COPY_BYTES_MAX = 16 * 1024;

type Phase = 'idle' | 'head' | 'body' | 'app' | 'write' | 'linger';

export class Http1Connection implements TrackedConnection {
  readonly #socket: Socket;
  readonly #services: ConnectionServices;
  readonly #origins: ListenerOrigins;
  readonly #parser: RequestParser;
  readonly #output: Output;
  readonly #client: Client;
  readonly #isTrusted: boolean;
  #exchange: Http1Exchange | undefined;
  #sink: BodySink | undefined;
  /** The request's body is still coming. */
  #isBodyOpen = false;
  #bodyBytes = 0;
  #keepAlive = true;
  #delimiter: Delimiter = 'none';
  #pendingHead = '';
  #isProcessing = false;
  #isPaused = false;
  /** The response is complete but not yet handed to the kernel. */
  #isFinishing = false;
  #phase: Phase = 'idle';
  #phaseSinceMs: number;
  #deadlineMs: number;
  #unsent = 0;

  constructor(socket: Socket, client: Client, origins: ListenerOrigins, services: ConnectionServices) {
    this.#socket = socket;
    this.#client = client;
    this.#services = services;
    this.#origins = origins;
    this.#isTrusted = services.trusted.has(client.address);
    this.#parser = new RequestParser({ memo: services.memo });
    this.#output = new Output(socket, {
      onDrain: () => this.#onDrain(),
      onError: (error) => this.#onOutputError(error),
    });
    this.#phaseSinceMs = services.table.nowMs;
    this.#deadlineMs = this.#phaseSinceMs + services.keepAliveMs;
    socket.on('drain', () => this.#output.onSocketDrain());
    socket.on('end', () => this.#onClientEnd());
    socket.on('close', () => this.#onClose());
    socket.on('error', () => undefined); // 'close' follows, and is what matters
  }

  /** `length` bytes are in the shared buffer. */
  onBytes(length: number): void {
    if (this.#phase === 'linger') {
      return;
    }
    const { buffer } = this.#services;
    this.#parser.feed(length === buffer.length ? buffer : buffer.subarray(0, length));
    this.#process();
  }

  #process(): void {
    if (this.#isProcessing) {
      return;
    }
    this.#isProcessing = true;
    for (let event = this.#parser.next(); event !== undefined; event = this.#parser.next()) {
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
          this.#onFault(event.fault);
          break;
      }
      if (this.#phase === 'linger') {
        break;
      }
    }
    this.#isProcessing = false;
    this.#afterInput();
  }

  #afterInput(): void {
    if (this.#exchange === undefined) {
      if (this.#phase === 'idle' && !this.#parser.isIdle) {
        this.#enter('head', EDGE_LIMITS.headTimeoutMs);
      }
    } else if (!this.#isBodyOpen && this.#parser.bufferedBytes > 0) {
      this.#pause();
    }
  }

  #enter(phase: Phase, deadlineMs: number): void {
    this.#phase = phase;
    this.#phaseSinceMs = this.#services.table.nowMs;
    this.#deadlineMs = this.#phaseSinceMs + deadlineMs;
  }

  #pause(): void {
    if (!this.#isPaused) {
      this.#isPaused = true;
      this.#socket.pause();
    }
  }

  #resume(): void {
    if (this.#isPaused) {
      this.#isPaused = false;
      this.#socket.resume();
    }
  }

  #onHead(head: RequestHead): void {
    const services = this.#services;
    const path = decodePath(head.path);
    if (path === undefined) {
      this.#onFault({ code: 'http1.bad-target', status: 400, detail: 'malformed percent-encoding' });
      return;
    }
    const exchange = this.#newExchange(head, path);
    this.#exchange = exchange;
    this.#keepAlive = head.keepAlive;
    this.#phase = 'app';
    this.#deadlineMs = Infinity;
    this.#isBodyOpen = head.framing.kind !== 'none';
    this.#bodyBytes = 0;
    if (!services.handle(exchange)) {
      exchange.refuse(404);
    }
  }

  #newExchange(head: RequestHead, path: string): Http1Exchange {
    const { services, client, origin, sentId } = this.#identify(head);
    const startedMs = services.accessLog === undefined ? 0 : services.monotonicMs();
    return new Http1Exchange(this, head, path, client, origin, sentId ?? services.ids.next(), startedMs);
  }

  /** Who asks, and by what name: a trusted peer's fields are believed. */
  #identify(head: RequestHead): {
    services: ConnectionServices;
    client: Client;
    origin: Origin;
    sentId: string | undefined;
  } {
    const services = this.#services;
    const origins = this.#origins;
    if (!this.#isTrusted) {
      return { services, client: this.#client, origin: origins.plain, sentId: undefined };
    }
    const said = readForwarded(head.block, services.trusted);
    const id = head.block.get('x-request-id');
    return {
      services,
      client: said.address === undefined ? this.#client : { address: said.address, port: said.port },
      origin: said.scheme === 'https' ? origins.trustedSecure : origins.trusted,
      sentId: isAcceptableId(id) ? id : undefined,
    };
  }

  #onData(bytes: Buffer): void {
    this.#bodyBytes += bytes.length;
    if (this.#sink !== undefined && !this.#sink.data(bytes)) {
      this.#pause();
    }
  }

  #onBodyEnd(): void {
    this.#isBodyOpen = false;
    const sink = this.#sink;
    this.#sink = undefined;
    if (this.#phase === 'body') {
      this.#phase = 'app';
      this.#deadlineMs = Infinity;
    }
    sink?.end();
  }

  #onFault(fault: Fault): void {
    this.#keepAlive = false;
    this.#sink?.fail();
    this.#sink = undefined;
    this.#isBodyOpen = true; // Nothing that follows can be read as a request.
    const exchange = this.#exchange;
    if (exchange === undefined) {
      this.#services.log('info', `${fault.code} from ${this.#client.address || 'unix:'}: ${fault.detail}`);
      const page = renderErrorPage(fault.status, undefined, '', undefined);
      this.#output.text(
        this.#services.renderer.render(
          pageHead(fault.status, page.contentType, ''),
          page.body.length,
          'Connection: close\r\n',
          this.#services.date(),
        ) + page.body,
      );
      this.#services.accessLog?.writeFault(this.#client, fault.status);
      this.#close();
    } else if (exchange.status === 0) {
      exchange.refuse(fault.status);
    } else {
      this.cut(exchange);
    }
  }

  // What an exchange asks for. Each checks that the exchange is the present one: an answer that comes late goes nowhere.

  readBody(sink: BodySink): void {
    this.#sink = sink;
    const exchange = this.#exchange;
    this.#enter('body', EDGE_LIMITS.bodyGraceMs);
    if (exchange?.head.expectContinue === true && this.#bodyBytes === 0) {
      this.#output.text('HTTP/1.1 100 Continue\r\n\r\n');
    }
  }

  resumeBody(): void {
    this.#resume();
  }

  respond(exchange: Http1Exchange, head: ResponseHead, body: Body): void {
    if (exchange !== this.#exchange || exchange.status !== 0) {
      releaseBody(body);
      return;
    }
    exchange.status = head.status;
    // With its end comes that of the connection, if the body is not whole by then; the head has to say so.
    this.#keepAlive &&= !this.#isBodyOpen;
    const length = body === undefined ? 0 : body.length;
    const isHead = exchange.head.method === 'HEAD';
    const bare = forbidsBody(head.status);
    const delimiter = bare || (isHead && length === 0) ? 'none' : length;
    const text = this.#services.renderer.render(
      head,
      delimiter,
      this.#connectionField(exchange),
      this.#services.date(),
    );
    if (length === 0 || isHead || bare) {
      this.#output.text(text);
      releaseBody(body);
    } else {
      exchange.bodyBytes = length;
      this.#sendWhole(text, body);
    }
    this.#complete();
  }

  #sendWhole(text: string, body: Body): void {
    if (typeof body === 'string') {
      this.#output.text(text + body);
    } else if (Buffer.isBuffer(body)) {
      this.#output.joined(text, body);
    } else if (body !== undefined) {
      this.#output.text(text);
      let open = body.parts.length;
      const done = (): void => {
        open -= 1;
        if (open === 0) {
          body.release();
        }
      };
      for (const part of body.parts) {
        if (Buffer.isBuffer(part)) {
          this.#output.buffer(part);
          done();
        } else {
          this.#output.file(part, done);
        }
      }
    }
  }

  begin(exchange: Http1Exchange, head: ResponseHead, length: number | undefined): void {
    if (exchange !== this.#exchange || exchange.status !== 0) {
      return;
    }
    exchange.status = head.status;
    if (forbidsBody(head.status)) {
      this.#delimiter = 'none';
    } else if (length !== undefined) {
      this.#delimiter = length;
    } else if (exchange.head.method === 'HEAD') {
      this.#delimiter = 'none';
    } else if (exchange.head.minor === 1) {
      this.#delimiter = 'chunked';
    } else {
      this.#delimiter = 'close';
      this.#keepAlive = false;
    }
    this.#pendingHead = this.#services.renderer.render(
      head,
      this.#delimiter,
      this.#connectionField(exchange),
      this.#services.date(),
    );
    // The first bytes of the body usually follow at once; if they do not, the head goes alone.
    process.nextTick(() => this.#flushHead());
  }

  #flushHead(): void {
    if (this.#pendingHead !== '') {
      this.#output.text(this.#takeHead());
    }
  }

  #takeHead(): string {
    const text = this.#pendingHead;
    this.#pendingHead = '';
    return text;
  }

  write(exchange: Http1Exchange, bytes: Buffer): boolean {
    if (
      exchange !== this.#exchange ||
      exchange.head.method === 'HEAD' ||
      this.#delimiter === 'none' ||
      bytes.length === 0
    ) {
      return true;
    }
    exchange.bodyBytes += bytes.length;
    if (this.#delimiter !== 'chunked') {
      this.#send(bytes);
    } else if (bytes.length <= CHUNK_COPY_BYTES_MAX) {
      this.#send(renderChunk(bytes));
    } else {
      this.#output.joined(`${this.#takeHead()}${bytes.length.toString(16)}\r\n`, bytes);
      this.#output.text('\r\n');
    }
    if (this.#output.hasRoom) {
      return true;
    }
    this.#enter('write', EDGE_LIMITS.writeStallMs);
    return false;
  }

  #send(bytes: Buffer): void {
    if (this.#pendingHead === '') {
      this.#output.buffer(bytes);
    } else {
      this.#output.joined(this.#takeHead(), bytes);
    }
  }

  writeFile(exchange: Http1Exchange, part: FilePart, sent: () => void): void {
    if (exchange !== this.#exchange || exchange.head.method === 'HEAD' || this.#delimiter === 'none') {
      sent();
      return;
    }
    exchange.bodyBytes += part.length;
    const isChunked = this.#delimiter === 'chunked';
    this.#output.text(this.#takeHead() + (isChunked ? `${part.length.toString(16)}\r\n` : ''));
    this.#output.file(part, sent);
    if (isChunked) {
      this.#output.text('\r\n');
    }
    this.#enter('write', EDGE_LIMITS.writeStallMs);
  }

  end(exchange: Http1Exchange): void {
    if (exchange !== this.#exchange) {
      return;
    }
    const last = this.#takeHead() + (this.#delimiter === 'chunked' ? LAST_CHUNK : '');
    if (last !== '') {
      this.#output.text(last);
    }
    this.#complete();
  }

  cut(exchange: Http1Exchange): void {
    if (exchange !== this.#exchange) {
      return;
    }
    this.#flushHead();
    this.#log(exchange);
    this.#exchange = undefined;
    this.#phase = 'linger';
    // Where the end of the connection is the end of the body, only a reset tells the client that this is not it.
    if (this.#delimiter === 'close' && this.#output.isEmpty) {
      this.#socket.resetAndDestroy();
    } else {
      this.#output.close();
      this.#socket.destroySoon();
    }
  }

  refuse(exchange: Http1Exchange, status: number, detail: string | undefined, fields: string | undefined): void {
    if (exchange !== this.#exchange || exchange.status !== 0) {
      return;
    }
    const shown = this.#services.isDevelopment ? detail : undefined;
    const page = renderErrorPage(status, exchange.head.block.get('accept'), exchange.requestId, shown);
    this.respond(exchange, pageHead(status, page.contentType, fields ?? ''), page.body);
  }

  #connectionField(exchange: Http1Exchange): ConnectionField {
    if (this.#services.table.isStopping || (this.#isBodyOpen && this.#sink === undefined)) {
      this.#keepAlive = false;
    }
    if (!this.#keepAlive) {
      return 'Connection: close\r\n';
    }
    return exchange.head.minor === 0 ? 'Connection: keep-alive\r\n' : '';
  }

  /** The response has been given to the output as a whole. */
  #complete(): void {
    if (this.#isBodyOpen) {
      // Answered before the body was whole: what still comes is not a request.
      this.#keepAlive = false;
      this.#sink = undefined;
    }
    if (this.#output.isReady) {
      this.#finish();
    } else {
      this.#isFinishing = true;
      this.#enter('write', EDGE_LIMITS.writeStallMs);
    }
  }

  #finish(): void {
    const exchange = this.#exchange;
    this.#isFinishing = false;
    this.#exchange = undefined;
    if (exchange !== undefined) {
      this.#log(exchange);
    }
    if (!this.#keepAlive) {
      this.#close();
      return;
    }
    this.#enter('idle', this.#services.keepAliveMs);
    this.#parser.proceed();
    if (this.#isPaused || this.#parser.bufferedBytes > 0) {
      this.#process();
      if (this.#exchange === undefined) {
        this.#resume();
      }
    }
  }

  #log(exchange: Http1Exchange): void {
    const { accessLog, monotonicMs } = this.#services;
    if (accessLog !== undefined) {
      accessLog.write(exchange, monotonicMs() - exchange.startedMs);
    }
  }

  #close(): void {
    this.#phase = 'linger';
    if (this.#isBodyOpen) {
      // Closing with unread bytes resets the connection, and the client may lose the answer (RFC 9112 9.6).
      this.#enter('linger', EDGE_LIMITS.lingerMs);
      this.#socket.end();
      this.#resume();
    } else {
      this.#socket.destroySoon();
    }
  }

  #onDrain(): void {
    if (this.#isFinishing) {
      this.#finish();
    } else if (this.#exchange !== undefined) {
      if (this.#phase === 'write') {
        this.#phase = 'app';
        this.#deadlineMs = Infinity;
      }
      this.#exchange.watcher?.onDrain();
    }
  }

  #onOutputError(error: Error): void {
    this.#services.log('error', `a file could not be sent: ${error.message}`);
    this.#socket.destroy();
  }

  #onClientEnd(): void {
    const exchange = this.#exchange;
    if (this.#phase === 'linger' || exchange === undefined || this.#isBodyOpen) {
      this.#socket.destroySoon();
    } else if (exchange.watcher?.onClientEnd() === true) {
      this.#socket.destroy();
    } else {
      this.#keepAlive = false;
    }
  }

  #onClose(): void {
    this.#phase = 'linger';
    this.#services.table.remove(this);
    this.#output.close();
    this.#sink?.fail();
    this.#sink = undefined;
    const exchange = this.#exchange;
    if (exchange !== undefined) {
      this.#exchange = undefined;
      exchange.status ||= 499;
      this.#log(exchange);
      exchange.watcher?.onGone();
    }
  }

  // Time.

  get address(): string {
    return this.#client.address;
  }

  get isIdle(): boolean {
    return this.#exchange === undefined && this.#phase === 'idle';
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Called about once a second. */
  onTick(nowMs: number): void {
    if (nowMs < this.#deadlineMs) {
      return;
    }
    switch (this.#phase) {
      case 'idle':
      case 'linger':
        this.#socket.destroy();
        return;
      case 'head':
        this.#onFault({ code: 'http1.head-timeout', status: 408, detail: 'the head did not arrive in time' });
        return;
      case 'body':
        this.#checkBodyRate(nowMs);
        return;
      case 'write':
        this.#checkProgress(nowMs);
        return;
      case 'app':
        return;
    }
  }

  #checkBodyRate(nowMs: number): void {
    const rate = (this.#bodyBytes * 1000) / (nowMs - this.#phaseSinceMs);
    if (rate < EDGE_LIMITS.bodyBytesPerSecondMin && !this.#isPaused) {
      this.#onFault({ code: 'http1.body-timeout', status: 408, detail: 'the body arrives too slowly' });
    } else {
      this.#deadlineMs = nowMs + 1000;
    }
  }

  #checkProgress(nowMs: number): void {
    const unsent = unsentBytes(this.#socket);
    if (unsent >= this.#unsent && this.#unsent > 0) {
      this.#socket.destroy();
      return;
    }
    this.#unsent = unsent;
    this.#deadlineMs = nowMs + EDGE_LIMITS.writeStallMs;
  }
}

function pageHead(status: number, contentType: string, fields: string): ResponseHead {
  return { status, reason: undefined, fields: `Content-Type: ${contentType}\r\n${fields}`, hasDate: false };
}

function releaseBody(body: Body): void {
  if (typeof body === 'object' && !Buffer.isBuffer(body)) {
    body.release();
  }
}
