/**
 * The responder of a response that is compressed. A whole body is compressed before its head leaves, anything else on its way. The page of a refusal may come in place of a
 * response that is being compressed, so each head is looked at.
 */

import type { Compression } from '../../../config/model/bodies.ts';
import { isLasting } from '../../../kernel/lasting-bytes.ts';
import type { Body, BorrowedBody, FilePart, Responder, ResponseHead } from '../../../protocol/http/exchange.ts';
import { PassingResponder } from '../../../protocol/http/passing-responder.ts';
import { releaseBody } from '../../../protocol/http/release-body.ts';
import { BodyChain } from '../../pipeline/filters/body-chain.ts';
import type { BodyWriter } from '../../pipeline/filters/body-writer.ts';
import { FILTER_LIMITS } from '../limits.ts';
import type { ZlibRecipe } from './coding.ts';
import { flushCode } from './coding.ts';
import type { CompressibleHeads } from './compressible-heads.ts';
import type { ThreadCompression } from './thread-compression.ts';
import { ZlibWriter } from './zlib-writer.ts';

const { compressionHereBytesMax, compressionHereLevelMax, compressionWholeBytesMax, compressionBodyBytesMax } =
  FILTER_LIMITS;

export interface ServeCoding {
  readonly coding: Compression['coding'];
  readonly recipe: ZlibRecipe;
  readonly key: string;
}

/** What a client is given: most bodies in the one, and short ones in the coding that is the quickest for them. */
export interface ChosenCodings {
  readonly usual: ServeCoding;
  readonly short: ServeCoding;
}

/** What all responses of a thread share. */
export interface ServeCompressionParts {
  readonly thread: ThreadCompression;
  readonly heads: CompressibleHeads;
  /** Shorter bodies are sent as they are. */
  readonly bytesMin: number;
  readonly onBug: (error: unknown) => void;
}

export class CompressingResponder extends PassingResponder {
  readonly #isHead: boolean;
  readonly #codings: ChosenCodings;
  readonly #compression: ServeCompressionParts;
  /** A body that is compressed on its way. */
  #chain: BodyChain | undefined;
  /** A whole body that is compressed: whoever has answered is done with the request. */
  #whole: ZlibWriter | undefined;

  constructor(below: Responder, isHead: boolean, codings: ChosenCodings, compression: ServeCompressionParts) {
    super(below);
    this.#isHead = isHead;
    this.#codings = codings;
    this.#compression = compression;
  }

  override respond(head: ResponseHead, body: Body): void {
    const length = body === undefined ? 0 : body.length;
    if (
      body === undefined ||
      length < this.#compression.bytesMin ||
      length > compressionBodyBytesMax ||
      !this.#compression.heads.isCompressible(head)
    ) {
      this.below.respond(head, body);
    } else if (this.#isHead) {
      // The same head as for GET, which does not know its length before the body is compressed.
      this.below.respond(this.#codedHead(head, this.#codingFor(length)), undefined);
      releaseBody(body);
    } else if (typeof body === 'object' && 'parts' in body) {
      this.#begin(head, length, false);
      this.#writeParts(head, body);
    } else {
      this.#respondWhole(head, body);
    }
  }

  #writeParts(head: ResponseHead, body: Exclude<Body, string | Buffer | BorrowedBody | undefined>): void {
    if (this.#chain === undefined) {
      this.below.respond(head, body);
    } else {
      this.#chain.writeWhole(body);
    }
  }

  #respondWhole(head: ResponseHead, body: string | Buffer | BorrowedBody): void {
    const { thread } = this.#compression;
    const coding = this.#codingFor(body.length);
    const source = isLasting(body) ? body : undefined;
    const form = source === undefined ? undefined : thread.cache.get(source, coding.key);
    if (form !== undefined) {
      this.below.respond(this.#codedHead(head, coding), form);
      return;
    }
    const bytes = bytesOf(body);
    if (isQuick(coding.recipe, bytes.length) && source === undefined) {
      this.#respondHere(head, body, bytes);
    } else if (bytes.length > compressionWholeBytesMax) {
      this.#begin(head, bytes.length, false);
      this.#endWhole(head, body, bytes);
    } else if (thread.pool.admit(coding.recipe, bytes.length)) {
      this.#respondLater(head, Buffer.isBuffer(body) ? bytes : Buffer.from(bytes), source);
    } else {
      this.below.respond(head, body);
    }
  }

