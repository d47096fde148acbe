/**
 * Compressed forms of bodies that lie in memory and are sent again and again, so that a hot file is compressed once. A body is known by its buffer, which must be a
 * lasting one.
 */

import { FILTER_LIMITS } from '../limits.ts';

interface Entry {
  /** By recipe. */
  readonly forms: Map<string, Buffer>;
  bytes: number;
}

export class CompressedCache {
  readonly #bytesMax: number;
  #bytes = 0;
  /** The one used last is last. */
  readonly #entries = new Map<Buffer, Entry>();

  constructor(bytesMax: number = FILTER_LIMITS.compressedCacheBytesMax) {
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(source: Buffer, recipe: string): Buffer | undefined {
    const entry = this.#entries.get(source);
    const form = entry?.forms.get(recipe);
    if (entry !== undefined && form !== undefined) {
      this.#entries.delete(source);
      this.#entries.set(source, entry);
    }
    return form;
  }

  put(source: Buffer, recipe: string, form: Buffer): void {
    const entry = this.#entries.get(source) ?? { forms: new Map<string, Buffer>(), bytes: source.length };
    const isNew = !this.#entries.has(source);
    const more = form.length + (isNew ? source.length : 0);
    if (entry.forms.has(recipe) || entry.bytes + form.length > this.#bytesMax / ENTRY_SHARE) {
      return;
    }
    entry.forms.set(recipe, form);
    entry.bytes += form.length;
    this.#bytes += more;
    this.#entries.delete(source);
    this.#entries.set(source, entry);
    this.#dropOldest();
  }

  /** The body is not sent any more: its file has changed. */
  forget(source: Buffer): void {
    const entry = this.#entries.get(source);
    if (entry !== undefined) {
      this.#entries.delete(source);
      this.#bytes -= entry.bytes;
    }
  }

  #dropOldest(): void {
    for (const [source] of this.#entries) {
      if (this.#bytes <= this.#bytesMax) {
        return;
      }
      this.forget(source);
    }
  }
}

/** One body with its forms takes no more than this part of the cache. */
const ENTRY_SHARE = 8;
