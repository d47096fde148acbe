/** The directory out of which no link may lead. */

import type { Clock } from '../../../kernel/clock.ts';
import type { Disk } from './disk.ts';
import type { FileStats } from './file-stats.ts';
import { STATIC_LIMITS } from './limits.ts';
import { isInside } from './resolve.ts';

interface OpenedPath {
  readonly fd: number;
  readonly path: string;
  readonly stats: FileStats & { isDirectory(): boolean };
}

interface Around {
  readonly disk: Disk;
  readonly clock: Clock;
}

/** Its real path is asked again from time to time: a deploy may switch the link that the root is. */
export class Root {
  readonly path: string;
  /** Whether the application may decide on a path below the root: no link may lead there. */
  readonly #isClaimed: (path: string) => boolean;
  #real: string | undefined;
  #askedMs = 0;

  /** `path`: latin-1, without a slash at its end. */
  constructor(path: string, isClaimed: (path: string) => boolean = () => false) {
    this.path = path;
    this.#isClaimed = isClaimed;
  }

  /** Whether the file that was opened is below the root, or the folder is the root itself. */
  async holdsOpened({ fd, path, stats }: OpenedPath, around: Around): Promise<boolean> {
    const { disk } = around;
    const realPath = (await disk.descriptorPath(fd)) ?? (await findRealPath(path, stats, disk));
    return realPath !== undefined && (await this.#holds(realPath, stats.isDirectory(), around));
  }

  async #holds(realPath: string, isDirectory: boolean, { disk, clock }: Around): Promise<boolean> {
    const isWithin = (root: string): boolean => (isDirectory && realPath === root) || isInside(realPath, root);
    const nowMs = clock.monotonicMs();
    const isRecent = nowMs - this.#askedMs < STATIC_LIMITS.revalidateMs;
    if (!isRecent || this.#real === undefined || !isWithin(this.#real)) {
      this.#real = await disk.realPath(this.path === '' ? '/' : this.path);
      this.#askedMs = nowMs;
    }
    // The application decides on files: what is in a folder is looked at by itself.
    const below = realPath.slice(this.#real.replace(/\/$/, '').length + 1);
    return isWithin(this.#real) && (isDirectory || !this.#isClaimed(below));
  }
}

/** Without a process file system: the path's real path, if it is still the file that was opened. */
async function findRealPath(path: string, opened: FileStats, disk: Disk): Promise<string | undefined> {
  const realPath = await disk.realPath(path);
  const found = await disk.stat(realPath);
  return found.ino === opened.ino && found.dev === opened.dev ? realPath : undefined;
}
