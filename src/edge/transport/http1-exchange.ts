/** An exchange of an HTTP/1.1 connection: the request's facts and, as its responder, the connection it came on. */

import type {
  Body,
  BodySink,
  BorrowedBody,
  Client,
  FilePart,
  Origin,
  Responder,
  ResponseHead,
  ResponseTimes,
  ResponseWatcher,
  Tunnel,
  TunnelSink,
  WebSocketAccept,
  WebSocketSession,
  WebSocketSink,
} from '../../protocol/http/exchange.ts';
import type { FieldBlock } from '../../protocol/http/fields.ts';
import type { ConnectionFacts, FinishedExchange } from '../../protocol/http/finished-exchange.ts';
import type { ResponseFilter } from '../../protocol/http/incoming-exchange.ts';
import type { Peer } from '../../protocol/http/peer.ts';
import type { ResponseFields } from '../../protocol/http/response-fields.ts';
import type { HttpVersion } from '../../protocol/http/version.ts';
import { HTTP_VERSION } from '../../protocol/http/version.ts';
import type { RequestHead } from '../../protocol/http1/types.ts';
import type { Handshake, HandshakeRefusal } from '../../protocol/websocket/handshake.ts';
import { readHandshake } from '../../protocol/websocket/handshake.ts';
import type { ConnectionServices, RequestPipeline, TransportExchange } from './connection-services.ts';
import { GuardedTunnel } from './guarded-tunnel.ts';
import type { TransportRules } from './transport-rules.ts';
import { GuardedSession } from './websocket/guarded-session.ts';

/** What the connection does for its exchanges. It checks that the exchange is its present one: an answer that comes late goes nowhere. */
export interface ExchangeConnection extends ConnectionFacts {
  readonly services: Pick<ConnectionServices, 'pipeline'>;
  goBy(exchange: Http1Exchange, rules: TransportRules): void;
  readBody(exchange: Http1Exchange, sink: BodySink): void;
  resumeBody(exchange: Http1Exchange): void;
  respond(exchange: Http1Exchange, head: ResponseHead, body: Body): void;
  begin(exchange: Http1Exchange, head: ResponseHead, length: number | undefined): void;
  write(exchange: Http1Exchange, bytes: Buffer | BorrowedBody): boolean;
  hasCaughtUp(exchange: Http1Exchange): boolean;
  writeFile(exchange: Http1Exchange, part: FilePart, sent: () => void): void;
  hint(exchange: Http1Exchange, fields: ResponseFields): boolean;
  trail(exchange: Http1Exchange, fields: ResponseFields): void;
  end(exchange: Http1Exchange): void;
  acceptWebSocket(exchange: Http1Exchange, accept: WebSocketAccept, sink: WebSocketSink): WebSocketSession;
  switchProtocols(exchange: Http1Exchange, head: ResponseHead, sink: TunnelSink): Tunnel | undefined;
  takeOver(exchange: Http1Exchange, status: number, sink: TunnelSink): Tunnel | undefined;
  cut(exchange: Http1Exchange): void;
  refuse(exchange: Http1Exchange, status: number, detail: string | undefined, fields: ResponseFields | undefined): void;
  /** An error of ours in one of these functions ends the connection, and not the worker or handler that has called it. */
  onBug(error: unknown): void;
}

export class Http1Exchange implements FinishedExchange, TransportExchange, Responder {
  readonly head: RequestHead;
  readonly path: string;
  readonly peer: Peer;
  /** To whom the request is handed, and who is told of its end: a reload gives the connection another one meanwhile. */
  readonly pipeline: RequestPipeline;
  client: Client;
  origin: Origin;
  requestId = '';
  readonly startedMs: number;
  /** 0: no response has begun. */
  status = 0;
  bodyBytes = 0;
  sentHead: ResponseHead | undefined;
  sentLength = -1;
  refusedLine: string | undefined;
  /** Nothing that comes can be read as the body: what answers the refusal of the request is not to wait for it. */
  isBodyLost = false;
  route: object | undefined;
  scriptName = '';
  watcher: ResponseWatcher | undefined;
  responder: Responder = this;
  responseFilter: ResponseFilter | undefined;
  readonly #connection: ExchangeConnection;

