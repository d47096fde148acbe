/** An exchange without a connection: what a handler did with it can be read afterwards. */

import { readSync } from 'node:fs';
import type {
  Body,
  BodySink,
  Exchange,
  FilePart,
  Responder,
  ResponseHead,
  ResponseWatcher,
} from '../../../protocol/http/exchange.ts';
import type { FakeRequestLine } from '../../../protocol/http/fake-request.ts';
import { FakeRequestHead } from '../../../protocol/http/fake-request.ts';
import type { ResponseFields } from '../../../protocol/http/response-fields.ts';
import { NO_FIELDS } from '../../../protocol/http/response-fields.ts';

export interface FakeRequest extends FakeRequestLine {
  readonly hasBody?: boolean;
}

export interface FakeResponse {
  readonly status: number;
  readonly fields: ReadonlyMap<string, string>;
  /** Content-Length that the transport would state. */
  readonly length: number;
  readonly body: string;
  readonly isRefusal: boolean;
}

export class FakeExchange extends FakeRequestHead implements Exchange, Responder {
  readonly requestId = 'r-1';
  responder: Responder = this;
  route: object | undefined;
  responseFilter: undefined;
  hasCaughtUp = true;
  watcher: ResponseWatcher | undefined;
  readonly hasBody: boolean;
  readonly bodyLength = undefined;
  /** The answer, as soon as it is there. */
  readonly answered: Promise<FakeResponse>;
  response: FakeResponse | undefined;
  /** Set before the answer: keeps a parts body open until `release` is called. */
  holdsBody = false;
  release: () => void = () => undefined;
  wasCut = false;
  #resolve: (response: FakeResponse) => void = () => undefined;

  constructor({ hasBody = false, ...line }: FakeRequest) {
    super(line);
    this.hasBody = hasBody;
    this.answered = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  watch(watcher: ResponseWatcher | undefined): void {
    this.watcher = watcher;
  }

  respond(head: ResponseHead, body: Body): void {
    this.#answer(head.status, head.fields, body, false);
  }

  refuse(status: number, _detail?: string, fields: ResponseFields = NO_FIELDS): void {
    this.#answer(status, fields, undefined, true);
  }

  hint(): boolean {
    throw new Error('a file has no hints');
  }

  trail(): void {
    throw new Error('a file has no trailers');
  }

  acceptWebSocket(): never {
    throw new Error('a file is no WebSocket');
  }

  switchProtocols(): never {
    throw new Error('a file is no tunnel');
  }

  takeOver(): never {
    throw new Error('a file is no tunnel');
  }

  cut(): void {
    this.wasCut = true;
  }

  begin(): void {
    throw new Error('not for static files');
  }

  write(): boolean {
    throw new Error('not for static files');
  }

  writeFile(): void {
    throw new Error('not for static files');
  }

  end(): void {
    throw new Error('not for static files');
  }

  readBody(_sink: BodySink): void {
    throw new Error('not for static files');
  }

  resumeBody(): void {
    throw new Error('not for static files');
  }

  #answer(status: number, fields: ResponseFields, body: Body, isRefusal: boolean): void {
    if (this.response !== undefined) {
      throw new Error('answered twice');
    }
    const text = this.method === 'HEAD' ? '' : readBody(body);
    this.response = {
      status,
      fields: new Map(fields.lines.map(({ lower, value }) => [lower, value])),
      length: body?.length ?? 0,
      body: text,
      isRefusal,
    };
    if (typeof body === 'object' && 'release' in body) {
      if (this.holdsBody) {
        this.release = body.release;
      } else {
        body.release();
      }
    }
    this.#resolve(this.response);
  }
}

function readBody(body: Body): string {
  if (body === undefined || typeof body === 'string') {
    return body ?? '';
  }
  if ('start' in body) {
    throw new Error('no static file is borrowed');
  }
  const parts = Buffer.isBuffer(body) ? [body] : body.parts;
  return parts.map((part) => (Buffer.isBuffer(part) ? part.toString('latin1') : readPart(part))).join('');
}

function readPart({ fd, offset, length }: FilePart): string {
  const bytes = Buffer.alloc(length);
  const count = readSync(fd, bytes, 0, length, offset);
  return bytes.toString('latin1', 0, count);
}