  #endWhole(head: ResponseHead, body: Body, bytes: Buffer): void {
    if (this.#chain === undefined) {
      this.below.respond(head, body);
    } else {
      this.#chain.writeWhole(Buffer.isBuffer(body) ? bytes : Buffer.from(bytes));
    }
  }

  /** In this thread: a trip through the thread pool would cost more than the work. */
  #respondHere(head: ResponseHead, body: Body, bytes: Buffer): void {
    const { pool } = this.#compression.thread;
    const { short } = this.#codings;
    const { recipe } = short;
    const context = pool.take(recipe, bytes.length);
    if (context === undefined) {
      this.below.respond(head, body);
      return;
    }
    const output = pool.runHere(context, flushCode(recipe.kind, 'finish'), bytes, 0);
    if (output === undefined || output.length >= bytes.length) {
      pool.give(recipe, context, output !== undefined);
      this.below.respond(head, body);
      return;
    }
    const form = Buffer.from(output);
    pool.give(recipe, context, true);
    this.below.respond(this.#codedHead(head, short), form);
  }

  #respondLater(head: ResponseHead, bytes: Buffer, source: Buffer | undefined): void {
    const { thread } = this.#compression;
    const coding = this.#codingFor(bytes.length);
    const parts: Buffer[] = [];
    const end: BodyWriter = {
      write: (part) => {
        parts.push(part);
        return true;
      },
      flush: () => undefined,
      drained: () => undefined,
      drop: () => undefined,
      cut: () => this.below.respond(head, bytes),
      end: () => {
        this.#whole = undefined;
        const form = Buffer.concat(parts);
        if (source !== undefined) {
          thread.cache.put(source, coding.key, form);
        }
        if (form.length < bytes.length) {
          this.below.respond(this.#codedHead(head, coding), form);
        } else {
          this.below.respond(head, bytes);
        }
      },
    };
    const writer = new ZlibWriter(thread.pool, coding.recipe, end, end, { bytes: bytes.length });
    this.#whole = writer;
    writer.write(bytes);
    writer.end();
  }

  override begin(head: ResponseHead, length: number | undefined): void {
    const { heads, bytesMin } = this.#compression;
    const isMeant =
      (length === undefined || (length >= bytesMin && length <= compressionBodyBytesMax)) && heads.isCompressible(head);
    if (isMeant && this.#isHead) {
      this.below.begin(this.#codedHead(head, this.#codingFor(length)), undefined);
      return;
    }
    if (isMeant) {
      this.#begin(head, length, length === undefined);
    }
    if (this.#chain === undefined) {
      this.below.begin(head, length);
    }
  }

  /** The chain is there afterwards, if there is memory for it. */
  #begin(head: ResponseHead, length: number | undefined, flushesEachTurn: boolean): void {
    const { pool } = this.#compression.thread;
    const coding = this.#codingFor(length);
    const { recipe } = coding;
    if (!pool.admit(recipe, length)) {
      return;
    }
    this.below.begin(this.#codedHead(head, coding), undefined);
    this.#chain = new BodyChain(
      [(next, before) => new ZlibWriter(pool, recipe, next, before, { bytes: length })],
      this.below,
      {
        onSent: () => undefined,
        onDrain: () => super.onDrain(),
        onEnd: () => undefined,
        onFault: (error) => this.#compression.onBug(error),
      },
      flushesEachTurn,
    );
  }

  #codedHead(head: ResponseHead, { coding }: ServeCoding): ResponseHead {
    return this.#compression.heads.inCoding(head, coding);
  }

  #codingFor(length: number | undefined): ServeCoding {
    const { usual, short } = this.#codings;
    return length !== undefined && isQuick(short.recipe, length) ? short : usual;
  }

  override write(bytes: Buffer | BorrowedBody): boolean {
    return this.#chain === undefined ? super.write(bytes) : this.#chain.write(bytes);
  }

  override get hasCaughtUp(): boolean {
    return super.hasCaughtUp && this.#chain?.isIdle !== false;
  }

  override writeFile(part: FilePart, sent: () => void): void {
    if (this.#chain === undefined) {
      super.writeFile(part, sent);
    } else {
      this.#chain.writeFile(part, sent);
    }
  }

  override end(): void {
    if (this.#chain === undefined) {
      super.end();
    } else {
      this.#chain.end();
    }
  }

  override cut(): void {
    if (this.#chain === undefined) {
      super.cut();
    } else {
      this.#chain.cut();
    }
  }

  override onDrain(): void {
    if (this.#chain === undefined) {
      super.onDrain();
    } else {
      this.#chain.onDrain();
    }
  }

  override onGone(): void {
    this.#chain?.drop();
    if (this.#whole === undefined) {
      super.onGone();
    } else {
      this.#whole.drop();
    }
  }

  /** Whoever has given a whole body has no request any more that could be dropped. */
  override onClientEnd(): boolean {
    return this.#whole === undefined && super.onClientEnd();
  }
}

/** A body that is compressed in this thread, and faster so. */
function isQuick(recipe: ZlibRecipe, length: number): boolean {
  return recipe.kind === 'gzip' && recipe.level <= compressionHereLevelMax && length <= compressionHereBytesMax;
}

/** Borrowed bytes stay borrowed. */
function bytesOf(body: string | Buffer | BorrowedBody): Buffer {
  if (typeof body === 'string') {
    return Buffer.from(body, 'latin1');
  }
  return Buffer.isBuffer(body) ? body : body.buffer.subarray(body.start, body.start + body.length);
}
