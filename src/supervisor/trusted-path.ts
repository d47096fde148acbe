/**
 * Whether a path leads where root has laid it. Somebody who may write a folder on the way could put a link there that gives
 * another file away as soon as root opens, creates or chowns what it names, and could do so between any check and its use. So root
 * follows only paths on which nobody else can change anything; these need no further care. All others are left to the user's own rights.
 */

import { lstatSync, readlinkSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';

/** How many links the kernel itself follows in a path. */
const LINKS_MAX = 40;
const WRITABLE_BY_OTHERS = 0o022;
const STICKY = 0o1000;
/** The kernel makes these, and they lead to what we have open ourselves. */
const OWN_DESCRIPTOR = new RegExp(`^/proc/${process.pid}/(?:task/\\d+/)?fd/\\d+$`);

interface Stat {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

export interface FileTree {
  /** Undefined: there is nothing at the path. */
  lstat(path: string): Stat | undefined;
  readlink(path: string): string;
}

const DISK: FileTree = {
  lstat: (path) => lstatSync(path, { throwIfNoEntry: false }),
  readlink: (path) => readlinkSync(path),
};

/** True also if only its last part is not there, and nobody but root can make it. False whenever something cannot be seen. */
export function isRootsAlone(path: string, tree: FileTree = DISK): boolean {
  try {
    // As the kernel reads it: what `..` leads to is known only where the folder before it is.
    return walk(absolute(path), tree, isHeldByRoot);
  } catch {
    return false;
  }
}

/** Whose the first part of the path is that is not root's, and who so decides where the path leads. */
export function strangerOn(path: string, tree: FileTree = DISK): Pick<Stat, 'uid' | 'gid'> | undefined {
  let stranger: Stat | undefined;
  try {
    walk(absolute(path), tree, (_folder, entry) => {
      stranger = entry === undefined || entry.uid === 0 ? undefined : entry;
      return stranger === undefined;
    });
  } catch {
    return stranger;
  }
  return stranger;
}

function absolute(path: string): string {
  return isAbsolute(path) ? path : `${process.cwd()}/${path}`;
}

/** Whether the folder of this path is root's and leads where root has laid it, whoever may make files in it. */
export function isInRootsFolder(path: string, tree: FileTree = DISK): boolean {
  const folder = dirname(resolve(path));
  try {
    return isRootsAlone(folder, tree) && tree.lstat(folder)?.uid === 0 && tree.lstat(folder)?.isDirectory() === true;
  } catch {
    return false;
  }
}

/** False as soon as `isGood` says so, of a folder and what is in it. */
function walk(path: string, tree: FileTree, isGood: (folder: Stat, entry: Stat | undefined) => boolean): boolean {
  // Real folders only, without links in their names, so that `..` is what the kernel takes it for.
  let folder = '/';
  let rest = partsOf(path);
  let linksLeft = LINKS_MAX;
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    if (name === '..') {
      folder = dirname(folder);
      continue;
    }
    const at = join(folder, name);
    if (OWN_DESCRIPTOR.test([at, ...rest].join('/'))) {
      return true;
    }
    const parent = tree.lstat(folder);
    const entry = tree.lstat(at);
    if (parent?.isDirectory() !== true || !isGood(parent, entry)) {
      return false;
    }
    if (entry === undefined) {
      return rest.length === 0;
    }
    if (entry.isSymbolicLink()) {
      linksLeft -= 1;
      if (linksLeft < 0) {
        return false;
      }
      const target = tree.readlink(at);
      rest = [...partsOf(target), ...rest];
      folder = target.startsWith('/') ? '/' : folder;
    } else {
      folder = at;
    }
  }
  return true;
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

/** The entry cannot be made, replaced or removed by others. In a sticky folder that holds for what is root's and there already. */
function isHeldByRoot(folder: Stat, entry: Stat | undefined): boolean {
  const isOthers = (folder.mode & WRITABLE_BY_OTHERS) !== 0;
  return folder.uid === 0 && (!isOthers || ((folder.mode & STICKY) !== 0 && entry?.uid === 0));
}
