/**
 * The compiled form of our own code, which Node keeps from one start to the next in the folder that bin/launch.sh names by NODE_COMPILE_CACHE.
 * Node writes there when a process ends, and removes nothing, ever: what an upgrade or a removed environment has left would lie there for good.
 * Who can write in such a folder has his code run, so each is the folder of the one user that runs what is in it.
 */

import { chownSync, lstatSync, mkdirSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import type { Identity } from './privileges.ts';
import { isRootsAlone } from './trusted-path.ts';

const VARIABLE = 'NODE_COMPILE_CACHE';
/** Where the folder of a user is that the server becomes: the home of a service's user is often root's, or is not there. */
const CACHES_OF_ROOT = '/var/cache';
/** How the launcher calls the folder, and `makeUserCache`. One with another name is somebody else's, or that of a checkout. */
const NAMED_LIKE_OURS = /^portico(?:-\d+)?$/;
/** As Node calls them: a folder for each of its releases, processors and users, and in it a file for each module, with a suffix while it is written. */
const FOLDER_OF_NODE = /^v\d+\.\d+\.\d+-[\w-]+$/;
const FILE_OF_NODE = /^[\da-f]{8}(?:\.\w+)?$/;
/** Nobody can tell which files are still read. One that is, is written anew, and delays a start by a tenth once in this time. */
const AGE_MS_MAX = 90 * 24 * 60 * 60 * 1000;
/** Some thirty files belong to an environment. What is beyond is for the next time. */
const FILES_MAX = 4096;

/**
 * To be called before root becomes this user for good: then root's folder cannot be written any more, and the processes that are started can neither
 * read nor write it. From here on they have a folder of the user's.
 */
export function leaveCompileCache({ uid, gid }: Identity, nowMs: number): void {
  process.getBuiltinModule('node:module').flushCompileCache();
  // A checkout has its own, whoever runs it.
  if (uid === 0 || extname(import.meta.filename) !== '.js') {
    return;
  }
  removeOldCode(nowMs);
  const folder = makeUserCache({ uid, gid });
  if (folder === undefined) {
    delete process.env[VARIABLE];
  } else {
    process.env[VARIABLE] = folder;
  }
}

/** Gives the folder, or undefined where it cannot be made or is not to be trusted. */
export function makeUserCache(
  { uid, gid }: Pick<Identity, 'uid' | 'gid'>,
  parent: string = CACHES_OF_ROOT,
): string | undefined {
  const folder = join(parent, `portico-${uid}`);
  try {
    // Where others can make files, this one could be theirs, or a link of theirs by which root would give something away.
    if (!isRootsAlone(folder)) {
      return undefined;
    }
    mkdirSync(folder, { mode: 0o700, recursive: true });
    if (isFolderOf(0, folder)) {
      chownSync(folder, uid, gid);
    }
    return isFolderOf(uid, folder) ? folder : undefined;
  } catch {
    // A file system that is read-only, or full: a start without the cache is a tenth slower.
    return undefined;
  }
}

/** Removes what was written long ago from the folder of this process, if it is ours. Whatever stands in the way is left alone. */
export function removeOldCode(nowMs: number, cache: string = process.env[VARIABLE] ?? ''): void {
  if (!NAMED_LIKE_OURS.test(basename(cache)) || !isFolderOf(process.geteuid?.(), cache)) {
    return;
  }
  for (const folder of listPaths(cache, FOLDER_OF_NODE).filter((path) => isFolderOf(process.geteuid?.(), path))) {
    const removed = listPaths(folder, FILE_OF_NODE).filter((file) => removeIfOld(file, nowMs));
    // Node has made its folder when it started, and writes into it when it ends.
    if (removed.length > 0 && folder !== process.getBuiltinModule('node:module').getCompileCacheDir()) {
      removeIfEmpty(folder);
    }
  }
}

function removeIfOld(path: string, nowMs: number): boolean {
  try {
    const stat = lstatSync(path);
    const isOld = stat.isFile() && nowMs - stat.mtimeMs > AGE_MS_MAX;
    if (isOld) {
      unlinkSync(path);
    }
    return isOld;
  } catch {
    return false;
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    return;
  }
}

function listPaths(folder: string, name: RegExp): string[] {
  try {
    const names = readdirSync(folder).filter((each) => name.test(each));
    return names.slice(0, FILES_MAX).map((each) => join(folder, each));
  } catch {
    return [];
  }
}

/** A real folder, and no link to one. */
function isFolderOf(uid: number | undefined, path: string): boolean {
  try {
    const stat = lstatSync(path);
    return stat.isDirectory() && stat.uid === uid;
  } catch {
    return false;
  }
}
