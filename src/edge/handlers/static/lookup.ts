/**
 * Finds the file for a path: in memory and at once, or on disk and later. Requests that wait for the same path share one look at
 * the disk, and only so many paths are looked at together.
 */

import { Deque } from '../../../kernel/deque.ts';
import type { CacheBounds } from './cache.ts';
import { FileCache } from './cache.ts';
import type { StaticCounts } from './counts.ts';
import type { Folder } from './folder.ts';
import { FolderMap } from './folder-map.ts';
import { STATIC_LIMITS } from './limits.ts';
import type { Found } from './load-file.ts';
import { isUnchanged, loadFile, watchAlso } from './load-file.ts';
import type { Absent, Surroundings } from './open-file.ts';

export interface LookupWaiter {
  onFound(found: Found): void;
}

interface Lookup {
  readonly folder: Folder;
  readonly path: string;
  readonly waiters: LookupWaiter[];
}

const EXHAUSTED: Absent = { kind: 'absent', absence: 'exhausted', code: '', isThere: false };
const FAILED: Absent = { kind: 'absent', absence: 'failed', code: '', isThere: false };

export class FileLookup {
  readonly #around: Surroundings;
  readonly #counts: StaticCounts;
  readonly #onBug: (error: unknown) => void;
  readonly #cache: FileCache;
  readonly #pending = new FolderMap<Lookup>();
  readonly #queue = new Deque<Lookup>();
  #waitingCount = 0;
  #runningCount = 0;

  constructor(around: Surroundings, counts: StaticCounts, onBug: (error: unknown) => void, bounds?: CacheBounds) {
    this.#around = around;
    this.#cache = new FileCache(bounds);
    this.#counts = counts;
    this.#onBug = onBug;
  }

  /** What is known of a path now, without a system call; undefined means ask and wait. */
  find(folder: Folder, path: string): Found | undefined {
    return this.#cache.find(folder, path, this.#around.clock.monotonicMs());
  }

  /** `waiter` is told once, and never before `wait` has returned. */
  wait(folder: Folder, path: string, waiter: LookupWaiter): void {
    if (this.#waitingCount >= STATIC_LIMITS.waitingMax) {
      this.#around.report('static.overloaded', path, `${this.#waitingCount} wait`);
      queueMicrotask(() => this.#tell(waiter, EXHAUSTED));
      return;
    }
    this.#waitingCount += 1;
    const pending = this.#pending.get(folder, path);
    if (pending !== undefined) {
      pending.waiters.push(waiter);
      return;
    }
    const lookup: Lookup = { folder, path, waiters: [waiter] };
    this.#pending.set(folder, path, lookup);
    this.#queue.push(lookup);
    this.#startNext();
  }

  /** The file was opened, and is not what the cache knows of it. */
  forget(folder: Folder, path: string): void {
    this.#cache.remove(folder, path);
  }

  #startNext(): void {
    if (this.#runningCount >= STATIC_LIMITS.loadsRunningMax) {
      return;
    }
    const lookup = this.#queue.shift();
    if (lookup === undefined) {
      return;
    }
    this.#runningCount += 1;
    this.#look(lookup).then(
      (found) => this.#finish(lookup, found),
      (error: unknown) => {
        this.#onBug(error);
        this.#finish(lookup, FAILED);
      },
    );
  }

  async #look({ folder, path }: Lookup): Promise<Found> {
    const nowMs = this.#around.clock.monotonicMs();
    const known = this.#cache.findFile(folder, path);
    if (known !== undefined && (await isUnchanged(known, this.#around))) {
      this.#counts.revalidated += 1;
      this.#cache.refresh(folder, path, nowMs);
      return known;
    }
    this.#counts.loaded += 1;
    const found = await this.#load(folder, path);
    this.#cache.keep(folder, path, found, nowMs);
    return found;
  }

  /** Loads from the folder, or from the first one behind it that has the file. */
  async #load(folder: Folder, path: string): Promise<Found> {
    const found = await loadFile(path, folder, this.#around);
    const { fallback } = folder;
    if (fallback === undefined || found.kind !== 'absent' || found.absence !== 'missing') {
      return found;
    }
    const later = await this.#load(fallback.folder, fallback.below + path);
    // A file that comes to the first folder later takes the place of the one that was found in a folder behind it.
    return later.kind === 'file' ? watchAlso(later, path, folder) : later;
  }

  #finish(lookup: Lookup, found: Found): void {
    this.#runningCount -= 1;
    this.#pending.delete(lookup.folder, lookup.path);
    this.#waitingCount -= lookup.waiters.length;
    this.#startNext();
    for (const waiter of lookup.waiters) {
      this.#tell(waiter, found);
    }
  }

  /** The disk calls back: an error of one who waits must reach neither the others nor the thread. */
  #tell(waiter: LookupWaiter, found: Found): void {
    try {
      waiter.onFound(found);
    } catch (error) {
      this.#onBug(error);
    }
  }
}
