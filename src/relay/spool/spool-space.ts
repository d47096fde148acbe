/**
 * What all spool files may take together: of the disk, counted over all edge threads in shared memory, and of file descriptors, for each thread. The disk is
 * looked at once a second, because others fill it as well, and its last part is left to them.
 */

import type { StatsFs } from 'node:fs';
import { openSync, statfs, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { systemClock } from '../../kernel/clock.ts';
import { RELAY_LIMITS } from '../limits.ts';
import type { OpenedFile, SpoolFolder } from './spool-folder.ts';

/** The unit in which the disk is counted. */
const BLOCK_BYTES = 4096;

/** A spool file as its space sees it. */
export interface SpoolMember {
  /** Closes its descriptor, to open it again when it is needed. False if that cannot be now. */
  rest(): boolean;
  /** The file was not admitted before, and may try again. */
  goOn(): void;
}

export interface SpoolSpaceOptions {
  /** Blocks that the spool files of all threads take. */
  readonly counters?: Int32Array;
  /** The limit for all spool files. 0: a part of the file system. */
  readonly bytesMax?: number;
  readonly descriptorsMax?: number;
  readonly monotonicMs?: () => number;
  readonly log?: (text: string) => void;
}

export function newSpoolCounters(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4));
}

/** How many descriptors the spool files of one thread may hold, of all that the process may open. */
export function spoolDescriptors(descriptors: number, threads: number): number {
  const share = Math.floor(descriptors / RELAY_LIMITS.spoolDescriptorsShare / threads);
  return Math.max(RELAY_LIMITS.spoolDescriptorsMin, Math.min(RELAY_LIMITS.spoolDescriptorsMax, share));
}

export class SpoolSpace {
  /** Hears of errors of ours in what the disk calls back. */
  onBug: (error: unknown) => void = (error) => {
    throw error;
  };
  readonly #folder: SpoolFolder | string;
  /** The folder in which the last file was opened; '' before the first. */
  #directory: string;
  readonly #prefix: string;
  readonly #counters: Int32Array;
  readonly #bytesMax: number;
  readonly #descriptorsMax: number;
  readonly #monotonicMs: () => number;
  readonly #log: (text: string) => void;
  /** Responses for which a worker has waited since the log told of that. */
  #stuck = 0;
  #stuckOnes = new WeakSet<object>();
  #stuckLoggedMs = -Infinity;
  #count = 0;
  /** Files whose descriptor is open, the one used last at the end. */
  readonly #open = new Set<SpoolMember>();
  readonly #waiting = new Set<SpoolMember>();
  #lookedMs = -Infinity;
  #isLooking = false;
  /** What was free on the file system when it was last looked at, less what was taken here since, and with what was given back. */
  #freeBytes = Infinity;
  #totalBytes = Infinity;

  /** A path is a folder that exists already and is not ours to keep. */
  constructor(folder: SpoolFolder | string, prefix: string, options: SpoolSpaceOptions = {}) {
    this.#folder = folder;
    this.#directory = typeof folder === 'string' ? folder : '';
    this.#prefix = prefix;
    this.#counters = options.counters ?? new Int32Array(1);
    this.#bytesMax = options.bytesMax ?? 0;
    this.#descriptorsMax = options.descriptorsMax ?? RELAY_LIMITS.spoolDescriptorsMax;
    this.#monotonicMs = options.monotonicMs ?? (() => systemClock.monotonicMs());
    this.#log = options.log ?? (() => undefined);
  }

