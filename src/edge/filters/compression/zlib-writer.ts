/**
 * Compresses one body, or decompresses it, on its way to the client. What comes is gathered until a job is worth it; what a job makes leaves before the next begins, so
 * that a client that reads slowly, or a body of a kilobyte that stands for a gigabyte, never has more in memory than one job's output.
 */

import type { ZlibJobContext } from '../../../relay/sockets/node-internals.ts';
import type { BodyWriter, Source } from '../../pipeline/filters/body-writer.ts';
import { FILTER_LIMITS } from '../limits.ts';
import type { FlushKind, ZlibRecipe } from './coding.ts';
import { flushCode } from './coding.ts';
import type { ZlibJob, ZlibPool } from './zlib-pool.ts';

const { compressionJobBytes, compressionHeldBytesMax } = FILTER_LIMITS;

export interface ZlibWriterOptions {
  /** Of the body, if it is known. */
  readonly bytes: number | undefined;
  /** Is given all output, in order, beside the next writer; `undefined`: that was all. */
  readonly onOutput?: (output: Buffer | undefined) => void;
  /** All is sent: so many bytes have come, and so many have left. */
  readonly onSums?: (inputBytes: number, outputBytes: number) => void;
}

interface JobInput {
  readonly input: Buffer;
  readonly from: number;
  readonly flush: FlushKind;
}

export class ZlibWriter implements BodyWriter {
  readonly #pool: ZlibPool;
  readonly #recipe: ZlibRecipe;
  readonly #next: BodyWriter;
  readonly #before: Source;
  readonly #options: ZlibWriterOptions;
  #context: ZlibJobContext | undefined;
  #job: ZlibJob | undefined;
  /** What waits to be compressed. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  #inputBytes = 0;
  #outputBytes = 0;
  /** The input of the last job, of which the context has not taken all. */
  #rest: JobInput | undefined;
  /** What was made of the input that was begun in this thread, for the output of the job to leave with: no more than the head of gzip in most cases. */
  #begun: Buffer | undefined;
  #wants: FlushKind = 'none';
  #isBlocked = false;
  #hasRefused = false;
  /** All is sent, or never will be. */
  #isOver = false;
  /** A call of the pump is under way: what happens meanwhile is seen by it. */
  #isPumping = false;

  /** The memory must have been admitted by the pool, for as many bytes. */
  constructor(pool: ZlibPool, recipe: ZlibRecipe, next: BodyWriter, before: Source, options: ZlibWriterOptions) {
    this.#pool = pool;
    this.#recipe = recipe;
    this.#next = next;
    this.#before = before;
    this.#options = options;
  }

  write(bytes: Buffer): boolean {
    if (this.#isOver) {
      return true;
    }
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    this.#inputBytes += bytes.length;
    this.#pump();
    this.#hasRefused = this.#heldBytes >= compressionHeldBytesMax;
    return !this.#hasRefused;
  }

  flush(): void {
    if (this.#wants === 'none') {
      this.#wants = 'sync';
    }
    this.#pump();
  }

  end(): void {
    this.#wants = 'finish';
    this.#pump();
  }

  cut(): void {
    this.#close(false);
    this.#next.cut();
  }

  drop(): void {
    this.#close(false);
    this.#next.drop();
  }

  drained(): void {
    this.#isBlocked = false;
    this.#pump();
    this.#tellDrained();
  }

