/** Writes one response after another to a connection's output: head, body, framing. It is told what to send, never whether. */

import { forbidsBody } from '../../protocol/http/bodiless-status.ts';
import type { Body, BorrowedBody, FilePart, ResponseHead } from '../../protocol/http/exchange.ts';
import { releaseBody } from '../../protocol/http/release-body.ts';
import { CHUNK_END, renderChunk, renderChunkHead, renderLastChunk } from '../../protocol/http1/render-chunk.ts';
import type { RequestHead } from '../../protocol/http1/types.ts';
import type { Output } from './output.ts';
import type { ConnectionField, Delimiter, HeadRenderer } from './response-text.ts';
import { delimiterOf } from './response-text.ts';

/** Bodies that are larger than this are not copied into a chunk's buffer. */
const CHUNK_COPY_BYTES_MAX = 16_384;

/** What is asked about a response, and noted of it for what follows and for who is told that it is over. */
export interface AnsweredExchange {
  readonly head: Pick<RequestHead, 'method' | 'minor'>;
  status: number;
  bodyBytes: number;
  sentHead: ResponseHead | undefined;
  sentLength: number;
}

/** A reload may put another renderer in the place of this one. */
export interface HeadServices {
  readonly renderer: HeadRenderer;
  readonly date: () => string;
}

export class ResponseWriter {
  readonly #output: Output;
  readonly #services: HeadServices;
  #delimiter: Delimiter = 'none';
  /** The head of a response that has begun, until the first bytes of the body follow or the turn of the loop ends. */
  #head = '';
  #trailers = '';
  /** Of the head of the present response. */
  headBytes = 0;
  /** Of what delimits the chunks of its body so far. */
  chunkFrameBytes = 0;

  constructor(output: Output, services: HeadServices) {
    this.#output = output;
    this.#services = services;
  }

  /** The body of the response ends with the connection. */
  get endsWithConnection(): boolean {
    return this.#delimiter === 'close';
  }

  /** A whole response, with what it has to say of its body: for HEAD, and with a status that forbids one, none of it is sent. */
  respond(exchange: AnsweredExchange, head: ResponseHead, body: Body, connection: ConnectionField): void {
    const length = body === undefined ? 0 : body.length;
    noteSent(exchange, head, length);
    const isHead = exchange.head.method === 'HEAD';
    const delimiter = isHead && body === undefined ? 'none' : delimiterOf(head.status, length, exchange.head);
    if (length === 0 || isHead || forbidsBody(head.status)) {
      this.whole(head, delimiter, connection, undefined);
      releaseBody(body);
    } else {
      exchange.bodyBytes = length;
      this.whole(head, delimiter, connection, body);
    }
  }

  /** `body` undefined sends the head alone, whatever length it states. */
  whole(head: ResponseHead, delimiter: Delimiter, connection: ConnectionField, body: Body): void {
    const text = this.#services.renderer.render(head, delimiter, connection, this.#services.date());
    this.headBytes = text.length;
    this.chunkFrameBytes = 0;
    if (body === undefined) {
      this.#output.text(text);
    } else if (typeof body === 'string') {
      this.#output.text(text + body);
    } else if (Buffer.isBuffer(body)) {
      this.#output.joined(text, body);
    } else if (body.kind === 'borrowed') {
      this.#output.borrowed(text, body);
    } else {
      this.#output.text(text);
      this.#parts(body.parts, body.release);
    }
  }

  #parts(parts: readonly (FilePart | Buffer)[], release: () => void): void {
    let open = parts.length;
    const done = (): void => {
      open -= 1;
      if (open === 0) {
        release();
      }
    };
    for (const part of parts) {
      if (Buffer.isBuffer(part)) {
        this.#output.buffer(part);
        done();
      } else {
        this.#output.file(part, done);
      }
    }
  }

  begin(head: ResponseHead, delimiter: Delimiter, connection: ConnectionField): void {
    this.#delimiter = delimiter;
    this.#head = this.#services.renderer.render(head, delimiter, connection, this.#services.date());
    this.headBytes = this.#head.length;
    this.chunkFrameBytes = 0;
    // The first bytes of the body usually follow at once; if they do not, the head goes alone.
    process.nextTick(() => {
      try {
        this.flush();
      } catch (error) {
        this.#output.fail(error);
      }
    });
  }

  flush(): void {
    if (this.#head !== '') {
      this.#output.text(this.#takeHead());
    }
  }

  #takeHead(): string {
    const text = this.#head;
    this.#head = '';
    return text;
  }

  write(bytes: Buffer | BorrowedBody): void {
    const head = this.#head === '' ? '' : this.#takeHead();
    if (this.#delimiter !== 'chunked') {
      this.#send(head, bytes);
    } else if (bytes.length <= CHUNK_COPY_BYTES_MAX) {
      const chunk = renderChunk(
        Buffer.isBuffer(bytes) ? bytes : bytes.buffer.subarray(bytes.start, bytes.start + bytes.length),
      );
      this.chunkFrameBytes += chunk.length - bytes.length;
      this.#send(head, chunk);
    } else {
      this.#send(head + this.#chunkHead(bytes.length), bytes);
      this.#output.text(CHUNK_END);
    }
  }

  #send(text: string, bytes: Buffer | BorrowedBody): void {
    if (!Buffer.isBuffer(bytes)) {
      this.#output.borrowed(text, bytes);
    } else if (text === '') {
      this.#output.buffer(bytes);
    } else {
      this.#output.joined(text, bytes);
    }
  }

  file(part: FilePart, sent: () => void): void {
    const isChunked = this.#delimiter === 'chunked';
    const before = this.#takeHead() + (isChunked ? this.#chunkHead(part.length) : '');
    if (before !== '') {
      this.#output.text(before);
    }
    this.#output.file(part, sent);
    if (isChunked) {
      this.#output.text(CHUNK_END);
    }
  }

  #chunkHead(length: number): string {
    const text = renderChunkHead(length);
    this.chunkFrameBytes += text.length + CHUNK_END.length;
    return text;
  }

  /** Trailer fields, rendered: they need a chunked body. */
  trail(fields: string): void {
    this.#trailers = this.#delimiter === 'chunked' ? fields : '';
  }

  end(): void {
    const end = this.#delimiter === 'chunked' ? renderLastChunk(this.#trailers) : '';
    this.chunkFrameBytes += end.length;
    const last = this.#takeHead() + end;
    this.#trailers = '';
    if (last !== '') {
      this.#output.text(last);
    }
  }
}

/** In the access log: the client did not wait for a response (nginx's word for it). */
export const CLIENT_LEFT = 499;

/** `length`: -1 if the response states none. */
export function noteSent(exchange: AnsweredExchange, head: ResponseHead, length: number): void {
  exchange.status = head.status;
  exchange.sentHead = head;
  exchange.sentLength = length;
}
