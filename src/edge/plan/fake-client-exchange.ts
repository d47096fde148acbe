/** What a client sees of its request, without a connection: everything that its responder was told. For tests. */

import { readSync } from 'node:fs';
import type {
  Body,
  BodySink,
  BorrowedBody,
  Exchange,
  FilePart,
  Responder,
  ResponseHead,
  ResponseWatcher,
} from '../../protocol/http/exchange.ts';
import type { FakeRequestLine } from '../../protocol/http/fake-request.ts';
import { FakeRequestHead } from '../../protocol/http/fake-request.ts';
import type { FinishedExchange } from '../../protocol/http/finished-exchange.ts';
import type { ResponseFilter } from '../../protocol/http/incoming-exchange.ts';
import type { ResponseFields } from '../../protocol/http/response-fields.ts';
import type { RequestPipeline } from '../transport/connection-services.ts';
import type { TransportRules } from '../transport/transport-rules.ts';

export class FakeClientExchange extends FakeRequestHead implements Exchange, Responder {
  readonly requestId = '0123456789abcdef0123456789abcdef';
  responder: Responder = this;
  responseFilter: ResponseFilter | undefined;
  route: object | undefined;
  hasCaughtUp = true;
  watcher: ResponseWatcher | undefined;
  hasBody = false;
  readonly startedMs = 0;
  bodyLength: number | undefined = undefined;
  head: ResponseHead | undefined;
  /** As it was stated; undefined: the body ends when it ends. */
  length: number | undefined;
  bytes: Buffer[] = [];
  trailers: ResponseFields | undefined;
  isOver = false;
  wasCut = false;
  /** The client reads nothing for now. */
  isSlow = false;
  readonly over: Promise<this>;
  #settle: (exchange: this) => void = () => undefined;
  readonly #pipeline: RequestPipeline;
  /** By which the connection goes. */
  rules: TransportRules | undefined;

  constructor(line: FakeRequestLine & { readonly bodyLength?: number }, pipeline: RequestPipeline) {
    super(line);
    this.#pipeline = pipeline;
    this.bodyLength = line.bodyLength;
    this.hasBody = line.bodyLength !== undefined;
    this.over = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  get status(): number {
    return this.head?.status ?? 0;
  }
  get body(): string {
    return Buffer.concat(this.bytes).toString('latin1');
  }
  /** Every value of the field, joined. */
  field(lower: string): string | undefined {
    return this.head?.fields.has(lower) === true ? this.head.fields.getAll(lower).join(', ') : undefined;
  }

  goBy(rules: TransportRules): void {
    this.rules = rules;
  }

  watch(watcher: ResponseWatcher | undefined): void {
    this.watcher = watcher;
  }

  respond(head: ResponseHead, body: Body): void {
    const standing = this.#putInFront(head, body?.length ?? 0);
    if (standing !== undefined) {
      standing.respond(head, body);
      return;
    }
    this.#note(head, body?.length ?? 0);
    if (this.method !== 'HEAD') {
      this.bytes.push(bytesOfBody(body));
    }
    if (typeof body === 'object' && 'release' in body) {
      body.release();
    }
    this.#finish();
  }

  begin(head: ResponseHead, length: number | undefined): void {
    const standing = this.#putInFront(head, length);
    if (standing === undefined) {
      this.#note(head, length);
    } else {
      standing.begin(head, length);
    }
  }

  #putInFront(head: ResponseHead, length: number | undefined): Responder | undefined {
    const { responseFilter, watcher } = this;
    this.responseFilter = undefined;
    const standing = responseFilter?.responderFor(this, head, length);
    standing?.watch(watcher);
    this.responder = standing ?? this.responder;
    return standing;
  }

  #note(head: ResponseHead, length: number | undefined): void {
    if (this.head !== undefined) {
      throw new Error('answered twice');
    }
    this.head = head;
    this.length = length;
  }

  write(bytes: Buffer | BorrowedBody): boolean {
    this.bytes.push(Buffer.from(bytesOfBody(bytes)));
    return !this.isSlow;
  }

  writeFile(part: FilePart, sent: () => void): void {
    this.bytes.push(readPart(part));
    sent();
  }

  trail(fields: ResponseFields): void {
    this.trailers = fields;
  }

  end(): void {
    this.#finish();
  }

  cut(): void {
    this.wasCut = true;
    this.#finish();
  }

  /** The client closes its connection: in the order in which a connection tells of it. */
  leave(): void {
    this.#finish();
    this.watcher?.onGone();
  }

  /** The client, which was slow, has read everything. */
  catchUp(): void {
    this.isSlow = false;
    this.watcher?.onDrain();
  }

  #finish(): void {
    if (this.isOver) {
      throw new Error('ended twice');
    }
    this.isOver = true;
    // No test looks at more than what an exchange is.
    this.#pipeline.onFinished?.(this as unknown as FinishedExchange);
    this.#settle(this);
  }

  refuse(status: number, detail?: string, fields?: ResponseFields): void {
    this.#pipeline.refuse(this, status, detail, fields);
  }

  hint(): boolean {
    return true;
  }
  acceptWebSocket(): never {
    throw new Error('no test asks for a WebSocket');
  }
  switchProtocols(): undefined {
    return undefined;
  }
  takeOver(): undefined {
    return undefined;
  }
  readBody(sink: BodySink): void {
    sink.data(Buffer.from('x'.repeat(this.bodyLength ?? 0)));
    sink.end();
  }
  resumeBody(): void {
    // The body was given at once.
  }
}

function bytesOfBody(body: Body): Buffer {
  if (body === undefined || typeof body === 'string') {
    return Buffer.from(body ?? '', 'latin1');
  }
  if (Buffer.isBuffer(body)) {
    return body;
  }
  return body.kind === 'borrowed'
    ? body.buffer.subarray(body.start, body.start + body.length)
    : Buffer.concat(body.parts.map((part) => (Buffer.isBuffer(part) ? part : readPart(part))));
}

function readPart({ fd, offset, length }: FilePart): Buffer {
  const bytes = Buffer.alloc(length);
  readSync(fd, bytes, 0, length, offset);
  return bytes;
}