  #tellDrained(): void {
    if (this.#hasRefused && this.#heldBytes < compressionHeldBytesMax) {
      this.#hasRefused = false;
      this.#before.drained();
    }
  }

  /** Does what can be done now, up to the next job for the thread pool. */
  #pump(): void {
    if (this.#isPumping) {
      return;
    }
    this.#isPumping = true;
    while (!this.#isOver && this.#job === undefined && !this.#isBlocked && this.#step()) {
      // Each step compresses a little in this thread, or hands a job to the pool.
    }
    this.#isPumping = false;
  }

  /** False: there is nothing to do. */
  #step(): boolean {
    const rest = this.#rest ?? this.#gather();
    if (rest === undefined) {
      return false;
    }
    this.#rest = rest;
    this.#context ??= this.#pool.take(this.#recipe, this.#options.bytes);
    if (this.#context === undefined) {
      this.cut();
      return false;
    }
    const { input, from, flush } = rest;
    if (this.#mayRunHere(input.length - from)) {
      this.#take(this.#pool.runHere(this.#context, flushCode(this.#recipe.kind, flush), input, from));
    } else if (!this.#mayBeginHere(rest) || !this.#beginHere(this.#context, rest)) {
      this.#runInPool(this.#context, this.#rest ?? rest);
    }
    return true;
  }

  #runInPool(context: ZlibJobContext, { input, from, flush }: JobInput): void {
    this.#job = {
      context,
      input,
      from,
      flush: flushCode(this.#recipe.kind, flush),
      done: (output) => this.#onJob(output),
      isAbandoned: false,
    };
    this.#pool.run(this.#job);
  }

  /** False: it would take too long, and what is left of it is for the pool. */
  #beginHere(context: ZlibJobContext, rest: JobInput): boolean {
    const begun = this.#pool.beginHere(context, flushCode(this.#recipe.kind, rest.flush), rest.input);
    if (begun === undefined || begun.isDone) {
      this.#take(begun?.output);
      return true;
    }
    this.#begun = Buffer.from(begun.output);
    this.#rest = { ...rest, from: begun.read };
    return false;
  }

  /** The input of the next job; undefined: it is too early for one. */
  #gather(): JobInput | undefined {
    const isLast = this.#heldBytes <= compressionJobBytes;
    if (isLast && this.#wants === 'none' && this.#heldBytes < compressionJobBytes) {
      return undefined;
    }
    const flush = isLast ? this.#wants : 'none';
    if (isLast && this.#wants === 'sync') {
      this.#wants = 'none';
      if (this.#heldBytes === 0 && this.#context === undefined) {
        this.#next.flush();
        return undefined;
      }
    }
    if (flush === 'finish' && this.#heldBytes === 0 && this.#context === undefined && this.#recipe.kind === 'gunzip') {
      // No byte has come: nothing is not gzip, and means nothing.
      this.#close(false);
      this.#next.end();
      return undefined;
    }
    return { input: this.#takeHeld(Math.min(this.#heldBytes, compressionJobBytes)), from: 0, flush };
  }

  #takeHeld(bytes: number): Buffer {
    this.#heldBytes -= bytes;
    const [first, ...others] = this.#held;
    if (first === undefined) {
      return NOTHING;
    }
    if (first.length >= bytes) {
      if (first.length === bytes) {
        this.#held = others;
      } else {
        this.#held[0] = first.subarray(bytes);
      }
      return first.subarray(0, bytes);
    }
    const all = this.#held.length === 1 ? first : Buffer.concat(this.#held);
    this.#held = all.length > bytes ? [all.subarray(bytes)] : [];
    return all.subarray(0, bytes);
  }

  #mayRunHere(bytes: number): boolean {
    return (
      this.#recipe.kind === 'gzip' &&
      this.#recipe.level <= FILTER_LIMITS.compressionHereLevelMax &&
      bytes <= FILTER_LIMITS.compressionHereBytesMax
    );
  }

  /** A whole body that is no longer than one job: the first jobs of longer ones would take their time one after another. */
  #mayBeginHere({ from, flush }: JobInput): boolean {
    return (
      this.#recipe.kind === 'gzip' &&
      this.#recipe.level <= FILTER_LIMITS.compressionBegunHereLevelMax &&
      flush === 'finish' &&
      from === 0 &&
      this.#inputBytes <= compressionJobBytes
    );
  }

  #onJob(output: Buffer | undefined): void {
    this.#job = undefined;
    this.#isPumping = true;
    this.#take(output);
    this.#isPumping = false;
    this.#pump();
    this.#tellDrained();
  }

  /** What a job has made. */
  #take(output: Buffer | undefined): void {
    const rest = this.#rest;
    const context = this.#context;
    if (output === undefined || rest === undefined || context === undefined) {
      this.cut();
      return;
    }
    const { inputLeft, outputLeft } = context;
    // A full buffer of output: there is more, of this input or of what the library holds.
    const isDone = outputLeft > 0;
    this.#rest = isDone ? undefined : { ...rest, from: rest.input.length - inputLeft };
    const begun = this.#begun;
    if (output.length > 0 || begun !== undefined) {
      const bytes = begun === undefined ? Buffer.from(output) : Buffer.concat([begun, output]);
      this.#begun = undefined;
      this.#outputBytes += bytes.length;
      this.#options.onOutput?.(bytes);
      this.#isBlocked = !this.#next.write(bytes);
    }
    if (isDone && rest.flush === 'finish') {
      this.#options.onOutput?.(undefined);
      this.#options.onSums?.(this.#inputBytes, this.#outputBytes);
      this.#close(true);
      this.#next.end();
    } else if (isDone && rest.flush === 'sync') {
      this.#next.flush();
    }
  }

  #close(isComplete: boolean): void {
    if (this.#isOver) {
      return;
    }
    this.#isOver = true;
    this.#held = [];
    this.#heldBytes = 0;
    this.#rest = undefined;
    if (this.#job !== undefined) {
      this.#job.isAbandoned = true;
      this.#job = undefined;
    }
    if (this.#context !== undefined) {
      this.#pool.give(this.#recipe, this.#context, isComplete);
      this.#context = undefined;
    }
    this.#pool.leave(this.#recipe, this.#options.bytes);
  }
}

const NOTHING: Buffer = Buffer.alloc(0);
