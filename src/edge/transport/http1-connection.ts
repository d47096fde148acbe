/**
 * A client's HTTP/1.1 connection: requests to the pipeline as exchanges, responses out in order, one at a time. It owns what every response needs and no handler may decide:
 * framing, keep-alive, HEAD, deadlines. How requests are read is told in request-reader.ts; how the connection is closed, so that the client gets its answer, in lingering-socket.ts.
 */

import type { Socket } from 'node:net';
import type {
  Body,
  BodySink,
  BorrowedBody,
  FilePart,
  ResponseHead,
  Tunnel,
  TunnelSink,
  WebSocketAccept,
  WebSocketSession,
  WebSocketSink,
} from '../../protocol/http/exchange.ts';
import { decodePath } from '../../protocol/http/path.ts';
import type { Peer } from '../../protocol/http/peer.ts';
import { releaseBody } from '../../protocol/http/release-body.ts';
import type { ResponseFields } from '../../protocol/http/response-fields.ts';
import type { RequestHead } from '../../protocol/http1/types.ts';
import { CLOSE_CODE } from '../../protocol/websocket/close-codes.ts';
import type { TrackedConnection } from '../connections/connection-table.ts';
import type { ProtocolChange } from './change-protocol.ts';
import { acceptWebSocket, switchProtocols, takeOver } from './change-protocol.ts';
import { ClientEnd } from './client-end.ts';
import { ConnectionPhase } from './connection-phase.ts';
import type { ConnectionServices } from './connection-services.ts';
import { Deadline } from './deadline.ts';
import type { ExchangeConnection } from './http1-exchange.ts';
import { Http1Exchange } from './http1-exchange.ts';
import { KeepAlive } from './keep-alive.ts';
import { LingeringSocket } from './lingering-socket.ts';
import type { OutputEvents } from './output.ts';
import { Output } from './output.ts';
import type { RequestEvents, UnreadFault } from './request-reader.ts';
import { RequestReader } from './request-reader.ts';
import type { ConnectionField } from './response-text.ts';
import { delimiterOf, sendsBody, sendsTrailers } from './response-text.ts';
import { CLIENT_LEFT, noteSent, ResponseWriter } from './response-writer.ts';
import type { TransportRules } from './transport-rules.ts';
import { BAD_PATH, LATE_BODY, LATE_HEAD, tellFault, unreadHead } from './unread-request.ts';
import type { UpgradedConnection } from './upgraded-connection.ts';
import { startUpgraded } from './upgraded-connection.ts';

export class Http1Connection implements TrackedConnection, ExchangeConnection, OutputEvents, RequestEvents {
  readonly services: ConnectionServices;
  readonly #peer: Peer;
  readonly #output: Output;
  readonly writer: ResponseWriter;
  readonly #deadline: Deadline;
  readonly #socket: LingeringSocket;
  readonly requests: RequestReader;
  readonly #phase: ConnectionPhase;
  #exchange: Http1Exchange | undefined;
  readonly keeping: KeepAlive;
  readonly #clientEnd: ClientEnd;
  /** The response is complete but not yet handed to the kernel. */
  #isFinishing = false;
  /** What the connection has become after a handshake: a WebSocket, or a tunnel. */
  #upgraded: UpgradedConnection | undefined;

