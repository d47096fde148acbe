/**
 * The client's side of HTTP/1.1, for the servers behind us: the same grammar and the same framing as the server's side, because
 * a proxy that reads its two sides differently is how messages are smuggled. Its faults have the status 502.
 *
 * `expect` names the method of the request that was sent; a response is read for each, interim ones (1xx) first. Bytes that come
 * when nothing is expected are a fault: a connection on which they arrive must not carry another request.
 */

import { BodyReader } from './body-reader.ts';
import type { Fault } from './faults.ts';
import { asUpstreamFault, fault, isFault } from './faults.ts';
import type { ParsedBlock } from './field-block.ts';
import type { FieldMemo } from './field-memo.ts';
import { bodyFraming, keepsAlive, UNTIL_CLOSE } from './framing.ts';
import type { StartLine } from './head-reader.ts';
import { HeadReader } from './head-reader.ts';
import { Input } from './input.ts';
import type { Http1Limits } from './limits.ts';
import { HTTP1_LIMITS } from './limits.ts';
import type { StatusLine } from './status-line.ts';
import { parseStatusLine } from './status-line.ts';
import type { ResponseEvent, ResponseHead } from './types.ts';

export interface ResponseParserOptions {
  readonly limits?: Partial<Http1Limits>;
  readonly memo?: FieldMemo;
  /** Heads whose lines end with LF alone are read: see bare-line-feeds.ts. */
  readonly takesLineFeeds?: boolean;
}

export type ResponsePhase = 'idle' | 'head' | 'body' | 'tunnel' | 'dead';

const FIRST_BYTE = 0x48;
const NO_CONTENT = 204;

const START_LINE: StartLine<StatusLine> = {
  lineTooLong: () => 'http1.bad-status-line',
  emptyLinesMax: 0,
  badFirstByte: (code) =>
    code === FIRST_BYTE
      ? undefined
      : fault('http1.bad-status-line', 'not the start of a response', String.fromCharCode(code)),
  parse: parseStatusLine,
};

export class ResponseParser {
  readonly #input = new Input();
  readonly #heads: HeadReader<StatusLine>;
  readonly #body: BodyReader;
  #phase: ResponsePhase = 'idle';
  #method = '';
  /** The head that was read last, if its bytes are remembered, and to which method it was the response. */
  #lastHead: ResponseHead | undefined;
  #lastMethod = '';
  #hasEnded = false;
  #interimHeads = 0;
  readonly #interimHeadsMax: number;
  readonly #takesLineFeeds: boolean;

  constructor(options: ResponseParserOptions = {}) {
    const limits = options.limits === undefined ? HTTP1_LIMITS : { ...HTTP1_LIMITS, ...options.limits };
    this.#heads = new HeadReader(START_LINE, limits, options.memo);
    this.#body = new BodyReader(limits, options.memo);
    this.#interimHeadsMax = limits.interimHeadsMax;
    this.#takesLineFeeds = options.takesLineFeeds ?? false;
  }

  /** A request with this method was sent, and the response to the one before is complete. */
  expect(method: string): void {
    if (this.#phase === 'idle') {
      this.#phase = 'head';
      this.#method = method;
      this.#interimHeads = 0;
    }
  }

  /** `chunk` is borrowed until `next` returns undefined; its owner may then reuse the memory. */
  feed(chunk: Buffer): void {
    if (this.#phase !== 'dead') {
      this.#input.feed(chunk);
    }
  }

  /** The next event, or undefined when more bytes are needed. */
  next(): ResponseEvent | undefined {
    const event = this.#read();
    if (event === undefined) {
      this.#input.keep();
    }
    return event;
  }

  get phase(): ResponsePhase {
    return this.#phase;
  }

  /** Unread bytes that it holds. */
  get bufferedBytes(): number {
    return this.#input.length;
  }

  /** Between messages, with nothing unread: the connection may carry another request if the last response said so. */
  get isIdle(): boolean {
    return this.#phase === 'idle' && this.#input.length === 0;
  }

  /** The peer has ended the connection: a fault if that cuts a message, else `next` may have an `end` to tell. */
  eof(): Fault | undefined {
    this.#hasEnded = true;
    if (this.#phase === 'head') {
      return asUpstreamFault(fault('http1.head-cut', 'the connection ended before the response'));
    }
    return this.#phase === 'body' && !this.#body.isUntilClose
      ? asUpstreamFault(fault('http1.body-cut', 'the connection ended in the middle of a body'))
      : undefined;
  }

