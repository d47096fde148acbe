/**
 * What is known of the files under some paths, within bounds. Pure: it is told the time and never looks at a disk. Files leave by second chance: a hit marks a
 * file; to make room, files are visited in turn, marks are taken off, and the first file without a mark is removed. That is LRU as far as anyone can tell, for
 * the price of one store a hit. Missing files are kept apart and briefly, so that made-up names displace only each other.
 */

import type { Folder } from './folder.ts';
import { FolderMap } from './folder-map.ts';
import { STATIC_LIMITS } from './limits.ts';
import type { Found, StaticFile } from './load-file.ts';

interface Entry {
  readonly folder: Folder;
  readonly path: string;
  readonly found: Found;
  untilMs: number;
  isUsed: boolean;
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
  readonly #known = new FolderMap<Entry>();
  /** Sets keep the order of insertion: the first is the oldest. */
  readonly #files = new Set<Entry>();
  readonly #absent = new Set<Entry>();
  #bytes = 0;

  constructor(bounds: CacheBounds = CACHE_BOUNDS) {
    this.#bounds = bounds;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#files.size + this.#absent.size;
  }

  /** What is known of a path, and recent enough to be answered without a look at the disk. */
  find(folder: Folder, path: string, nowMs: number): Found | undefined {
    const entry = this.#known.get(folder, path);
    if (entry === undefined || nowMs >= entry.untilMs) {
      return undefined;
    }
    entry.isUsed = true;
    return entry.found;
  }

  /** The file last known under a path, for revalidation. */
  findFile(folder: Folder, path: string): StaticFile | undefined {
    const found = this.#known.get(folder, path)?.found;
    return found?.kind === 'file' ? found : undefined;
  }

  /** `nowMs`: when looking at the disk began. */
  keep(folder: Folder, path: string, found: Found, nowMs: number): void {
    this.remove(folder, path);
    const { trustMs, missingTrustMs } = folder.rule;
    if (found.kind === 'file') {
      this.#keepFile({ folder, path, found, untilMs: nowMs + trustMs, isUsed: false }, found.weight);
    } else if (isLasting(found) && missingTrustMs > 0 && path.length <= STATIC_LIMITS.missingPathCharsMax) {
      this.#keepAbsent({ folder, path, found, untilMs: nowMs + missingTrustMs, isUsed: false });
    }
  }

  /** The file was looked at and has not changed. */
  refresh(folder: Folder, path: string, nowMs: number): void {
    const entry = this.#known.get(folder, path);
    if (entry?.found.kind === 'file') {
      entry.untilMs = nowMs + folder.rule.trustMs;
      entry.isUsed = true;
    }
  }

  remove(folder: Folder, path: string): void {
    const entry = this.#known.get(folder, path);
    if (entry !== undefined) {
      this.#drop(entry);
    }
  }

  #drop(entry: Entry): void {
    this.#known.delete(entry.folder, entry.path);
    this.#absent.delete(entry);
    if (entry.found.kind === 'file') {
      this.#files.delete(entry);
      this.#bytes -= entry.found.weight;
    }
  }

  #keepFile(entry: Entry, weight: number): void {
    if (weight > this.#bounds.bytesMax) {
      return;
    }
    while (this.#files.size >= this.#bounds.entriesMax || this.#bytes + weight > this.#bounds.bytesMax) {
      this.#evictOne();
    }
    this.#files.add(entry);
    this.#known.set(entry.folder, entry.path, entry);
    this.#bytes += weight;
  }

  /** The loop ends: each round takes off a mark or removes a file, and the cache is not empty when it has no room. */
  #evictOne(): void {
    for (const entry of this.#files) {
      if (!entry.isUsed) {
        this.#drop(entry);
        return;
      }
      entry.isUsed = false;
      this.#files.delete(entry);
      this.#files.add(entry);
    }
  }

  #keepAbsent(entry: Entry): void {
    if (this.#absent.size >= this.#bounds.missingMax) {
      for (const oldest of this.#absent) {
        this.#drop(oldest);
        break;
      }
    }
    this.#absent.add(entry);
    this.#known.set(entry.folder, entry.path, entry);
  }
}

/** False for faults that may have passed when the next request comes. */
function isLasting(found: Found): boolean {
  return (
    found.kind === 'directory' ||
    (found.kind === 'absent' && (found.absence === 'missing' || found.absence === 'forbidden'))
  );
}
