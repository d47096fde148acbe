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
} from '../../protocol/http/exchange.ts';
import type { FieldBlock, RequestHead } from '../../protocol/http1/types.ts';
import type { Http1Connection } from './http1-connection.ts';

export class Http1Exchange implements Exchange, Responder {
  readonly head: RequestHead;
  readonly path: string;
  readonly client: Client;
  readonly origin: Origin;
  readonly requestId: string;
  watcher: ResponseWatcher | undefined;
  /** For the access log: when the head was read, the status sent, body bytes sent. */
  readonly startedMs: number;
  status = 0;
  bodyBytes = 0;
  /** When the application was given the request and when it answered, if it was asked. */
  readonly #connection: Http1Connection;

  constructor(
    connection: Http1Connection,
    head: RequestHead,
    path: string,
    client: Client,
    origin: Origin,
    requestId: string,
    startedMs: number,
  ) {
    this.#connection = connection;
    this.head = head;
    this.path = path;
    this.client = client;
    this.origin = origin;
    this.requestId = requestId;
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

  readBody(sink: BodySink): void {
    this.#connection.readBody(sink);
  }
  resumeBody(): void {
    this.#connection.resumeBody();
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
  end(): void {
    this.#connection.end(this);
  }
  cut(): void {
    this.#connection.cut(this);
  }
  refuse(status: number, detail?: string, fields?: string): void {
    this.#connection.refuse(this, status, detail, fields);
  }
}
