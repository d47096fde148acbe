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

/** The names of the regular files in a folder, and of links, which may lead to one; of a larger folder so many as are listed. */
export async function readFileNames(path: string): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const entry of openFolder(path)) {
    if (!entry.isDirectory()) {
      names.push(entry.name);
    }
    if (names.length === FILES_LIMITS.listedEntriesMax) {
      break;
    }
  }
  return names;
}

/** One of these that is a regular file, each as likely as the other. Undefined: none is. */
export async function chooseFile(path: string, names: readonly string[]): Promise<string | undefined> {
  const left = [...names];
  for (let last = left.pop(); last !== undefined; last = left.pop()) {
    const at = Math.floor(Math.random() * (left.length + 1));
    const name = left[at] ?? last;
    if (await isFile(path + name)) {
      return name;
    }
    if (at < left.length) {
      left[at] = last;
    }
  }
  return undefined;
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
