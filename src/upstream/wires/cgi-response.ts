/**
 * A response in the form of CGI, whatever carries its bytes: its head, and then its body, to the end that Content-Length names or its carrier. What comes behind the body is told of
 * and dropped, as nginx does: applications do that, and a response that has ended cannot become another one, since the connection is not used again.
 */

import type { CgiHead, CgiHeadReader } from '../../protocol/http1/cgi-head.ts';
import type { Fault } from '../../protocol/http1/faults.ts';
import { isFault } from '../../protocol/http1/faults.ts';
import { Input } from '../../protocol/http1/input.ts';
import type { ResponseSink, UpstreamHead, UpstreamRequest } from '../wire.ts';
import type { CgiHeads } from './cgi-heads.ts';
import { endToEndFields } from './end-to-end-fields.ts';

export const CLOSED_EARLY = 'upstream prematurely closed connection';
const EXCESS = 'upstream sent more data than specified in "Content-Length" header';
const SWITCHING = 101;

/** What of the request decides how its response is read. */
export type AskedRequest = Pick<UpstreamRequest, 'method' | 'upgrade'>;

export class CgiResponse {
  readonly #request: AskedRequest;
  readonly #sink: ResponseSink;
  readonly #input = new Input();
  readonly #heads: CgiHeads;
  /** Of a head that is not the last one again. */
  #reader: CgiHeadReader | undefined;
  #phase: 'head' | 'body' | 'over' = 'head';
  /** Bytes of the body to come; Infinity if nobody knows. */
  #left = Infinity;

  constructor(request: AskedRequest, sink: ResponseSink, heads: CgiHeads) {
    this.#request = request;
    this.#sink = sink;
    this.#heads = heads;
  }

  /** The sink was told of an end: nothing more may come. */
  get isOver(): boolean {
    return this.#phase === 'over';
  }

  get isInHead(): boolean {
    return this.#phase === 'head';
  }

  /** All that Content-Length has promised has come, or there is none. */
  get isComplete(): boolean {
    return this.#phase !== 'head' && (this.#left === 0 || this.#left === Infinity);
  }

  get heldBytes(): number {
    return this.#input.length;
  }

  /** The bytes are borrowed until it returns. */
  feed(bytes: Buffer, start: number, end: number): void {
    if (this.#phase === 'head') {
      const known = this.#reader === undefined ? this.#heads.recall(bytes, start, end) : undefined;
      if (known === undefined) {
        this.#readHead(bytes.subarray(start, end));
      } else {
        const { length } = this.#heads;
        this.#begin(known);
        this.#readBody(bytes, start + length, end);
      }
    } else {
      this.#readBody(bytes, start, end);
    }
  }

  /** The body has its length, and its carrier knows no better end: the client need not wait for the connection to close. */
  endIfWhole(): void {
    if (this.#phase === 'body' && this.#left === 0) {
      this.#end();
    }
  }

  /** Nothing more comes. `isCut`: a body of unknown length has not come to its end. `text`: as the log has it, where it is too early. */
  close(text: string, isCut = false): void {
    if (this.#phase === 'over') {
      return;
    }
    if (this.isComplete && !(isCut && this.#left > 0)) {
      this.#end();
    } else {
      this.fail('closed', text);
    }
  }

  fail(fault: 'header' | 'body' | 'closed', text: string): void {
    if (this.#phase !== 'over') {
      this.#phase = 'over';
      this.#sink.onFault(fault, text);
    }
  }

  #end(): void {
    this.#phase = 'over';
    this.#sink.onEnd();
  }

  #readHead(bytes: Buffer): void {
    const input = this.#input;
    input.feed(bytes);
    this.#reader ??= this.#heads.newReader();
    const begin = input.at;
    const head = this.#reader.read(input);
    if (head === undefined) {
      input.keep();
      return;
    }
    const { bytes: read, at, end } = input;
    input.at = end;
    input.keep();
    if (isFault(head)) {
      this.fail('header', textOf(head));
    } else if (head.status === SWITCHING) {
      this.#switch(head, read.subarray(at, end));
    } else {
      this.#begin(this.#heads.keep(head, read, begin, at));
      this.#readBody(read, at, end);
    }
  }

  #switch(head: CgiHead, rest: Buffer): void {
    if (this.#request.upgrade === undefined) {
      this.fail('header', `upstream sent invalid status "${SWITCHING}"`);
      return;
    }
    this.#phase = 'over';
    const fields = endToEndFields(head.fields);
    const upgrade = head.fields.filter(({ lower }) => lower === 'upgrade');
    const { status, reason } = head;
    const switched = { status, reason, fields: [...upgrade, ...fields], bodyLength: undefined };
    this.#sink.onTunnel(switched, Buffer.from(rest));
  }

  #begin(head: UpstreamHead): void {
    const { status, bodyLength } = head;
    this.#phase = 'body';
    this.#sink.onHead(head);
    if (this.#request.method === 'HEAD' || status === 204 || status === 304) {
      // Whatever else comes is no body.
      this.#end();
      return;
    }
    this.#left = bodyLength ?? Infinity;
  }

  #readBody(bytes: Buffer, start: number, end: number): void {
    if (this.#phase !== 'body') {
      return;
    }
    const length = Math.min(end - start, this.#left);
    this.#left -= length;
    if (length > 0) {
      this.#sink.onData(bytes, start, start + length);
    }
    if (start + length < end && !this.isOver) {
      this.#sink.onNote('warn', EXCESS);
      this.#end();
    }
  }
}

/** nginx's words where it has some, then what is wrong. */
function textOf({ code, detail }: Fault): string {
  switch (code) {
    case 'http1.head-too-large':
      return 'upstream sent too big header';
    case 'http1.repeated-content-length':
    case 'http1.repeated-field':
      return `upstream sent duplicate header line: ${detail}`;
    case 'http1.bad-status-line':
      return `upstream sent invalid status: ${detail}`;
    default:
      return `upstream sent invalid header: ${detail}`;
  }
}
