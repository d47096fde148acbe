/**
 * One context of zlib, a compressor or a decompressor with its window, fed a piece at a time. A small piece is done before `run`
 * returns, for a trip through the thread pool would cost many times the work; what takes longer goes there, so that the event
 * loop is not held.
 */

import type { DeflateRaw, InflateRaw } from 'node:zlib';
import { SyncZlib } from '../../../relay/sockets/node-internals.ts';

export type ZlibKind = 'inflate' | 'deflate';

/** Of zlib.h. */
export const ZLIB_FLUSH = { none: 0, sync: 2, block: 5 } as const;

export interface ZlibJob {
  /** Must stay as it is until the output comes. */
  readonly input: Buffer;
  /** One of ZLIB_FLUSH. */
  readonly flush: number;
  /** A job with more output than this gives 'too-big'. */
  readonly outputBytesMax: number;
  /** A job that goes to the thread pool waits until `goOn` is called, if this is given. */
  readonly onLarge?: (goOn: () => void) => void;
}

/** 'bad': the input is not DEFLATE. After 'bad' and 'too-big' the context is closed. */
export type ZlibOutput = Buffer | 'bad' | 'too-big';

/** `inputLeft`: bytes at the end of the input that zlib did not take because its stream, or a block, ended before them. */
export type OnZlibOutput = (output: ZlibOutput, inputLeft: number) => void;

export const ZLIB_LIMITS = {
  /** Longer input goes to the thread pool. To inflate this much takes about 80 µs, to deflate it 60. */
  syncInputBytesMax: 16_384,
  /** Jobs that make more output go to the thread pool too. The buffer for it is one for the whole thread. */
  syncOutputBytesMax: 65_536,
  /** Output that the thread pool makes at a time. */
  chunkBytes: 65_536,
} as const;

/** The least that Node permits: see SyncZlib.resizeChunks. */
const CHUNK_BYTES_MIN = 64;
/** Takes two thirds of the time of zlib's own 6, and makes a twentieth more bytes. */
const LEVEL = 4;
/** zlib's own 8 makes 1 % fewer bytes of 64 KiB, none fewer of 4 KiB, and takes 14 KiB more memory. */
const MEMORY_LEVEL = 5;

const scratch: Buffer = Buffer.allocUnsafeSlow(ZLIB_LIMITS.syncOutputBytesMax);

interface PendingJob {
  readonly outputBytesMax: number;
  readonly done: OnZlibOutput;
  readonly parts: Buffer[];
  outputBytes: number;
}

export class ZlibContext {
  readonly kind: ZlibKind;
  readonly windowBits: number;
  readonly #stream: InflateRaw | DeflateRaw;
  readonly #sync: SyncZlib | undefined;
  /** The job that the thread pool works on. */
  #pending: PendingJob | undefined;
  #hasEnded = false;