  constructor(socket: Socket, peer: Peer, services: ConnectionServices) {
    this.#peer = peer;
    this.services = services;
    this.keeping = new KeepAlive(services);
    this.#output = new Output(socket, this);
    this.writer = new ResponseWriter(this.#output, services);
    this.#deadline = new Deadline(services.table.nowMs, services.rules.firstByteMs);
    this.#socket = new LingeringSocket(socket, this.#output, this.#deadline, services.table);
    this.requests = new RequestReader(services, this.#socket, this.#deadline, this);
    this.#clientEnd = new ClientEnd(this.#socket, this.requests, this.keeping);
    this.#phase = new ConnectionPhase(this.#deadline, this.#output, this.requests, services);
    socket.on('drain', () => this.#output.onSocketDrain());
    socket.on('end', () => this.#onClientEnd());
    socket.on('close', () => this.#onClose());
    // An error of a TLS socket does not close it by itself, and everything here is done at 'close'.
    socket.on('error', () => socket.destroy());
  }

  // Bytes of the client.

  /** The first `length` bytes of `chunk`, which are the connection's until it returns. True: somebody has taken them, and wants those that follow. */
  onBytes(chunk: Buffer, length: number): boolean {
    if (this.#phase.now === 'linger') {
      this.#socket.drop(length);
      return true;
    }
    if (this.#upgraded === undefined) {
      this.requests.feed(chunk, length);
      this.#phase.noteHead();
      return this.requests.wantsMore;
    }
    this.#upgraded.onBytes(chunk.subarray(0, length));
    return true;
  }

  onHead(head: RequestHead): void {
    const services = this.services;
    const path = decodePath(head.path);
    const exchange = this.#begin(head, path);
    this.keeping.begin(head.keepAlive);
    if (path === undefined) {
      tellFault(services.refusals, this.address, BAD_PATH);
      this.onFault(BAD_PATH);
    } else {
      exchange.pipeline.handle(exchange);
    }
  }

  /** `path`: undefined if it cannot be decoded. */
  #begin(head: RequestHead, path: string | undefined): Http1Exchange {
    const { pipeline, monotonicMs } = this.services;
    const startedMs = pipeline.onFinished === undefined ? 0 : monotonicMs();
    const exchange = new Http1Exchange(this, head, path ?? head.path, this.#peer, startedMs);
    this.#exchange = exchange;
    this.keeping.requestCount += 1;
    this.#phase.awaitHandler();
    return exchange;
  }

  onBodyRead(): void {
    if (this.#exchange === undefined) {
      this.#awaitNext(); // The request was answered before its body was whole.
    } else {
      this.#phase.noteBodyEnd();
    }
  }

  /** `line`: the first line of what came, for the log. */
  onFault(fault: UnreadFault, line: string = this.requests.refusedLine): void {
    this.keeping.end();
    this.requests.giveUp();
    const exchange = this.#exchange;
    if (exchange === undefined) {
      this.#refuseUnread(fault, line);
    } else if (exchange.status === 0) {
      exchange.isBodyLost = true;
      exchange.refuse(fault.status);
    } else {
      this.cut(exchange);
    }
  }

  #refuseUnread(fault: UnreadFault, line: string): void {
    tellFault(this.services.refusals, this.address, fault);
    const head = unreadHead(line);
    const exchange = this.#begin(head, decodePath(head.path));
    exchange.refusedLine = line;
    exchange.refuse(fault.status);
  }

  // What an exchange asks for.

  goBy(exchange: Http1Exchange, rules: TransportRules): void {
    if (this.#owes(exchange)) {
      this.keeping.goBy(rules, exchange);
      this.#phase.goBy(rules);
    }
  }

  readBody(exchange: Http1Exchange, sink: BodySink): void {
    const requests = this.requests;
    if (exchange !== this.#exchange || !requests.isBodyOpen) {
      return;
    }
    requests.readBody(sink);
    this.#phase.awaitBody();
    // Behind a head that has left, a 100 would be read as a part of the response (RFC 9110 10.1.1: a final status stands for it).
    const mayAsk = exchange.head.expectContinue && exchange.status === 0;
    if (mayAsk && requests.bodyBytes === 0 && requests.bufferedBytes === 0) {
      this.#output.text('HTTP/1.1 100 Continue\r\n\r\n');
    }
    this.#readOn();
  }

  resumeBody(exchange: Http1Exchange): void {
    if (exchange === this.#exchange) {
      this.requests.resumeBody();
      this.#readOn();
    }
  }

  /** Somebody wants what has been read ahead, or waits in the kernel. */
  #readOn(): void {
    // If this is called by an event that the reader hands out, the reader goes on with the next one by itself.
    if (!this.requests.isProcessing) {
      this.#socket.resume();
      this.requests.process();
      this.#phase.noteHead();
      if (this.#socket.hasClientEnded) {
        this.#clientEnd.heed(this.#exchange);
      }
    }
  }

  respond(exchange: Http1Exchange, head: ResponseHead, body: Body): void {
    if (!this.#mayAnswer(exchange)) {
      releaseBody(body);
      return;
    }
    // If the rest of the request's body is not waited for, the connection ends with this response, and the head has to say so.
    this.keeping.isKept &&= !this.requests.isBodyOpen || this.requests.isPassedOver;
    this.writer.respond(exchange, head, body, this.#connectionField(exchange, head));
    this.#complete();
  }

  begin(exchange: Http1Exchange, head: ResponseHead, length: number | undefined): void {
    if (!this.#mayAnswer(exchange)) {
      return;
    }
    const { isChunkedOn } = this.#phase.rules;
    const delimiter = delimiterOf(head.status, length, exchange.head, isChunkedOn);
    this.keeping.isKept &&= delimiter !== 'close';
    this.#output.holdBody(head.heldBytesMax);
    noteSent(exchange, head, length ?? -1);
    this.writer.begin(head, delimiter, this.#connectionField(exchange, head));
  }

  write(exchange: Http1Exchange, bytes: Buffer | BorrowedBody): boolean {
    if (exchange !== this.#exchange || !sendsBody(exchange.head.method, exchange.status) || bytes.length === 0) {
      return true;
    }
    exchange.bodyBytes += bytes.length;
    this.writer.write(bytes);
    return this.#noteRoom(this.#output.reserveForBody());
  }

  hasCaughtUp(exchange: Http1Exchange): boolean {
    return exchange === this.#exchange && this.#output.isEmpty;
  }

  /** A client that is behind has a deadline of its own. */
  #noteRoom(hasRoom: boolean): boolean {
    if (!hasRoom) {
      this.#phase.awaitClient();
    }
    return hasRoom;
  }

  writeFile(exchange: Http1Exchange, part: FilePart, sent: () => void): void {
    if (exchange !== this.#exchange || !sendsBody(exchange.head.method, exchange.status)) {
      sent();
      return;
    }
    exchange.bodyBytes += part.length;
    this.writer.file(part, sent);
    this.#phase.awaitClient();
  }

  hint(exchange: Http1Exchange, fields: ResponseFields): boolean {
    if (!this.#owes(exchange) || exchange.head.minor !== 1) {
      return true;
    }
    this.#output.text(`HTTP/1.1 103 Early Hints\r\n${fields.text}\r\n`);
    return this.#noteRoom(this.#output.hasRoom);
  }

  trail(exchange: Http1Exchange, fields: ResponseFields): void {
    if (exchange === this.#exchange && sendsTrailers(exchange.head, exchange.status, this.#phase.rules)) {
      this.writer.trail(fields.text);
    }
  }

  acceptWebSocket(exchange: Http1Exchange, accept: WebSocketAccept, sink: WebSocketSink): WebSocketSession {
    return acceptWebSocket(this.#changeFor(exchange), accept, sink);
  }

  switchProtocols(exchange: Http1Exchange, head: ResponseHead, sink: TunnelSink): Tunnel | undefined {
    const change = this.#changeFor(exchange);
    return change && switchProtocols(change, head, sink);
  }

  takeOver(exchange: Http1Exchange, status: number, sink: TunnelSink): Tunnel | undefined {
    const change = this.#changeFor(exchange);
    return change && takeOver(change, status, sink);
  }

  /** False: it is answered already, or what has come of a body that nobody has asked for is malformed, and it has been refused. */
  #mayAnswer(exchange: Http1Exchange): boolean {
    if (!this.#owes(exchange)) {
      return false;
    }
    this.requests.passOver();
    return this.#owes(exchange);
  }

  /** No response to it has begun. */
  #owes(exchange: Http1Exchange): boolean {
    return exchange === this.#exchange && exchange.status === 0;
  }

  #changeFor(exchange: Http1Exchange): ProtocolChange | undefined {
    const { table, webSocket } = this.services;
    const socket = this.#socket;
    const carrier = { output: this.#output, socket, deadline: this.#deadline, clock: table, exchange, owner: this };
    const requests = this.requests;
    const upgrade = <S extends UpgradedConnection>(status: number, session: S): S => {
      exchange.status = status;
      exchange.watcher = undefined;
      this.keeping.end();
      this.#upgraded = session;
      startUpgraded(session, this, { requests, socket, services: this.services });
      return session;
    };
    return this.#owes(exchange) ? { exchange, carrier, writer: this.writer, requests, webSocket, upgrade } : undefined;
  }

  end(exchange: Http1Exchange): void {
    if (exchange === this.#exchange) {
      this.writer.end();
      this.#complete();
    }
  }

  cut(exchange: Http1Exchange): void {
    if (exchange !== this.#exchange) {
      return;
    }
    this.writer.flush();
    const { rules } = this.#phase;
    const isUnanswered = exchange.status === 0;
    exchange.status ||= CLIENT_LEFT;
    this.#exchange = undefined;
    if (isUnanswered && rules.resetsTimedOut) {
      this.#socket.reset();
    } else {
      this.#socket.cut(this.writer.endsWithConnection, this.address, this.requests.mayHaveMore, rules);
    }
    exchange.pipeline.onFinished?.(exchange);
  }

  refuse(
    exchange: Http1Exchange,
    status: number,
    detail: string | undefined,
    fields: ResponseFields | undefined,
  ): void {
    if (this.#owes(exchange)) {
      exchange.pipeline.refuse(exchange, status, detail, fields);
    }
  }

  #connectionField(exchange: Http1Exchange, head: ResponseHead): ConnectionField {
    if (head.closes === true || this.services.isClosing || !this.requests.mayGoOn) {
      this.keeping.end();
    }
    return this.keeping.field(exchange.head.minor);
  }

  // How a response ends.

  /** The response has been given to the output as a whole. */
  #complete(): void {
    const { isBodyOpen, isPassedOver } = this.requests;
    if (isBodyOpen && !(isPassedOver && this.keeping.isKept)) {
      // Answered before the body was whole: what still comes is not a request.
      this.keeping.end();
      this.requests.dropBody();
    }
    if (this.#output.isReady) {
      this.#finish();
    } else {
      this.#isFinishing = true;
      this.#phase.awaitClient();
    }
  }

  #finish(): void {
    const exchange = this.#exchange;
    this.#isFinishing = false;
    this.#exchange = undefined;
    if (exchange !== undefined) {
      exchange.pipeline.onFinished?.(exchange);
    }
    // The head of a response that streams may have left before the edge was told to stop, and promised more.
    if (!this.keeping.isKept || (this.services.isClosing && this.requests.bufferedBytes === 0)) {
      this.#socket.close(this.requests.mayHaveMore, this.#phase.rules);
    } else if (this.requests.isBodyOpen) {
      this.#phase.awaitNext(this.#phase.rules.lingerMs);
    } else {
      this.#awaitNext();
    }
  }

