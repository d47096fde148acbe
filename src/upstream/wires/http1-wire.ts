/**
 * HTTP/1.0 and 1.1 as servers behind us are asked in it. A request is written anew from its parts, and a response is read by the strict parser: what two readers could
 * delimit differently never passes in either direction.
 */

import type { Field } from '../../protocol/http/fields.ts';
import type { Fault } from '../../protocol/http1/faults.ts';
import { FieldMemo } from '../../protocol/http1/field-memo.ts';
import { CHUNK_END, LAST_CHUNK, renderChunkHead } from '../../protocol/http1/render-chunk.ts';
import { renderRequestHead } from '../../protocol/http1/render-head.ts';
import { ResponseParser } from '../../protocol/http1/response-parser.ts';
import type { Http1Block, ResponseHead } from '../../protocol/http1/types.ts';
import type { BodyFraming, ResponseReader, ResponseSink, UpstreamHead, UpstreamRequest, Wire } from '../wire.ts';

export interface Http1WireOptions {
  readonly version: '1.0' | '1.1';
  /** A response whose head is longer is a fault. */
  readonly headBytesMax: number;
}

const CHUNKED: BodyFraming = {
  pieceBytesMax: Infinity,
  before: renderChunkHead,
  behind: () => CHUNK_END,
  end: LAST_CHUNK,
};

/** Servers may send more fields than clients may: `headBytesMax` is what bounds them. */
const FIELDS_MAX = 1000;
/** Parsers that wait for a next response. Each knows the last head that it has read, and those of one server repeat. */
const SPARE_PARSERS_MAX = 64;

/** Lines that responses repeat, of all servers. */
const MEMO = new FieldMemo();

export class Http1Wire implements Wire {
  readonly bodies: Wire['bodies'];
  readonly #minor: 0 | 1;
  readonly #limits: { readonly headBytesMax: number; readonly fieldsMax: number };
  readonly #spare: ResponseParser[] = [];

  constructor({ version, headBytesMax }: Http1WireOptions) {
    this.#minor = version === '1.1' ? 1 : 0;
    // HTTP/1.0 has no chunks.
    this.bodies = version === '1.1' ? 'any' : 'known-length';
    this.#limits = { headBytesMax, fieldsMax: FIELDS_MAX };
  }

  renderHead(request: UpstreamRequest): Buffer {
    const { method, target, fields } = request;
    const text = renderRequestHead(method, target, [...fields, ...this.#ownFields(request)], this.#minor);
    return Buffer.from(text, 'latin1');
  }

  /** Of the hop: the connection, and how the body is delimited. */
  #ownFields({ upgrade, keepsConnection, bodyLength, method }: UpstreamRequest): Pick<Field, 'name' | 'value'>[] {
    const own: Pick<Field, 'name' | 'value'>[] = [];
    if (upgrade !== undefined) {
      own.push({ name: 'Connection', value: 'upgrade' }, { name: 'Upgrade', value: upgrade });
    } else if (!keepsConnection) {
      own.push({ name: 'Connection', value: 'close' });
    } else if (this.#minor === 0) {
      own.push({ name: 'Connection', value: 'keep-alive' });
    }
    if (bodyLength === undefined) {
      own.push({ name: 'Transfer-Encoding', value: 'chunked' });
    } else if (bodyLength > 0 || EXPECTING_BODIES.has(method)) {
      own.push({ name: 'Content-Length', value: String(bodyLength) });
    }
    return own;
  }

  framingOf({ bodyLength }: UpstreamRequest): BodyFraming | undefined {
    return bodyLength === undefined ? CHUNKED : undefined;
  }

  newReader(request: UpstreamRequest, sink: ResponseSink): ResponseReader {
    const parser = this.#spare.pop() ?? new ResponseParser({ limits: this.#limits, memo: MEMO, takesLineFeeds: true });
    return new Http1Reader(parser, request, sink, this);
  }

  /** The parser is done with its response, and knows nothing of the connection. */
  keep(parser: ResponseParser): void {
    if (this.#spare.length < SPARE_PARSERS_MAX) {
      this.#spare.push(parser);
    }
  }
}

/** A server may wait for the body of these until it is told that there is none (RFC 9110 8.6). */
const EXPECTING_BODIES: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/** nginx's words for bytes behind a response, which nobody has asked for: its connection is not used again. */
const EXCESS = 'upstream sent more data than specified in "Content-Length" header';
const EXCESS_OF_CHUNKS = 'upstream sent data after final chunk';

class Http1Reader implements ResponseReader {
  readonly #parser: ResponseParser;
  readonly #request: UpstreamRequest;
  readonly #sink: ResponseSink;
  readonly #wire: Http1Wire;
  #hasHead = false;
  #isOver = false;
  #hasEnded = false;
  #keepsAlive = false;
  #isChunked = false;
  isReusable = false;

  constructor(parser: ResponseParser, request: UpstreamRequest, sink: ResponseSink, wire: Http1Wire) {
    this.#parser = parser;
    this.#request = request;
    this.#sink = sink;
    this.#wire = wire;
    parser.expect(request.method);
  }

  get heldBytes(): number {
    return this.#isOver ? 0 : this.#parser.bufferedBytes;
  }

  feed(bytes: Buffer): void {
    if (this.#isOver) {
      this.isReusable = false; // Nobody has asked for these.
      return;
    }
    this.#parser.feed(bytes);
    this.#read();
  }