  /** After a head that opens a tunnel: takes the bytes that follow it, and ends this parser. */
  takeRest(): Buffer {
    const rest = Buffer.from(this.#input.take(this.#input.length));
    this.#die();
    return rest;
  }

  #die(): void {
    this.#phase = 'dead';
    this.#input.at = this.#input.end;
    this.#input.keep();
  }

  #fail(refused: Fault): ResponseEvent {
    this.#die();
    return { kind: 'fault', fault: asUpstreamFault(refused) };
  }

  #read(): ResponseEvent | undefined {
    switch (this.#phase) {
      case 'idle':
        return this.#input.length === 0
          ? undefined
          : this.#fail(fault('http1.unexpected-response', 'bytes that answer no request'));
      case 'head':
        return this.#input.length === 0 ? undefined : this.#readHead();
      case 'body':
        return this.#readBody();
      default:
        return undefined;
    }
  }

  #readHead(): ResponseEvent | undefined {
    const heads = this.#heads;
    const begin = this.#input.at;
    let result =
      this.#takesLineFeeds && heads.isLoose ? heads.readLoosely(this.#input, begin) : heads.read(this.#input);
    if (isFault(result) && this.#takesLineFeeds && result.code === 'http1.bare-line-break') {
      result = heads.readLoosely(this.#input, begin);
    }
    if (result === false) {
      return undefined;
    }
    const head = result === true ? this.#compose() : result;
    if (isFault(head)) {
      return this.#fail(head);
    }
    if (head.isTunnel) {
      this.#phase = 'tunnel';
    } else if (head.isInterim) {
      return this.#countInterim(head);
    } else {
      this.#phase = head.framing.kind === 'none' ? 'idle' : 'body';
      this.#body.start(head.framing);
    }
    return head;
  }

  /** Of what repeats, to the same method, it is the same object. */
  #compose(): ResponseHead | Fault {
    const heads = this.#heads;
    if (this.#lastHead !== undefined && heads.isRepeated && this.#lastMethod === this.#method) {
      return this.#lastHead;
    }
    const head = composeHead(heads.line, heads.block, this.#method);
    this.#lastHead = heads.isRemembered && !isFault(head) ? head : undefined;
    this.#lastMethod = this.#method;
    heads.release();
    return head;
  }

  #countInterim(head: ResponseHead): ResponseEvent {
    this.#interimHeads += 1;
    return this.#interimHeads > this.#interimHeadsMax
      ? this.#fail(fault('http1.too-many-interim-responses', 'interim responses without end'))
      : head;
  }

  #readBody(): ResponseEvent | undefined {
    const event = this.#body.next(this.#input);
    if (event === undefined && this.#hasEnded && this.#body.isUntilClose) {
      this.#phase = 'idle';
      return { kind: 'end', trailers: [] };
    }
    if (event?.kind === 'fault') {
      return this.#fail(event.fault);
    }
    if (event?.kind === 'end') {
      this.#phase = 'idle';
    }
    return event;
  }
}

function composeHead(line: StatusLine, block: ParsedBlock, method: string): ResponseHead | Fault {
  const { minor, status, reason } = line;
  const framing = bodyFraming({ kind: 'response', method, minor, status }, block);
  if (isFault(framing)) {
    return framing;
  }
  const isInterim = status < 200 && status !== 101;
  const announcesBody = block.transferCodings.length > 0 || (block.contentLength ?? 0) > 0;
  if (isInterim && announcesBody) {
    return fault('http1.body-not-allowed', 'an interim response with a body');
  }
  const isTunnel = status === 101 || (method === 'CONNECT' && status >= 200 && status < 300);
  return {
    kind: 'head',
    status,
    reason,
    minor,
    block,
    framing,
    // A server that sends the body that 204 cannot have would have it taken for the response to the next request.
    keepAlive:
      !isTunnel &&
      framing !== UNTIL_CLOSE &&
      !(status === NO_CONTENT && announcesBody) &&
      keepsAlive(block.connection, minor),
    isInterim,
    isTunnel,
  };
}
