/**
 * The server's side of HTTP/1.1: bytes in, requests out. It knows no socket, no time and no application; it decides nothing but
 * what the bytes mean, and refuses what could mean two things.
 *
 * Requests are handed out one at a time: after the last event of a request it pauses until `proceed`. A fault is final.
 *
 * The common request repeats something. If the bytes are those of the connection's last head, they are compared once and the
 * same RequestHead is returned; if only the request line differs, that line is parsed and the block is the same object; otherwise
 * the lines that differ are looked up in the thread's memo. Nothing of a body is ever made into text.
 *
 * Decisions where RFC 9112 and its implementations leave a choice:
 *
 * | what arrives | what is done |
 * |---|---|
 * | Content-Length twice, even equal, or as a list | 400 |
 * | Content-Length with Transfer-Encoding | 400 |
 * | Transfer-Encoding: anything but `chunked`, ending in chunked | 501; `identity` and what is no token 400 |
 * | Transfer-Encoding not ending in chunked, chunked twice, any in HTTP/1.0 | 400; where the configuration is one of nginx's, 501 unless it is said twice or in HTTP/1.0 |
 * | LF without CR as a line end (RFC: may) | 400, unless the configuration is one of nginx's: see bare-line-feeds.ts |
 * | HTTP/1.2 to HTTP/1.9 | read as HTTP/1.1 (RFC 9110 2.5); other majors 505 |
 * | Host missing in HTTP/1.1, twice, malformed, with userinfo or a comma | 400 |
 * | Host empty | 400 with a path as target in HTTP/1.1, else accepted |
 * | Host that differs from an absolute target | the target rules (RFC 9112 3.2.2) |
 * | Content-Type, Authorization, Proxy-Authorization twice | 400: reader and filter may take different ones |
 * | Expect, Content-Range and the fields of conditions twice | 400 where the configuration is one of nginx's |
 * | other fields twice | kept, in order: whoever reads them joins them |
 * | Expect: 100-continue, once or more often | answered once, before the body is read; ignored in HTTP/1.0 |
 * | Expect with anything else in it | 417; ignored in HTTP/1.0, and where the configuration is one of nginx's |
 * | Content-Length beyond 2^53, a method of more than 32 bytes | 400 |
 * | GET, HEAD, DELETE … with a body | accepted and framed |
 * | CONNECT with a body | 400 |
 * | a target with a control or a space | 400 |
 * | a target with a byte above 0x7e | 400, unless the configuration is one of nginx's |
 * | a target with `#` | 400, unless the configuration is one of nginx's: what is behind it is cut off |
 * | CRLF before the request line | skipped, a few |
 * | trailers | see trailers.ts |
 */

import { CR, isTokenCode, LF, SPACE } from '../http/grammar.ts';
import { BodyReader } from './body-reader.ts';
import type { Fault } from './faults.ts';
import { fault, isFault } from './faults.ts';
import type { FieldMemo } from './field-memo.ts';
import type { StartLine } from './head-reader.ts';
import { HeadReader } from './head-reader.ts';
import { Input } from './input.ts';
import type { Http1Limits } from './limits.ts';
import { HTTP1_LIMITS, REFUSED_LINE_BYTES_MAX } from './limits.ts';
import { NameFilter } from './name-filter.ts';
import { composeRequestHead } from './request-head.ts';
import type { RequestLine } from './request-line.ts';
import { parseRequestLine } from './request-line.ts';
import type { RequestEvent, RequestHead } from './types.ts';

export interface RequestParserOptions {
  readonly limits?: Partial<Http1Limits> | undefined;
  /** Shared by the connections of a thread. */
  readonly memo?: FieldMemo;
  /** What nginx takes or refuses otherwise than RFC 9112 has it holds here: lines of a head may end with LF alone, targets may have a fragment and bytes above ASCII. */
  readonly takesLineFeeds?: boolean;
  /** What names of fields look like that are taken; the others are left away. Undefined: all names are taken. */
  readonly fieldNames?: RegExp | undefined;
}

/** Where in the exchange of requests the connection is. */
export type RequestPhase = 'idle' | 'head' | 'body' | 'paused' | 'dead';

const STATE = { head: 0, body: 1, paused: 2, dead: 3 } as const;
type State = (typeof STATE)[keyof typeof STATE];

export class RequestParser {
  readonly #input = new Input();
  readonly #heads: HeadReader<RequestLine>;
  readonly #body: BodyReader;
  #state: State = STATE.head;
  #lastHead: RequestHead | undefined;
  #refusedLine = '';
  /** Of the head that was read last, as it came. */
  headBytes = 0;
  readonly #takesLineFeeds: boolean;
  readonly #names: NameFilter | undefined;

  constructor(options: RequestParserOptions = {}) {
    const limits = options.limits === undefined ? HTTP1_LIMITS : { ...HTTP1_LIMITS, ...options.limits };
    this.#heads = new HeadReader(requestStartLine(limits, options.takesLineFeeds === true), limits, options.memo);
    this.#body = new BodyReader(limits, options.memo);
    this.#takesLineFeeds = options.takesLineFeeds === true;
    this.#names = options.fieldNames && new NameFilter(options.fieldNames);
  }