  end(): void {
    if (this.#isOver) {
      return;
    }
    this.#hasEnded = true;
    const cut = this.#parser.eof();
    if (cut !== undefined) {
      this.#isOver = true;
      this.#sink.onFault('closed', 'upstream prematurely closed connection');
      return;
    }
    this.#read();
  }

  #read(): void {
    while (!this.#isOver) {
      const event = this.#parser.next();
      switch (event?.kind) {
        case undefined:
          return;
        case 'head':
          this.#onHead(event);
          break;
        case 'data':
          this.#onData(event.bytes);
          break;
        case 'end':
          if (event.trailers.length > 0) {
            this.#sink.onTrailers(event.trailers);
          }
          this.#onEnd();
          break;
        case 'fault':
          this.#onFault(event.fault);
          break;
      }
    }
  }

  #onHead(head: ResponseHead): void {
    if (head.isInterim) {
      this.#sink.onInterim(upstreamHead(head, this.#request.method));
      return;
    }
    if (head.isTunnel) {
      this.#onTunnel(head);
      return;
    }
    this.#hasHead = true;
    this.#isChunked = head.framing.kind === 'chunked';
    this.#keepsAlive = head.keepAlive;
    this.#sink.onHead(upstreamHead(head, this.#request.method));
    if (head.framing.kind === 'none') {
      this.#onEnd();
    }
  }

  /** The bytes lie in what was fed, or in memory of the parser. */
  #onData(bytes: Buffer): void {
    this.#sink.onData(bytes, 0, bytes.length);
  }

  #onTunnel(head: ResponseHead): void {
    this.#isOver = true;
    if (head.status === 101 && this.#request.upgrade === undefined) {
      this.#sink.onFault('header', 'upstream sent a change of the protocol that nobody has asked for');
      return;
    }
    this.#sink.onTunnel(upstreamHead(head, this.#request.method), this.#parser.takeRest());
  }

  #onEnd(): void {
    this.#isOver = true;
    const parser = this.#parser;
    this.isReusable = this.#keepsAlive && parser.isIdle;
    if (parser.bufferedBytes > 0) {
      this.#sink.onNote('warn', this.#isChunked ? EXCESS_OF_CHUNKS : EXCESS);
    }
    // One that was told of the end of its connection would take that for the end of the next one as well.
    if (parser.isIdle && !this.#hasEnded) {
      this.#wire.keep(parser);
    }
    this.#sink.onEnd();
  }

  #onFault(fault: Fault): void {
    this.#isOver = true;
    if (this.#hasHead) {
      this.#sink.onFault('body', `upstream sent invalid chunked response: ${fault.detail}`);
    } else {
      this.#sink.onFault('header', headFault(fault));
    }
  }
}

/** nginx's words. `detail` is escaped. */
function headFault({ code, detail }: Fault): string {
  switch (code) {
    case 'http1.head-too-large':
    case 'http1.too-many-fields':
      return 'upstream sent too big header';
    case 'http1.bad-status-line':
    case 'http1.unsupported-version':
      return `upstream sent no valid HTTP/1.0 header: ${detail}`;
    default:
      return `upstream sent invalid header: ${detail}`;
  }
}

/** Fields of the connection, which are nobody's behind it (RFC 9110 7.6.1). `Upgrade`, which `Connection` always names, stays where the status is about it. */
const OF_THE_HOP: ReadonlySet<string> = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'te', 'transfer-encoding', 'content-length'],
]);
const ABOUT_UPGRADES: ReadonlySet<number> = new Set([101, 426]);

/** The head that was read last. */
interface LastHead {
  readonly response: ResponseHead;
  readonly block: Http1Block;
  readonly method: string;
  readonly head: UpstreamHead;
}

let last: LastHead | undefined;

/**
 * Responses of a server repeat, whichever connection they come on, and a head that repeats is the same object: whoever makes something of it can remember it by
 * the head. Lines that repeat are the same objects already, by the memo.
 */
function upstreamHead(response: ResponseHead, method: string): UpstreamHead {
  const { block, framing } = response;
  if (
    last !== undefined &&
    ((last.response === response && last.method === method) || isSame(last, response, method))
  ) {
    return last.head;
  }
  const { status, reason } = response;
  const keepsUpgrade = ABOUT_UPGRADES.has(status);
  const fields = block.fields.filter(({ lower }) =>
    lower === 'upgrade' ? keepsUpgrade : !OF_THE_HOP.has(lower) && !block.connection.includes(lower),
  );
  const head = { status, reason, fields, bodyLength: lengthOf(framing, block) };
  last = { response, block, method, head };
  return head;
}

function isSame(before: LastHead, { status, reason, block }: ResponseHead, method: string): boolean {
  const { head } = before;
  if (head.status !== status || head.reason !== reason || before.method !== method) {
    return false;
  }
  const { fields } = block;
  const others = before.block.fields;
  return (
    block === before.block ||
    (fields.length === others.length && fields.every((field, index) => field === others[index]))
  );
}

function lengthOf(framing: ResponseHead['framing'], { contentLength }: Http1Block): number | undefined {
  // Of a response to HEAD, and of 304, the length that there would be.
  return framing.kind === 'length' ? framing.bytes : framing.kind === 'none' ? contentLength : undefined;
}
