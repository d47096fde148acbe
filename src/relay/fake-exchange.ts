/** A request of a client that is made up, and what the client is told. To tell it something twice is a fault of the gateway. */

import type {
  Body,
  BodySink,
  BorrowedBody,
  Exchange,
  FilePart,
  Responder,
  ResponseHead,
  ResponseWatcher,
  Tunnel,
  TunnelSink,
  WebSocketAccept,
  WebSocketRules,
  WebSocketSession,
  WebSocketSink,
} from '../protocol/http/exchange.ts';
import type { FakeRequestLine } from '../protocol/http/fake-request.ts';
import { FakeRequestHead } from '../protocol/http/fake-request.ts';
import type { ResponseFields } from '../protocol/http/response-fields.ts';
import { NO_FIELDS } from '../protocol/http/response-fields.ts';

export interface FakeRequest extends Omit<FakeRequestLine, 'path'> {
  readonly body?: Buffer;
  /** There is a body of unknown length, which the test gives to `sink`. */
  readonly isChunked?: boolean;
  /** There is a body of so many bytes, which the test gives to `sink`. */
  readonly bodyLength?: number;
}

const ENDINGS = /^(respond|end|cut|refuse)/;

export class FakeExchange extends FakeRequestHead implements Exchange, Responder {
  requestId: string;
  responder: Responder = this;
  route: object | undefined;
  responseFilter: undefined;
  hasCaughtUp = true;
  watcher: ResponseWatcher | undefined;
  readonly hasBody: boolean;
  readonly bodyLength: number | undefined;
  /**
   * What the client was told, in order: `respond 200 text`, `hint fields`, `accept subprotocol fields`, `text message`, `close 1000`, `begin 200 length`,
   * `write text`, `file length`, `end`, `cut`, `refuse 503 detail fields`.
   */
  readonly told: string[] = [];
  isOver = false;
  /** Who hears of the messages of a WebSocket, once it is accepted. */
  webSocket: WebSocketSink | undefined;
  /** Who hears of the client's bytes, once the connection is a tunnel. */
  tunnel: TunnelSink | undefined;
  /** False: the client of the WebSocket reads slowly. */
  takesMessages = true;
  /** False: the client reads a response slowly. */
  takesBytes = true;
  /** How often reading of the body was resumed. */
  resumes = 0;
  /** Who reads the body. */
  sink: BodySink | undefined;
  readonly #body: Buffer | undefined;

  /** `name` is its path without the slash, and its id. */
  constructor(name: string, { body, isChunked = false, bodyLength, ...line }: FakeRequest = {}) {
    super({ ...line, path: `/${name}` });
    this.requestId = name;
    this.bodyLength = body?.length ?? bodyLength;
    this.hasBody = this.bodyLength !== undefined || isChunked;
    this.#body = body;
  }

  readBody(sink: BodySink): void {
    this.sink = sink;
    if (this.#body !== undefined) {
      sink.data(this.#body);
      sink.end();
    }
  }

  resumeBody(): void {
    this.resumes += 1;
  }

  /** The client closes its connection. */
  leave(): void {
    this.watcher?.onGone();
  }

  watch(watcher: ResponseWatcher | undefined): void {
    this.watcher = watcher;
  }

  respond(head: ResponseHead, body: Body): void {
    this.#tell(`respond ${head.status} ${textOf(body)}`);
  }

  begin(head: ResponseHead, length: number | undefined): void {
    this.#tell(`begin ${head.status} ${length}`);
  }

  write(bytes: Buffer | BorrowedBody): boolean {
    this.#tell(`write ${textOf(bytes)}`);
    return this.takesBytes;
  }

  writeFile(part: FilePart, sent: () => void): void {
    this.#tell(`file ${part.length}`);
    sent();
  }

  hint({ text }: ResponseFields): boolean {
    this.#tell(`hint ${text.trimEnd()}`);
    return this.takesBytes;
  }

  trail({ text }: ResponseFields): void {
    this.#tell(`trail ${text.trimEnd()}`);
  }

  switchProtocols({ status, fields }: ResponseHead, sink: TunnelSink): Tunnel | undefined {
    this.#tell(`switch ${status} ${fields.text.trimEnd()}`);
    return this.#openTunnel(sink);
  }

  takeOver(status: number, sink: TunnelSink): Tunnel | undefined {
    this.#tell(`switch ${status}`);
    return this.#openTunnel(sink);
  }

  #openTunnel(sink: TunnelSink): Tunnel {
    this.tunnel = sink;
    return {
      write: (bytes) => {
        this.#tell(`raw ${String(bytes)}`);
        return this.takesBytes;
      },
      resume: () => this.#tell('resume'),
      end: () => this.#tell('end'),
    };
  }

  acceptWebSocket({ subprotocol, fields }: WebSocketAccept, sink: WebSocketSink): WebSocketSession {
    this.#tell(`accept ${subprotocol} ${fields.text}`.trimEnd());
    this.webSocket = sink;
    return {
      send: (isText, data) => {
        this.#tell(`${isText ? 'text' : 'binary'} ${data.length > 100 ? data.length : String(data)}`);
        return this.takesMessages;
      },
      resume: () => this.#tell('resume'),
      close: (code, reason) => this.#tell(`close ${code} ${reason}`.trimEnd()),
    };
  }

  end(): void {
    this.#tell('end');
  }

  cut(): void {
    this.#tell('cut');
  }

  refuse(status: number, detail: string = '', fields: ResponseFields = NO_FIELDS): void {
    this.#tell(`refuse ${status} ${detail}${fields.text}`.trimEnd());
  }

  #tell(what: string): void {
    if (this.isOver) {
      throw new Error(`${this.requestId} was told "${what}" after "${this.told.at(-1)}"`);
    }
    this.isOver = ENDINGS.test(what);
    this.told.push(what);
  }
}

function textOf(body: Body): string {
  if (typeof body !== 'object' || Buffer.isBuffer(body)) {
    return String(body ?? '');
  }
  if (body.kind === 'parts') {
    throw new Error('no worker sends parts');
  }
  return body.buffer.toString('utf8', body.start, body.start + body.length);
}

export const WEBSOCKET_RULES: WebSocketRules = {
  messageBytesMax: 1_000_000,
  messagesPerSecondMax: 0,
  pingIntervalMs: 0,
  pingTimeoutMs: 0,
  deflates: false,
};
