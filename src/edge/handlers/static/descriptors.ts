/**
 * Open descriptors of large files. Responses that are under way together share one; it is closed when the last is done, so a file
 * that was deleted frees its space and nothing needs a timer.
 */

import type { FileStats } from './file-stats.ts';
import { isSameFile } from './file-stats.ts';
import type { Absent, Surroundings } from './open-file.ts';
import { absentFor } from './open-file.ts';
import type { Representation } from './representation.ts';

export interface DescriptorTaker {
  /** Call `release` on it once. */
  onOpened(descriptor: SharedDescriptor): void;
  /** The file is not there, or is no longer the one that was asked for. */
  onUnopened(reason: Absent | 'changed'): void;
}

export interface SharedDescriptor {
  readonly fd: number;
  release(): void;
}

interface Opening {
  readonly takers: DescriptorTaker[];
}

const FAILED: Absent = { kind: 'absent', absence: 'failed', code: '', isThere: false };

export class Descriptors {
  readonly #around: Surroundings;
  readonly #onBug: (error: unknown) => void;
  readonly #open = new Map<Representation, OpenDescriptor>();
  readonly #opening = new Map<Representation, Opening>();

  constructor(around: Surroundings, onBug: (error: unknown) => void) {
    this.#around = around;
    this.#onBug = onBug;
  }

  /**
   * `representation` was found moments ago: it was inside the root then, so only whether it is the same file is asked again. `isLenient`: the file may have
   * changed, if it has as many bytes as were found.
   */
  take(representation: Representation, taker: DescriptorTaker, isLenient = false): void {
    const open = this.#open.get(representation);
    if (open !== undefined) {
      open.userCount += 1;
      taker.onOpened(open);
      return;
    }
    const opening = this.#opening.get(representation);
    if (opening !== undefined) {
      opening.takers.push(taker);
      return;
    }
    const takers = [taker];
    this.#opening.set(representation, { takers });
    this.#openFile(representation, isLenient).then(
      (result) => this.#finish(representation, takers, result),
      (error: unknown) => {
        this.#onBug(error);
        this.#finish(representation, takers, FAILED);
      },
    );
  }

  get count(): number {
    return this.#open.size;
  }

  #finish(
    representation: Representation,
    takers: readonly DescriptorTaker[],
    result: number | Absent | 'changed',
  ): void {
    this.#opening.delete(representation);
    if (typeof result !== 'number') {
      for (const taker of takers) {
        taker.onUnopened(result);
      }
      return;
    }
    // All takers are counted before any is told, because the first may release the descriptor at once.
    const open = new OpenDescriptor(result, takers.length, () => this.#close(representation, result));
    this.#open.set(representation, open);
    for (const taker of takers) {
      taker.onOpened(open);
    }
  }

  async #openFile(representation: Representation, isLenient: boolean): Promise<number | Absent | 'changed'> {
    const { disk } = this.#around;
    try {
      const fd = await disk.open(representation.path);
      let isKept = false;
      try {
        const stats = await disk.fstat(fd);
        isKept = isSameFile(stats, representation.stats) || (isLenient && isGrown(stats, representation.stats));
        return isKept ? fd : 'changed';
      } finally {
        if (!isKept) {
          await disk.close(fd);
        }
      }
    } catch (error) {
      return absentFor(error, representation.path, this.#around);
    }
  }

  #close(representation: Representation, fd: number): void {
    this.#open.delete(representation);
    this.#around.disk.close(fd).catch((error: unknown) => {
      absentFor(error, representation.path, this.#around);
    });
  }
}

function isGrown(now: FileStats, before: FileStats): boolean {
  return now.ino === before.ino && now.dev === before.dev && now.size >= before.size;
}

class OpenDescriptor implements SharedDescriptor {
  readonly fd: number;
  userCount: number;
  readonly #close: () => void;

  constructor(fd: number, userCount: number, close: () => void) {
    this.fd = fd;
    this.userCount = userCount;
    this.#close = close;
  }

  release(): void {
    this.userCount -= 1;
    if (this.userCount === 0) {
      this.#close();
    }
  }
}
