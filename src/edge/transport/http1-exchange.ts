/** An exchange of an HTTP/1.1 connection: the request's facts and, as its responder, the connection it came on. */

import type {
  Body,
  BodySink,
  Client,
  Exchange,
  FilePart,
  Origin,
  Responder,
  ResponseHead,
  ResponseWatcher,
  Tunnel,
  TunnelSink,
  WebSocketAccept,
  WebSocketSession,
  WebSocketSink,
} from '../../protocol/http/exchange.ts';
import type { FieldBlock, RequestHead } from '../../protocol/http1/types.ts';
import type { Handshake, HandshakeRefusal } from '../../protocol/websocket/handshake.ts';
import { readHandshake } from '../../protocol/websocket/handshake.ts';

/** What the connection does for its exchanges. It checks that the exchange is its present one: an answer that comes late goes nowhere. */
export interface ExchangeConnection {
  readBody(exchange: Http1Exchange, sink: BodySink): void;
  resumeBody(exchange: Http1Exchange): void;
  respond(exchange: Http1Exchange, head: ResponseHead, body: Body): void;
  begin(exchange: Http1Exchange, head: ResponseHead, length: number | undefined): void;
  write(exchange: Http1Exchange, bytes: Buffer): boolean;
  writeFile(exchange: Http1Exchange, part: FilePart, sent: () => void): void;
  hint(exchange: Http1Exchange, fields: string): boolean;
  trail(exchange: Http1Exchange, fields: string): void;
  end(exchange: Http1Exchange): void;
  acceptWebSocket(exchange: Http1Exchange, accept: WebSocketAccept, sink: WebSocketSink): WebSocketSession;
  switchProtocols(exchange: Http1Exchange, status: number, sink: TunnelSink): Tunnel | undefined;
  cut(exchange: Http1Exchange): void;
  refuse(exchange: Http1Exchange, status: number, detail: string | undefined, fields: string | undefined): void;
}

/** Who asks, and how the request is called. */
export interface Requester {
  readonly client: Client;
  readonly origin: Origin;
  readonly requestId: string;
}

export class Http1Exchange implements Exchange, Responder {
  readonly head: RequestHead;
  readonly path: string;
  readonly client: Client;
  readonly origin: Origin;
  readonly requestId: string;
  /** For the access log: when the head was read, the status sent, body bytes sent. */
  readonly startedMs: number;
  status = 0;
  bodyBytes = 0;
  watcher: ResponseWatcher | undefined;
  readonly #connection: ExchangeConnection;

  constructor(
    connection: ExchangeConnection,
    head: RequestHead,
    path: string,
    requester: Requester,
    startedMs: number,
  ) {
    this.#connection = connection;
    this.head = head;
    this.path = path;
    this.client = requester.client;
    this.origin = requester.origin;
    this.requestId = requester.requestId;
    this.startedMs = startedMs;
  }

  get method(): string {
    return this.head.method;
  }
  get target(): string {
    return this.head.target;
  }
  get rawPath(): string {
    return this.head.path;
  }
  get query(): string {
    return this.head.query;
  }
  get host(): string {
    return this.head.host;
  }
  get hasTargetAuthority(): boolean {
    return this.head.form === 'absolute';
  }
  get minor(): 0 | 1 {
    return this.head.minor;
  }
  get block(): FieldBlock {
    return this.head.block;
  }
  get responder(): Responder {
    return this;
  }
  get hasBody(): boolean {
    return this.head.framing.kind !== 'none';
  }
  get bodyLength(): number | undefined {
    return this.head.framing.kind === 'length' ? this.head.framing.bytes : undefined;
  }
  get expectsContinue(): boolean {
    return this.head.expectContinue;
  }
  get handshake(): Handshake | HandshakeRefusal | undefined {
    return readHandshake(this.head);
  }

  readBody(sink: BodySink): void {
    this.#connection.readBody(this, sink);
  }
  resumeBody(): void {
    this.#connection.resumeBody(this);
  }
  respond(head: ResponseHead, body: Body): void {
    this.#connection.respond(this, head, body);
  }
  begin(head: ResponseHead, length: number | undefined): void {
    this.#connection.begin(this, head, length);
  }
  write(bytes: Buffer): boolean {
    return this.#connection.write(this, bytes);
  }
  writeFile(part: FilePart, sent: () => void): void {
    this.#connection.writeFile(this, part, sent);
  }
  hint(fields: string): boolean {
    return this.#connection.hint(this, fields);
  }
  trail(fields: string): void {
    this.#connection.trail(this, fields);
  }
  end(): void {
    this.#connection.end(this);
  }
  acceptWebSocket(accept: WebSocketAccept, sink: WebSocketSink): WebSocketSession {
    return this.#connection.acceptWebSocket(this, accept, sink);
  }
  switchProtocols(status: number, sink: TunnelSink): Tunnel | undefined {
    return this.#connection.switchProtocols(this, status, sink);
  }
  cut(): void {
    this.#connection.cut(this);
  }
  refuse(status: number, detail?: string, fields?: string): void {
    this.#connection.refuse(this, status, detail, fields);
  }
}
