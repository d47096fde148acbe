/**
 * Finds the file for a path: in memory and at once, or on disk and later. Requests that wait for the same path share one look at
 * the disk, and only so many paths are looked at together.
 */

import { Deque } from '../../../kernel/deque.ts';
import type { CacheBounds } from './cache.ts';
import { FileCache } from './cache.ts';
import type { StaticCounts } from './counts.ts';
import { STATIC_LIMITS } from './limits.ts';
import type { Found } from './load-file.ts';
import { isUnchanged, loadFile, watchAlso } from './load-file.ts';
import type { CompiledMount } from './mount.ts';
import type { Surroundings } from './open-inside.ts';
import { Root } from './open-inside.ts';

export interface LookupWaiter {
  onFound(found: Found): void;
}

interface Lookup {
  readonly path: string;
  readonly mount: CompiledMount;
  readonly waiters: LookupWaiter[];
}

const EXHAUSTED: Found = { kind: 'absent', absence: 'exhausted' };
const FAILED: Found = { kind: 'absent', absence: 'failed' };

export class FileLookup {
  readonly #around: Surroundings;
  readonly #counts: StaticCounts;
  readonly #onBug: (error: unknown) => void;
  readonly #cache: FileCache;
  readonly #roots = new Map<string, Root>();
  readonly #pending = new Map<string, Lookup>();
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
  find(path: string): Found | undefined {
    return this.#cache.find(path, this.#around.clock.monotonicMs());
  }

  /** `waiter` is told once, later or at once. */
  wait(path: string, mount: CompiledMount, waiter: LookupWaiter): void {
    if (this.#waitingCount >= STATIC_LIMITS.waitingMax) {
      this.#around.report('static.overloaded', path, `${this.#waitingCount} wait`);
      waiter.onFound(EXHAUSTED);
      return;
    }
    this.#waitingCount += 1;
    const pending = this.#pending.get(path);
    if (pending !== undefined) {
      pending.waiters.push(waiter);
      return;
    }
    const lookup: Lookup = { path, mount, waiters: [waiter] };
    this.#pending.set(path, lookup);
    this.#queue.push(lookup);
    this.#startNext();
  }

  /** The file was opened, and is not what the cache knows of it. */
  forget(path: string): void {
    this.#cache.remove(path);
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

  async #look({ path, mount }: Lookup): Promise<Found> {
    const nowMs = this.#around.clock.monotonicMs();
    const known = this.#cache.findFile(path);
    if (known !== undefined && (await isUnchanged(known, this.#around))) {
      this.#counts.revalidated += 1;
      this.#cache.refresh(path, nowMs);
      return known;
    }
    this.#counts.loaded += 1;
    const found = await this.#load(path, mount);
    this.#cache.keep(path, found, nowMs);
    return found;
  }

  /** Loads from the first of the mount's folders that has the file. */
  async #load(path: string, mount: CompiledMount): Promise<Found> {
    const found = await loadFile(path.slice(mount.url.length), mount, this.#rootOf(mount), this.#around);
    const { fallback } = mount;
    if (fallback === undefined || found.kind !== 'absent' || found.absence !== 'missing') {
      return found;
    }
    const later = await this.#load(path, fallback);
    // A file that comes to the first folder later takes the place of the one that was found in a folder behind it.
    return later.kind === 'file' ? watchAlso(later, path.slice(mount.url.length), mount) : later;
  }

  #finish(lookup: Lookup, found: Found): void {
    this.#runningCount -= 1;
    this.#pending.delete(lookup.path);
    this.#waitingCount -= lookup.waiters.length;
    this.#startNext();
    for (const waiter of lookup.waiters) {
      waiter.onFound(found);
    }
  }

  #rootOf(mount: CompiledMount): Root {
    const { isAsked, url } = mount;
    const key = `${mount.followsLinks ? 'open' : 'closed'} ${isAsked === undefined ? '' : url} ${mount.root}`;
    let root = this.#roots.get(key);
    if (root === undefined) {
      root = new Root(mount.root, mount.followsLinks, isAsked && ((path) => isAsked(url + path)));
      this.#roots.set(key, root);
    }
    return root;
  }
}