  constructor(connection: ExchangeConnection, head: RequestHead, path: string, peer: Peer, startedMs: number) {
    this.#connection = connection;
    this.head = head;
    this.path = path;
    this.peer = peer;
    this.pipeline = connection.services.pipeline;
    this.client = peer.client;
    this.origin = peer.origins.untrusted;
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
  get version(): HttpVersion {
    return this.head.minor === 1 ? HTTP_VERSION.http11 : HTTP_VERSION.http10;
  }
  get block(): FieldBlock {
    return this.head.block;
  }
  get connection(): ConnectionFacts {
    return this.#connection;
  }
  get times(): ResponseTimes | undefined {
    return this.watcher?.times;
  }
  get hasCaughtUp(): boolean {
    return this.#connection.hasCaughtUp(this);
  }
  get hasBody(): boolean {
    return this.head.framing.kind !== 'none' && !this.isBodyLost;
  }
  get bodyLength(): number | undefined {
    return this.head.framing.kind === 'length' && !this.isBodyLost ? this.head.framing.bytes : undefined;
  }
  get expectsContinue(): boolean {
    return this.head.expectContinue;
  }
  get handshake(): Handshake | HandshakeRefusal | undefined {
    return readHandshake(this.head);
  }

  goBy(rules: TransportRules): void {
    this.#connection.goBy(this, rules);
  }
  watch(watcher: ResponseWatcher | undefined): void {
    this.watcher = watcher;
  }
  readBody(sink: BodySink): void {
    try {
      this.#connection.readBody(this, sink);
    } catch (error) {
      this.#connection.onBug(error);
    }
  }
  resumeBody(): void {
    try {
      this.#connection.resumeBody(this);
    } catch (error) {
      this.#connection.onBug(error);
    }
  }
  respond(head: ResponseHead, body: Body): void {
    try {
      const standing = this.responseFilter && this.#putInFront(head, body === undefined ? 0 : body.length);
      if (standing !== undefined) {
        standing.respond(head, body);
        return;
      }
      this.#connection.respond(this, head, body);
    } catch (error) {
      this.#connection.onBug(error);
    }
  }
  begin(head: ResponseHead, length: number | undefined): void {
    try {
      const standing = this.responseFilter && this.#putInFront(head, length);
      if (standing !== undefined) {
        standing.begin(head, length);
        return;
      }
      this.#connection.begin(this, head, length);
    } catch (error) {
      this.#connection.onBug(error);
    }
  }
  /** Who watches the response hears of it through the responder that stands in front of this one from now on. */
  #putInFront(head: ResponseHead, length: number | undefined): Responder | undefined {
    const { responseFilter, watcher } = this;
    this.responseFilter = undefined;
    const standing = responseFilter?.responderFor(this, head, length);
    if (standing !== undefined) {
      standing.watch(watcher);
      this.responder = standing;
    }
    return standing;
  }
  write(bytes: Buffer | BorrowedBody): boolean {
    try {
      return this.#connection.write(this, bytes);
    } catch (error) {
      this.#connection.onBug(error);
      return true;
    }
  }
  writeFile(part: FilePart, sent: () => void): void {
    try {
      this.#connection.writeFile(this, part, sent);
    } catch (error) {
      this.#connection.onBug(error);
    }
  }
  hint(fields: ResponseFields): boolean {
    try {
      return this.#connection.hint(this, fields);
    } catch (error) {
      this.#connection.onBug(error);
      return true;
    }
  }
  trail(fields: ResponseFields): void {
    try {
      this.#connection.trail(this, fields);
    } catch (error) {
      this.#connection.onBug(error);
    }
  }
  end(): void {
    try {
      this.#connection.end(this);
    } catch (error) {
      this.#connection.onBug(error);
    }
  }
  acceptWebSocket(accept: WebSocketAccept, sink: WebSocketSink): WebSocketSession {
    return new GuardedSession(this.#connection.acceptWebSocket(this, accept, sink), this.#connection);
  }
  switchProtocols(head: ResponseHead, sink: TunnelSink): Tunnel | undefined {
    const tunnel = this.#connection.switchProtocols(this, head, sink);
    return tunnel && new GuardedTunnel(tunnel, this.#connection);
  }
  takeOver(status: number, sink: TunnelSink): Tunnel | undefined {
    const tunnel = this.#connection.takeOver(this, status, sink);
    return tunnel && new GuardedTunnel(tunnel, this.#connection);
  }
  cut(): void {
    try {
      this.#connection.cut(this);
    } catch (error) {
      this.#connection.onBug(error);
    }
  }
  refuse(status: number, detail?: string, fields?: ResponseFields): void {
    try {
      this.#connection.refuse(this, status, detail, fields);
    } catch (error) {
      this.#connection.onBug(error);
    }
  }
}