  /** The request is answered, and read whole. */
  #awaitNext(): void {
    this.#phase.awaitNext(this.keeping.idleMs);
    const requests = this.requests;
    this.keeping.isPipelined = requests.bufferedBytes > 0;
    requests.proceed();
    if (this.#socket.isPaused || requests.bufferedBytes > 0) {
      this.#readOn();
    }
  }

  // What the output tells.

  onDrain(): void {
    if (this.#isFinishing) {
      this.#finish();
    } else if (this.#exchange !== undefined) {
      this.#phase.noteDrain();
      this.#upgraded?.onDrain();
      this.#exchange.watcher?.onDrain();
    }
  }

  onError(error: Error): void {
    const { requestId = '', method = '', target = '' } = this.#exchange ?? {};
    this.services.log('error', `request ${requestId} ${method} ${target}: a file could not be sent: ${error.message}`);
    this.#socket.destroy();
  }

  // How the connection ends.

  #onClientEnd(): void {
    this.#socket.hasClientEnded = true;
    this.#upgraded?.onClientEnd();
    if (this.#upgraded === undefined || this.#phase.now === 'linger') {
      this.#clientEnd.heed(this.#exchange);
    }
  }

  #onClose(): void {
    this.#socket.onClose();
    this.requests.failBody('left');
    this.#upgraded?.onLost();
    const exchange = this.#exchange;
    if (exchange !== undefined) {
      this.#exchange = undefined;
      exchange.status ||= CLIENT_LEFT;
      exchange.pipeline.onFinished?.(exchange);
      exchange.watcher?.onGone();
    }
    // This comes last, because the edge may end with its last connection.
    this.services.table.remove(this);
  }

  /** An error of ours, wherever it was thrown for this connection: also while it was being removed from the table. */
  onBug(error: unknown): void {
    this.services.bugs.note(`the connection of ${this.address || 'a Unix socket'}`, error);
    this.#socket.destroy();
    this.services.table.remove(this);
  }

  // What the table asks for.

  get address(): string {
    return this.#peer.client.address;
  }
  get request(): Http1Exchange | undefined {
    return this.#exchange;
  }

  get isReading(): boolean {
    return this.#phase.now === 'head';
  }

  get isKept(): boolean {
    return this.keeping.isKept && !this.services.isClosing;
  }

  /** A response that is whole is logged before the connection closes. */
  get isCut(): boolean {
    return this.#upgraded === undefined && this.#phase.now === 'linger';
  }

  closeIfIdle(): void {
    if (this.#upgraded !== undefined) {
      this.#upgraded.close(CLOSE_CODE.goingAway, '');
    } else if (this.#exchange === undefined && this.#phase.now === 'idle') {
      this.#socket.close(this.requests.mayHaveMore, this.#phase.rules);
    }
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Called about once a second. */
  onTick(nowMs: number): void {
    this.#upgraded?.onTick(nowMs);
    if (this.#upgraded === undefined && this.requests.onTick(nowMs)) {
      this.keeping.end();
    }
    if (this.#socket.hasLostClient() && this.#upgraded?.onGone() !== true) {
      this.#socket.destroy();
      return;
    }
    if (this.#exchange !== undefined && !this.#isFinishing) {
      this.#phase.onTick();
    }
    if (this.#socket.onTick(nowMs, this.requests.bodyBytes, this.requests.isWaiting, this.#phase.rules)) {
      this.onFault(this.#phase.now === 'head' ? LATE_HEAD : LATE_BODY);
    }
  }
}