  /** A new file. Throws what open(2) throws; the mode keeps the file readable by the worker's user, which is the edge's own. */
  openFile(): OpenedFile {
    this.#count += 1;
    const name = `${this.#prefix}-${this.#count}`;
    if (typeof this.#folder === 'string') {
      const path = join(this.#folder, name);
      return { path, fd: openSync(path, 'wx+', 0o600) };
    }
    const opened = this.#folder.open(name);
    this.#directory = dirname(opened.path);
    return opened;
  }

  /** Bytes in the files of all threads. */
  get usedBytes(): number {
    return Atomics.load(this.#counters, 0) * BLOCK_BYTES;
  }

  /** A file is to grow. Returns why it may not, if so. What it has grown is counted even then, until `shrink`. */
  grow(from: number, to: number): Error | undefined {
    const blocks = blocksOf(to) - blocksOf(from);
    if (blocks === 0) {
      return undefined;
    }
    Atomics.add(this.#counters, 0, blocks);
    this.#freeBytes -= blocks * BLOCK_BYTES;
    this.#look();
    return this.#fault();
  }

  #fault(): Error | undefined {
    const bytesMax = this.#bytesMax || this.#totalBytes / RELAY_LIMITS.spoolShare;
    if (this.usedBytes > bytesMax) {
      return full(`the spool files hold ${Math.floor(bytesMax)} bytes, which is all they may (--max-spool)`);
    }
    const keptBytes = Math.min(this.#totalBytes / RELAY_LIMITS.spoolFreeShare, RELAY_LIMITS.spoolFreeBytesMax);
    return this.#freeBytes < keptBytes
      ? full(`less than ${Math.floor(keptBytes)} bytes are free in ${this.#directory}`)
      : undefined;
  }

  shrink(from: number, to: number): void {
    const blocks = blocksOf(from) - blocksOf(to);
    Atomics.sub(this.#counters, 0, blocks);
    this.#freeBytes += blocks * BLOCK_BYTES;
  }

  /**
   * The disk cannot keep `response` for its slow client, so the worker waits. This happens again at each piece that the client takes; a line
   * of the log counts each response once. Told at most once a second.
   */
  noteStuck(error: Error, response: object): void {
    if (!this.#stuckOnes.has(response)) {
      this.#stuckOnes.add(response);
      this.#stuck += 1;
    }
    const nowMs = this.#monotonicMs();
    if (nowMs - this.#stuckLoggedMs >= RELAY_LIMITS.spoolLookMs) {
      this.#log(
        `workers wait for slow clients, because responses cannot be kept in files for them (${this.#stuck} in this thread): ${error.message}`,
      );
      this.#stuck = 0;
      this.#stuckOnes = new WeakSet();
      this.#stuckLoggedMs = nowMs;
    }
  }

  #look(): void {
    const nowMs = this.#monotonicMs();
    if (this.#directory === '' || this.#isLooking || nowMs - this.#lookedMs < RELAY_LIMITS.spoolLookMs) {
      return;
    }
    const isFirst = this.#lookedMs === -Infinity;
    this.#lookedMs = nowMs;
    if (isFirst) {
      try {
        this.#note(statfsSync(this.#directory));
      } catch {
        // What is wrong is told by the next write.
      }
      return;
    }
    this.#isLooking = true;
    statfs(this.#directory, (error, stats) => {
      this.#isLooking = false;
      if (error === null) {
        this.#note(stats);
      }
    });
  }

  #note({ bavail, blocks, bsize }: StatsFs): void {
    this.#freeBytes = bavail * bsize;
    this.#totalBytes = blocks * bsize;
  }

  /** Whether a file may open its descriptor. If the space has none left, the file waits for `goOn`. */
  admit(file: SpoolMember): boolean {
    const isOpen = this.#open.delete(file);
    if (!isOpen && this.#open.size >= this.#descriptorsMax && !this.#restOne()) {
      this.#waiting.add(file);
      return false;
    }
    this.#open.add(file);
    return true;
  }

  #restOne(): boolean {
    for (const oldest of this.#open) {
      if (oldest.rest()) {
        return true;
      }
    }
    return false;
  }

  /** A file does not need its descriptor for now: one that waits may have it. */
  noteIdle(): void {
    for (const next of this.#waiting) {
      this.#waiting.delete(next);
      next.goOn();
      return;
    }
  }

  /** The file has closed its descriptor, or has shared it so that the space may not close it any more. */
  noteClosed(file: SpoolMember): void {
    this.#open.delete(file);
    this.#waiting.delete(file);
  }
}

function blocksOf(bytes: number): number {
  return Math.ceil(bytes / BLOCK_BYTES);
}

function full(text: string): Error {
  return Object.assign(new Error(`ENOSPC: ${text}`), { code: 'ENOSPC' });
}
