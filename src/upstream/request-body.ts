/** The body of a request, as it is sent to a server: from its beginning each time, if it was read whole; or as it comes from the client, once. */

import type { BodyLoss, BodySink, Exchange } from '../protocol/http/exchange.ts';
import type { CollectedBody } from '../relay/body/body-collector.ts';
import type { SpoolFile } from '../relay/spool/spool-file.ts';
import { UPSTREAM_LIMITS } from './limits.ts';

export type LostBody = BodyLoss | 'file';

/** Who sends it on. */
export interface BodyTaker {
  /** The bytes are borrowed until it returns. False: no more until `resume`. */
  take(bytes: Buffer): boolean;
  /** As many of `length` bytes as can leave at once, in one call; where that is none, `take` has them. Absent: it never is. */
  takeAtOnce?(pieces: readonly Buffer[], length: number): number;
  /** `last`: the bytes in front of the end, which leave with it. */
  finish(last?: Buffer): void;
  /** The rest will not come. `file`: it cannot be read. */
  fail(why: LostBody): void;
}

export interface RequestBody {
  /** Undefined: it is not known. */
  readonly length: number | undefined;
  /** It can be sent again. */
  readonly isRepeatable: boolean;
  /** Gives it to the taker from its beginning. */
  start(taker: BodyTaker): void;
  /** The taker has room again. */
  resume(): void;
  /** The taker wants nothing more. */
  stop(): void;
}

export const NO_BODY: RequestBody = {
  length: 0,
  isRepeatable: true,
  start: (taker) => taker.finish(),
  resume: () => undefined,
  stop: () => undefined,
};

/** The body in memory. Whoever has it keeps the bytes as long as it may be sent. */
export class BodyInMemory implements RequestBody {
  readonly length: number;
  readonly isRepeatable = true;
  readonly #pieces: readonly Buffer[];
  #taker: BodyTaker | undefined;
  #piece = 0;
  #at = 0;

  constructor(pieces: readonly Buffer[]) {
    this.#pieces = pieces;
    this.length = pieces.reduce((sum, { length }) => sum + length, 0);
  }

  start(taker: BodyTaker): void {
    this.#taker = taker;
    this.#piece = 0;
    this.#at = 0;
    this.resume();
  }

  resume(): void {
    while (this.#passAtOnce()) {
      // A server that takes all that is given to it is given more.
    }
    for (let piece = this.#pieces[this.#piece]; piece !== undefined; piece = this.#pieces[this.#piece]) {
      const from = this.#at;
      const to = Math.min(piece.length, from + UPSTREAM_LIMITS.pieceBytes);
      this.#pass(to - from);
      const taker = this.#taker;
      if (taker === undefined || (from < to && !taker.take(piece.subarray(from, to)))) {
        return;
      }
    }
    const taker = this.#taker;
    this.#taker = undefined;
    taker?.finish();
  }

  /** False: all is passed on, or nobody takes more at present. */
  #passAtOnce(): boolean {
    const pieces: Buffer[] = [];
    let length = 0;
    let from = this.#at;
    for (let index = this.#piece; index < this.#pieces.length && length < UPSTREAM_LIMITS.atOnceBytes; index += 1) {
      const piece = this.#pieces[index]!;
      const to = Math.min(piece.length, from + UPSTREAM_LIMITS.atOnceBytes - length);
      pieces.push(piece.subarray(from, to));
      length += to - from;
      from = 0;
    }
    // What fits into one piece leaves with the head.
    const taken = length <= UPSTREAM_LIMITS.pieceBytes ? 0 : (this.#taker?.takeAtOnce?.(pieces, length) ?? 0);
    this.#pass(taken);
    return length > 0 && taken === length;
  }

  /** So many bytes were taken. */
  #pass(bytes: number): void {
    this.#at += bytes;
    for (let piece = this.#pieces[this.#piece]; piece !== undefined && this.#at >= piece.length; ) {
      this.#at -= piece.length;
      this.#piece += 1;
      piece = this.#pieces[this.#piece];
    }
  }

  stop(): void {
    this.#taker = undefined;
  }
}