  /** With `canRunSync` false, nothing but the documented interface of zlib is used. */
  constructor(kind: ZlibKind, windowBits: number, canRunSync = true) {
    this.kind = kind;
    this.windowBits = windowBits;
    let stream = openStream(kind, windowBits, canRunSync ? CHUNK_BYTES_MIN : ZLIB_LIMITS.chunkBytes);
    this.#sync = canRunSync ? SyncZlib.of(stream) : undefined;
    if (canRunSync && this.#sync === undefined) {
      stream.close();
      stream = openStream(kind, windowBits, ZLIB_LIMITS.chunkBytes);
    }
    this.#stream = stream;
    stream.on('error', () => this.#fail('bad'));
  }

  get isBusy(): boolean {
    return this.#pending !== undefined;
  }

  /** Short input is dealt with before `run` returns, and any `flush` can be used. */
  get runsSync(): boolean {
    return this.#sync !== undefined;
  }

  /** `done` is called once, perhaps before this returns; not at all if the context is closed before. One job at a time. */
  run(job: ZlibJob, done: OnZlibOutput): void {
    if (this.#pending !== undefined) {
      throw new Error('a context of zlib does one job at a time');
    }
    const { input, flush, outputBytesMax } = job;
    const sync = this.#sync;
    if (sync === undefined || input.length > ZLIB_LIMITS.syncInputBytesMax) {
      this.#startInPool({ outputBytesMax, done, parts: [], outputBytes: 0 }, job, input);
      return;
    }
    if (!sync.run(flush, input, 0, scratch)) {
      done('bad', 0);
      return;
    }
    const output = Buffer.from(scratch.subarray(0, scratch.length - sync.outputLeft));
    if (output.length > outputBytesMax) {
      this.#stream.close();
      done('too-big', 0);
    } else if (sync.outputLeft > 0) {
      done(output, sync.inputLeft);
    } else {
      const pending = { outputBytesMax, done, parts: [output], outputBytes: output.length };
      this.#startInPool(pending, job, input.subarray(input.length - sync.inputLeft));
    }
  }

  #startInPool(pending: PendingJob, { flush, onLarge }: ZlibJob, input: Buffer): void {
    this.#pending = pending;
    const goOn = (): void => {
      // The context may have been closed meanwhile.
      if (this.#pending === pending) {
        this.#runInPool(input, flush);
      }
    };
    if (onLarge === undefined) {
      goOn();
    } else {
      onLarge(goOn);
    }
  }

  /** Forgets all input so far, as if new. False if it cannot: then the context is closed. */
  reset(): boolean {
    if (this.#stream.destroyed || this.#hasEnded || this.#pending !== undefined) {
      this.close();
      return false;
    }
    this.#stream.reset();
    return true;
  }

  close(): void {
    this.#pending = undefined;
    this.#stream.close();
  }

  #runInPool(input: Buffer, flush: number): void {
    const stream = this.#stream;
    this.#sync?.resizeChunks(ZLIB_LIMITS.chunkBytes);
    if (stream.listenerCount('data') === 0) {
      stream.on('data', (chunk: Buffer) => this.#take(chunk));
    }
    const before = stream.bytesWritten;
    const end = (fault?: Error | null): void => {
      if (fault === undefined || fault === null) {
        this.#finish(input.length - (stream.bytesWritten - before));
      }
    };
    if (flush === ZLIB_FLUSH.none) {
      stream.write(input, end);
    } else {
      stream.write(input);
      stream.flush(flush, end);
    }
  }

  #take(chunk: Buffer): void {
    const pending = this.#pending;
    if (pending === undefined) {
      return;
    }
    pending.outputBytes += chunk.length;
    if (pending.outputBytes > pending.outputBytesMax) {
      // At most a chunk more is made, and dropped.
      this.#fail('too-big');
    } else {
      pending.parts.push(chunk);
    }
  }

  #finish(inputLeft: number): void {
    const pending = this.#pending;
    if (pending === undefined) {
      return;
    }
    this.#pending = undefined;
    this.#sync?.resizeChunks(CHUNK_BYTES_MIN);
    // Node has ended the stream when zlib left some of its input.
    this.#hasEnded = inputLeft > 0;
    pending.done(Buffer.concat(pending.parts, pending.outputBytes), inputLeft);
  }

  #fail(fault: 'bad' | 'too-big'): void {
    const pending = this.#pending;
    this.close();
    pending?.done(fault, 0);
  }
}

function openStream(kind: ZlibKind, windowBits: number, chunkSize: number): InflateRaw | DeflateRaw {
  // Loaded by the first message that is compressed: it takes a start 2 to 4 ms and 0.3 MB.
  const { createDeflateRaw, createInflateRaw } = process.getBuiltinModule('node:zlib');
  const options = { windowBits, chunkSize };
  return kind === 'inflate'
    ? createInflateRaw(options)
    : createDeflateRaw({ ...options, level: LEVEL, memLevel: MEMORY_LEVEL });
}