  /** Gives the parser the first `length` bytes of `chunk`, which is borrowed until `next` returns undefined: its owner may then reuse the memory. */
  feed(chunk: Buffer, length: number = chunk.length): void {
    if (this.#state !== STATE.dead) {
      this.#input.feed(chunk, length);
    }
  }

  /** The next event, or undefined when more bytes are needed or the parser is paused. */
  next(): RequestEvent | undefined {
    const input = this.#input;
    let event: RequestEvent | undefined;
    if (this.#state === STATE.head) {
      event = input.at === input.end ? undefined : this.#readHead();
    } else if (this.#state === STATE.body) {
      event = this.#readBody();
    }
    if (event === undefined) {
      input.keep();
    }
    return event;
  }

  /** Nobody asks for the next event now: bytes that were fed and are not read are copied. */
  keep(): void {
    this.#input.keep();
  }

  /** The message is dealt with: read the next one. */
  proceed(): void {
    if (this.#state === STATE.paused) {
      this.#state = STATE.head;
    }
  }

  /** Unread bytes that the parser holds. While it is paused these belong to later requests. */
  get bufferedBytes(): number {
    return this.#input.length;
  }

  /** The rest of the body, to its end or to a fault, is among the unread bytes. */
  get holdsBodyEnd(): boolean {
    return this.#state === STATE.body && this.#body.holdsEnd(this.#input);
  }

  get isIdle(): boolean {
    return this.phase === 'idle';
  }

  get phase(): RequestPhase {
    switch (this.#state) {
      case STATE.head:
        return this.#input.length === 0 ? 'idle' : 'head';
      case STATE.body:
        return 'body';
      case STATE.paused:
        return 'paused';
      default:
        return 'dead';
    }
  }

  /**
   * The request line of the head that was refused, or of one that is not whole, as far as it has come: raw, so whoever logs it has to escape it. '' if there
   * is no such head.
   */
  get refusedLine(): string {
    return this.#state === STATE.head ? lineIn(this.#input, this.#input.at) : this.#refusedLine;
  }

  /** The peer has ended the connection. Called once `next` has returned undefined; returns what is wrong with that end. */
  eof(): Fault | undefined {
    switch (this.phase) {
      case 'head':
        return fault('http1.head-cut', 'the connection ended in the middle of a head');
      case 'body':
        return fault('http1.body-cut', 'the connection ended in the middle of a body');
      default:
        return undefined;
    }
  }

  /** The connection changes its protocol: takes the bytes that follow the message, and ends this parser. */
  takeRest(): Buffer {
    const rest = Buffer.from(this.#input.take(this.#input.length));
    this.#die();
    return rest;
  }

  #die(): void {
    this.#state = STATE.dead;
    this.#input.at = this.#input.end;
    this.#input.keep();
  }

  /** `begin`: where in the input the head begins. */
  #fail(refused: Fault, begin: number): RequestEvent {
    this.#refusedLine = lineIn(this.#input, begin);
    this.#die();
    return { kind: 'fault', fault: refused };
  }

  #readHead(): RequestEvent | undefined {
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
    if (result !== true) {
      return this.#fail(result, begin);
    }
    this.headBytes = this.#input.at - begin;
    let head = this.#lastHead;
    if (head === undefined || !heads.isRepeated) {
      const composed = composeRequestHead(
        heads.line,
        this.#names?.apply(heads.block) ?? heads.block,
        this.#takesLineFeeds,
      );
      if (isFault(composed)) {
        return this.#fail(composed, begin);
      }
      head = composed;
      this.#lastHead = heads.isRemembered ? head : undefined;
      heads.release();
    }
    if (head.framing.kind === 'none') {
      this.#state = STATE.paused;
    } else {
      this.#state = STATE.body;
      this.#body.start(head.framing);
    }
    return head;
  }

  #readBody(): RequestEvent | undefined {
    const event = this.#body.next(this.#input);
    if (event !== undefined && event.kind !== 'data') {
      if (event.kind === 'fault') {
        this.#die();
      } else {
        this.#state = STATE.paused;
      }
    }
    return event;
  }
}

/** The line behind any empty ones, without its end. */
function lineIn({ bytes, end }: Input, begin: number): string {
  let from = begin;
  while (from < end && isLineBreak(bytes[from])) {
    from += 1;
  }
  const limit = Math.min(end, from + REFUSED_LINE_BYTES_MAX);
  let to = from;
  while (to < limit && !isLineBreak(bytes[to])) {
    to += 1;
  }
  return bytes.latin1Slice(from, to);
}

function isLineBreak(code: number | undefined): boolean {
  return code === CR || code === LF;
}

function requestStartLine(limits: Http1Limits, isLenient: boolean): StartLine<RequestLine> {
  return {
    lineTooLong: (bytes, at) =>
      bytes.subarray(at, at + limits.methodBytesMax + 1).includes(SPACE)
        ? 'http1.request-line-too-long'
        : 'http1.method-too-long',
    emptyLinesMax: limits.emptyLinesMax,
    badFirstByte: (code) =>
      isTokenCode(code)
        ? undefined
        : fault('http1.bad-method', 'not the start of a request', String.fromCharCode(code)),
    parse: (line) => parseRequestLine(line, limits.methodBytesMax, isLenient),
  };
}
