/**
 * What is known of the files under some paths, within bounds. Pure: it is told the time and never looks at a disk. Files leave by second chance: a hit marks a
 * file; to make room, files are visited in turn, marks are taken off, and the first file without a mark is removed. That is LRU as far as anyone can tell, for
 * the price of one store a hit. Missing files are kept apart and briefly, so that made-up names displace only each other.
 */

import { STATIC_LIMITS } from './limits.ts';
import type { Found, StaticFile } from './load-file.ts';

interface Entry {
  readonly file: StaticFile;
  checkedMs: number;
  isUsed: boolean;
}

interface Absent {
  readonly found: Found;
  readonly untilMs: number;
}

export interface CacheBounds {
  readonly entriesMax: number;
  readonly bytesMax: number;
  readonly missingMax: number;
}

export const CACHE_BOUNDS: CacheBounds = {
  entriesMax: STATIC_LIMITS.entriesMax,
  bytesMax: STATIC_LIMITS.memoryBytesMax,
  missingMax: STATIC_LIMITS.missingMax,
};

export class FileCache {
  readonly #bounds: CacheBounds;
  readonly #entries = new Map<string, Entry>();
  readonly #absent = new Map<string, Absent>();
  #bytes = 0;

  constructor(bounds: CacheBounds = CACHE_BOUNDS) {
    this.#bounds = bounds;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#entries.size + this.#absent.size;
  }

  /** What is known of a path, and recent enough to be answered without a look at the disk. */
  find(path: string, nowMs: number): Found | undefined {
    const entry = this.#entries.get(path);
    if (entry === undefined) {
      const absent = this.#absent.get(path);
      return absent !== undefined && nowMs < absent.untilMs ? absent.found : undefined;
    }
    if (nowMs - entry.checkedMs >= STATIC_LIMITS.revalidateMs) {
      return undefined;
    }
    entry.isUsed = true;
    return entry.file;
  }

  /** The file last known under a path, for revalidation. */
  findFile(path: string): StaticFile | undefined {
    return this.#entries.get(path)?.file;
  }

  /** `nowMs`: when looking at the disk began. */
  keep(path: string, found: Found, nowMs: number): void {
    this.remove(path);
    if (found.kind === 'file') {
      this.#keepFile(path, found, nowMs);
    } else if (isLasting(found) && path.length <= STATIC_LIMITS.missingPathCharsMax) {
      this.#keepAbsent(path, found, nowMs);
    }
  }

  /** The file was looked at and has not changed. */
  refresh(path: string, nowMs: number): void {
    const entry = this.#entries.get(path);
    if (entry !== undefined) {
      entry.checkedMs = nowMs;
      entry.isUsed = true;
    }
  }

  remove(path: string): void {
    this.#absent.delete(path);
    const entry = this.#entries.get(path);
    if (entry !== undefined) {
      this.#entries.delete(path);
      this.#bytes -= entry.file.weight;
    }
  }

  #keepFile(path: string, file: StaticFile, nowMs: number): void {
    if (file.weight > this.#bounds.bytesMax) {
      return;
    }
    while (this.#entries.size >= this.#bounds.entriesMax || this.#bytes + file.weight > this.#bounds.bytesMax) {
      this.#evictOne();
    }
    this.#entries.set(path, { file, checkedMs: nowMs, isUsed: false });
    this.#bytes += file.weight;
  }

  /** The loop ends: each round takes off a mark or removes a file, and the cache is not empty when it has no room. */
  #evictOne(): void {
    for (const [path, entry] of this.#entries) {
      if (!entry.isUsed) {
        this.remove(path);
        return;
      }
      entry.isUsed = false;
      this.#entries.delete(path);
      this.#entries.set(path, entry);
    }
  }

  #keepAbsent(path: string, found: Found, nowMs: number): void {
    if (this.#absent.size >= this.#bounds.missingMax) {
      // Maps keep the order of insertion: the first is the oldest.
      for (const oldest of this.#absent.keys()) {
        this.#absent.delete(oldest);
        break;
      }
    }
    this.#absent.set(path, { found, untilMs: nowMs + STATIC_LIMITS.missingMs });
  }
}

/** False for faults that may have passed when the next request comes. */
function isLasting(found: Found): boolean {
  return (
    found.kind === 'directory' ||
    (found.kind === 'absent' && (found.absence === 'missing' || found.absence === 'forbidden'))
  );
}
