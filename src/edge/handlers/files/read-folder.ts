/** The names in a folder, read bit by bit, so that one of 100,000 files holds neither the thread nor the memory of the edge at once. */

import type { Dir, Dirent, Stats } from 'node:fs';
import { lstat, opendir, stat } from 'node:fs';
import { toFsPath } from '../static/resolve.ts';
import { FILES_LIMITS } from './limits.ts';

/** Latin-1, a character a byte. */
export interface FolderEntry {
  readonly name: string;
  readonly isDirectory: boolean;
  readonly isFile: boolean;
  readonly modifiedMs: number;
  readonly size: number;
}

// Not imported: see docs/architecture.md, "What a start loads".
const { promisify } = process.getBuiltinModule('node:util');

const statAsync = promisify(stat);
const lstatAsync = promisify(lstat);

/** `path` ends with a slash. Names with a dot in front are left out. Rejects with Node's errors. Undefined: there are more than are listed. */
export async function readFolder(path: string): Promise<FolderEntry[] | undefined> {
  const entries: FolderEntry[] = [];
  let names: string[] = [];
  for await (const { name } of openFolder(path)) {
    names.push(name);
    if (names.length === FILES_LIMITS.statsTogether) {
      entries.push(...(await describeAll(path, names)));
      names = [];
    }
    if (entries.length > FILES_LIMITS.listedEntriesMax) {
      return undefined;
    }
  }
  entries.push(...(await describeAll(path, names)));
  return entries;
}

/** One of the regular files in a folder, or links to one, each as likely as the other. Undefined: there is none. */
export async function readRandomFile(path: string): Promise<string | undefined> {
  let chosen: string | undefined;
  let count = 0;
  for await (const entry of openFolder(path)) {
    if (entry.isFile() || (!entry.isDirectory() && (await isFile(path + entry.name)))) {
      count += 1;
      if (Math.random() * count < 1) {
        chosen = entry.name;
      }
    }
  }
  return chosen;
}

async function* openFolder(path: string): AsyncGenerator<Dirent> {
  const folder = await openDirectory(path);
  // The iterator closes the folder, however it is left.
  for await (const entry of folder) {
    if (!entry.name.startsWith('.')) {
      yield entry;
    }
  }
}

function openDirectory(path: string): Promise<Dir> {
  return new Promise((resolve, reject) => {
    const options = { encoding: 'latin1', bufferSize: FILES_LIMITS.statsTogether } as const;
    opendir(toFsPath(path), options, (error, folder) => {
      if (error === null) {
        resolve(folder);
      } else {
        reject(error);
      }
    });
  });
}

async function describeAll(folder: string, names: readonly string[]): Promise<FolderEntry[]> {
  const found = await Promise.all(names.map((name) => describe(folder, name)));
  return found.filter((entry) => entry !== undefined);
}

/** Undefined: it has gone since, or may not be looked at. */
async function describe(folder: string, name: string): Promise<FolderEntry | undefined> {
  const stats = await statOf(folder + name);
  return stats === undefined
    ? undefined
    : {
        name,
        isDirectory: stats.isDirectory(),
        isFile: stats.isFile(),
        modifiedMs: stats.mtimeMs,
        size: stats.size,
      };
}

/** Of what a link leads to, or of the link where that is nothing. */
async function statOf(path: string): Promise<Stats | undefined> {
  const fsPath = toFsPath(path);
  try {
    return await statAsync(fsPath);
  } catch {
    try {
      return await lstatAsync(fsPath);
    } catch {
      return undefined;
    }
  }
}

async function isFile(path: string): Promise<boolean> {
  return (await statOf(path))?.isFile() === true;
}