/** The body in a file. */
export class BodyInFile implements RequestBody {
  readonly length: number;
  readonly isRepeatable = true;
  readonly #file: SpoolFile;
  #taker: BodyTaker | undefined;
  #at = 0;
  #isReading = false;

  constructor(file: SpoolFile, length: number) {
    this.#file = file;
    this.length = length;
  }

  start(taker: BodyTaker): void {
    this.#taker = taker;
    this.#at = 0;
    this.resume();
  }

  resume(): void {
    const taker = this.#taker;
    if (taker === undefined || this.#isReading) {
      return;
    }
    if (this.#at >= this.length) {
      this.#taker = undefined;
      taker.finish();
      return;
    }
    this.#isReading = true;
    const offset = this.#at;
    const length = Math.min(UPSTREAM_LIMITS.fileReadBytes, this.length - offset);
    this.#file.read(offset, length, (error, bytes) => {
      this.#isReading = false;
      if (this.#taker !== taker) {
        this.resume(); // It was begun anew meanwhile.
      } else if (error !== null || bytes.length === 0) {
        this.#taker = undefined;
        taker.fail('file');
      } else {
        this.#at = offset + bytes.length;
        if (taker.take(bytes)) {
          this.resume();
        }
      }
    });
  }

  stop(): void {
    this.#taker = undefined;
  }
}

export function bodyOf({ bytes, file, length }: CollectedBody): RequestBody {
  if (file !== undefined) {
    return new BodyInFile(file, length);
  }
  return bytes === undefined || length === 0 ? NO_BODY : new BodyInMemory(bytes.pieces);
}

/** `text`: latin-1. */
export function bodyOfText(text: string): RequestBody {
  return text === '' ? NO_BODY : new BodyInMemory([Buffer.from(text, 'latin1')]);
}

export type BodySource = Pick<Exchange, 'bodyLength' | 'readBody' | 'resumeBody'>;

/** A piece that may wait for the next one. */
const SHORT_BYTES = 4096;

/** The body as the client sends it, which waits while the server takes none. */
export class StreamedBody implements RequestBody, BodySink {
  readonly length: number | undefined;
  readonly isRepeatable = false;
  readonly #source: BodySource;
  #taker: BodyTaker | undefined;
  #hasStarted = false;
  /** A short piece whose turn is not over: the end may come with it, and then both leave in one write. */
  #last: Buffer | undefined;
  /** The taker has no room for what was passed on behind its turn. */
  #isFull = false;
  readonly #onTurnOver = (): void => {
    this.#passLast();
  };

  constructor(source: BodySource) {
    this.length = source.bodyLength;
    this.#source = source;
  }

  start(taker: BodyTaker): void {
    this.#taker = taker;
    if (this.#hasStarted) {
      throw new Error('a body that streams was sent twice');
    }
    this.#hasStarted = true;
    this.#source.readBody(this);
    // What has come with the head of the request leaves with it.
    this.#passLast();
  }

  resume(): void {
    this.#isFull = false;
    this.#source.resumeBody();
  }

  stop(): void {
    this.#taker = undefined;
    this.#last = undefined;
    // What still comes is read and dropped.
    if (this.#hasStarted) {
      this.#source.resumeBody();
    }
  }

  data(bytes: Buffer): boolean {
    if (this.#taker === undefined) {
      return true;
    }
    if (this.#last !== undefined) {
      this.#passLast();
    }
    if (bytes.length > SHORT_BYTES) {
      return this.#give(bytes);
    }
    this.#last = Buffer.from(bytes);
    process.nextTick(this.#onTurnOver);
    return !this.#isFull;
  }

  #passLast(): void {
    const last = this.#last;
    this.#last = undefined;
    if (last !== undefined) {
      this.#isFull = !this.#give(last);
    }
  }

  /** The taker may have gone meanwhile. */
  #give(bytes: Buffer): boolean {
    return this.#taker?.take(bytes) ?? true;
  }

  end(): void {
    const taker = this.#taker;
    const last = this.#last;
    this.#taker = undefined;
    this.#last = undefined;
    taker?.finish(last);
  }

  fail(why: BodyLoss): void {
    const taker = this.#taker;
    this.#taker = undefined;
    this.#last = undefined;
    taker?.fail(why);
  }
}
