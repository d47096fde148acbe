/**
 * The zlib contexts of a thread. A compressor takes 118 KiB, so that ten thousand idle connections must not have one each. It can be
 * taken from its connection at any time: the next message is compressed without memory of the ones before, which every client
 * can read. A decompressor cannot, for its window is what the client refers to.
 */

import type { ZlibKind } from './zlib-context.ts';
import { ZlibContext } from './zlib-context.ts';

/** Compressors that connections keep: those of the connections that sent last. 118 MB a thread. */
const KEPT_MAX = 1000;

export interface ZlibContextsOptions {
  readonly keptMax?: number;
  /** False: only the documented interface of zlib is used, and every message goes through the thread pool. */
  readonly canRunSync?: boolean;
}

export class ZlibContexts {
  readonly #keptMax: number;
  readonly #canRunSync: boolean;
  /** At most one for each kind and window, reset: one is made in 10 µs, and its memory touched in 30 more. */
  readonly #spares = new Map<string, ZlibContext>();
  /** Each with what tells its owner that it is taken away; the one used last is last. */
  readonly #kept = new Map<ZlibContext, () => void>();

  constructor({ keptMax = KEPT_MAX, canRunSync = true }: ZlibContextsOptions = {}) {
    this.#keptMax = keptMax;
    this.#canRunSync = canRunSync;
  }

  get keptCount(): number {
    return this.#kept.size;
  }

  get spareCount(): number {
    return this.#spares.size;
  }

  /** A context without memory. It belongs to whoever takes it, until it is given back or closed. */
  take(kind: ZlibKind, windowBits: number): ZlibContext {
    const key = `${kind} ${windowBits}`;
    const spare = this.#spares.get(key);
    this.#spares.delete(key);
    return spare ?? new ZlibContext(kind, windowBits, this.#canRunSync);
  }

  /** It is no longer needed. */
  give(context: ZlibContext): void {
    this.#kept.delete(context);
    const key = `${context.kind} ${context.windowBits}`;
    if (this.#spares.has(key)) {
      context.close();
    } else if (context.reset()) {
      this.#spares.set(key, context);
    }
  }

  /** Its owner has used it and wants to keep it. If there are too many, one that was not used for longest is taken away. */
  keep(context: ZlibContext, onTaken: () => void): void {
    this.#kept.delete(context);
    this.#kept.set(context, onTaken);
    if (this.#kept.size > this.#keptMax) {
      this.#takeOldest();
    }
  }

  #takeOldest(): void {
    for (const [context, onTaken] of this.#kept) {
      if (!context.isBusy) {
        onTaken();
        this.give(context);
        return;
      }
    }
  }
}
