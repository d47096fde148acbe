/**
 * The folder in which an edge thread keeps bodies that do not fit in memory: made when the first is to be kept, and again whenever it is gone,
 * no longer ours, or cannot be written. Programs that clean up /tmp and people who do so by hand remove it while the server
 * runs; what is put in its place by somebody else is never used.
 */

import { closeSync, constants, fstatSync, lstatSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const PREFIX = 'portico-spool-';
/** A folder that does not last is made again so often; whoever removes it all the time is not waited out. */
const ATTEMPTS_MAX = 5;
/** Faults by which the folder, not the disk, stands in the way. */
const FOLDER_FAULTS: ReadonlySet<string | undefined> = new Set([
  'ENOENT',
  'ENOTDIR',
  'EACCES',
  'EPERM',
  'ELOOP',
  'EROFS',
  'ESTALE',
]);

export interface OpenedFile {
  readonly path: string;
  readonly fd: number;
}

/** A folder, and what tells it from a folder that somebody else may put in its place. */
export interface MadeFolder {
  readonly path: string;
  readonly device: number;
  readonly inode: number;
}

interface HeldFolder extends MadeFolder {
  /** As long as it is open, the inode is not given to another folder. */
  readonly fd: number;
}

export class SpoolFolder {
  readonly #parents: readonly string[];
  readonly #onMade: (folder: MadeFolder) => void;
  #folder: HeldFolder | undefined;

  /** `onMade` is told of each folder: the supervisor keeps it from being removed while it is used, and removes it afterwards. */
  constructor(parents: readonly string[], onMade: (folder: MadeFolder) => void) {
    this.#parents = parents;
    this.#onMade = onMade;
  }

  /** A new file that only our own user can read. Throws what open(2) throws if there is no place for it. */
  open(name: string): OpenedFile {
    for (let left = ATTEMPTS_MAX; ; left -= 1) {
      try {
        return openIn(this.#current().path, name);
      } catch (error) {
        // A new folder may be removed before anything is in it.
        if (left <= 1 || !FOLDER_FAULTS.has((error as NodeJS.ErrnoException).code) || this.#folder === undefined) {
          throw error;
        }
        this.#drop(this.#folder);
      }
    }
  }

  #current(): HeldFolder {
    if (this.#folder !== undefined && !isStillThere(this.#folder)) {
      this.#drop(this.#folder);
    }
    this.#folder ??= this.#make();
    return this.#folder;
  }

  #drop(folder: HeldFolder): void {
    this.#folder = undefined;
    closeSync(folder.fd);
  }

  #make(): HeldFolder {
    const faults: NodeJS.ErrnoException[] = [];
    for (const parent of this.#parents) {
      try {
        const folder = makeIn(parent);
        this.#onMade({ path: folder.path, device: folder.device, inode: folder.inode });
        return folder;
      } catch (error) {
        faults.push(error as NodeJS.ErrnoException);
      }
    }
    // The fault to tell: a disk that is full, if one of them is, because the client is answered 507 for it.
    const code = faults.find((fault) => fault.code === 'ENOSPC' || fault.code === 'EDQUOT')?.code ?? faults[0]?.code;
    const reasons = faults.map(({ message }) => message).join('; ');
    throw Object.assign(
      new Error(`no folder for it can be made: ${reasons}. Set TMPDIR to a folder that can be written`),
      { code },
    );
  }
}

function makeIn(parent: string): HeldFolder {
  const path = mkdtempSync(join(parent, PREFIX));
  const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  const { dev, ino } = fstatSync(fd);
  return { path, device: dev, inode: ino, fd };
}

function openIn(folder: string, name: string): OpenedFile {
  const path = join(folder, name);
  return { path, fd: openSync(path, 'wx+', 0o600) };
}

/** Called by an edge whose supervisor is gone, because nobody else removes the folder then. */
export function removeFolder(folder: MadeFolder): void {
  if (isStillThere(folder)) {
    rmSync(folder.path, { recursive: true, force: true });
  }
}

/** False for what somebody else has put there: where one of our folders was removed from /tmp, anybody may make a folder or a link of its name. */
export function isStillThere({ path, device, inode }: MadeFolder): boolean {
  try {
    const { dev, ino } = lstatSync(path);
    return dev === device && ino === inode;
  } catch {
    return false;
  }
}
