/**
 * The compressions of a thread: who may compress at all, contexts that are used again, and jobs, of which only so many go to the thread pool at a time that a file can be
 * read beside them.
 */

import { systemClock } from '../../../kernel/clock.ts';
import type { ZlibJobContext } from '../../../relay/sockets/node-internals.ts';
import { FILTER_LIMITS } from '../limits.ts';
import type { ZlibRecipe } from './coding.ts';
import { contextBytes, flushCode, openContext, recipeKey } from './coding.ts';

export interface ZlibJob {
  readonly context: ZlibJobContext;
  readonly input: Buffer;
  readonly from: number;
  /** Of the library: see `flushCode`. */
  readonly flush: number;
  /** `output` is borrowed until it returns; undefined: the data is bad. Not called when the job was abandoned before. */
  done(output: Buffer | undefined): void;
  isAbandoned: boolean;
}

/** What has come of input that was begun in the calling thread. */
export interface BegunInput {
  /** Borrowed until the next call. */
  readonly output: Buffer;
  /** Bytes of the input that the context has taken. */
  readonly read: number;
  /** The context has given all there is of it. */
  readonly isDone: boolean;
}

export interface ZlibPoolOptions {
  /** Of this thread. */
  readonly jobsMax: number;
  readonly bytesMax?: number;
  /** An error of ours in what a job calls back. */
  readonly onBug: (error: unknown) => void;
  /** A body is sent as it is, because no memory is left. */
  readonly onRefused?: () => void;
  readonly monotonicMs?: () => number;
}

/** Jobs of each of so many threads, which share the pool of the process. */
export function jobsOfThread(threads: number): number {
  return Math.max(1, Math.floor(FILTER_LIMITS.compressionJobsMax / Math.max(1, threads)));
}

const GZIP_GOES_ON = flushCode('gzip', 'none');

export class ZlibPool {
  /** Bodies that were sent as they are because no memory was left. */
  refusedCount = 0;
  readonly #jobsMax: number;
  readonly #bytesMax: number;
  readonly #onBug: (error: unknown) => void;
  readonly #onRefused: (() => void) | undefined;
  readonly #monotonicMs: () => number;
  #usedBytes = 0;
  #running = 0;
  readonly #waiting: ZlibJob[] = [];
  /** By recipe: contexts of gzip that nobody uses. */
  readonly #spares = new Map<string, ZlibJobContext[]>();
  #spareCount = 0;
  readonly #outputs: Buffer[] = [];
  /** Output of what is compressed in the calling thread. */
  readonly #scratch = Buffer.allocUnsafeSlow(FILTER_LIMITS.compressionOutputBytes);

  constructor(options: ZlibPoolOptions) {
    this.#jobsMax = options.jobsMax;
    this.#bytesMax = options.bytesMax ?? FILTER_LIMITS.compressionBytesMax;
    this.#onBug = options.onBug;
    this.#onRefused = options.onRefused;
    this.#monotonicMs = options.monotonicMs ?? (() => systemClock.monotonicMs());
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  get spareCount(): number {
    return this.#spareCount;
  }

  /** Reserves the memory for one body, of so many bytes if that is known. False: there is none, which is counted. Whoever was let in says `leave` once, with the same. */
  admit(recipe: ZlibRecipe, bodyBytes?: number): boolean {
    const bytes = contextBytes(recipe, bodyBytes);
    if (this.#usedBytes + bytes > this.#bytesMax) {
      this.refusedCount += 1;
      this.#onRefused?.();
      return false;
    }
    this.#usedBytes += bytes;
    return true;
  }

  leave(recipe: ZlibRecipe, bodyBytes?: number): void {
    this.#usedBytes -= contextBytes(recipe, bodyBytes);
  }

  take(recipe: ZlibRecipe, bytes: number | undefined): ZlibJobContext | undefined {
    const spare = this.#spares.get(recipeKey(recipe))?.pop();
    if (spare === undefined) {
      return openContext(recipe, bytes);
    }
    this.#spareCount -= 1;
    return spare;
  }

  /** Its body is over. `canBeReused` false: in the middle of something, or of bad data. */
  give(recipe: ZlibRecipe, context: ZlibJobContext, canBeReused: boolean): void {
    if (!canBeReused || recipe.kind !== 'gzip' || this.#spareCount >= FILTER_LIMITS.compressionSparesMax) {
      context.close();
      return;
    }
    context.reset();
    const key = recipeKey(recipe);
    const spares = this.#spares.get(key);
    if (spares === undefined) {
      this.#spares.set(key, [context]);
    } else {
      spares.push(context);
    }
    this.#spareCount += 1;
  }

  /** In the thread pool, as soon as there is room in it. A job whose owner has gone meanwhile is passed over. */
  run(job: ZlibJob): void {
    if (this.#running < this.#jobsMax) {
      this.#start(job);
    } else {
      this.#waiting.push(job);
    }
  }

  /** In the calling thread. The output is borrowed until the next call. */
  runHere(context: ZlibJobContext, flush: number, input: Buffer, from: number): Buffer | undefined {
    const output = this.#scratch;
    return context.runHere(flush, input, from, output)
      ? output.subarray(0, output.length - context.outputLeft)
      : undefined;
  }

  /**
   * Gzip's input in the calling thread, step by step, until the time that the steps have taken says that all of it would take too long. Undefined: the context has failed.
   */
  beginHere(context: ZlibJobContext, flush: number, input: Buffer): BegunInput | undefined {
    const output = this.#scratch;
    const beganMs = this.#monotonicMs();
    let read = 0;
    let made = 0;
    for (;;) {
      const end = Math.min(read + FILTER_LIMITS.compressionHereBytesMax, input.length);
      const isLast = end === input.length;
      const code = isLast ? flush : GZIP_GOES_ON;
      if (!context.runHere(code, isLast ? input : input.subarray(0, end), read, output.subarray(made))) {
        return undefined;
      }
      read = end - context.inputLeft;
      made = output.length - context.outputLeft;
      const isFull = context.outputLeft === 0;
      const expectedMs = ((this.#monotonicMs() - beganMs) * input.length) / read;
      if (isLast || isFull || expectedMs > FILTER_LIMITS.compressionHereMsMax) {
        return { output: output.subarray(0, made), read, isDone: isLast && !isFull };
      }
    }
  }

  #start(job: ZlibJob): void {
    this.#running += 1;
    const output = this.#outputs.pop() ?? Buffer.allocUnsafeSlow(FILTER_LIMITS.compressionOutputBytes);
    job.context.run(job.flush, job.input, job.from, output, (isGood) => this.#finish(job, output, isGood));
  }

  #finish(job: ZlibJob, output: Buffer, isGood: boolean): void {
    this.#running -= 1;
    this.#startWaiting();
    try {
      if (!job.isAbandoned) {
        job.done(isGood ? output.subarray(0, output.length - job.context.outputLeft) : undefined);
      }
    } catch (error) {
      this.#onBug(error);
    }
    if (this.#outputs.length < FILTER_LIMITS.compressionOutputsKept) {
      this.#outputs.push(output);
    }
  }

  #startWaiting(): void {
    for (let job = this.#waiting.shift(); job !== undefined; job = this.#waiting.shift()) {
      if (!job.isAbandoned) {
        this.#start(job);
        return;
      }
    }
  }
}
