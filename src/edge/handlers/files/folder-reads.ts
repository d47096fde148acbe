/** Folders that are being read for lists, of all locations of a thread: a few at a time, and one that several ask for once. */

import { FILES_LIMITS } from './limits.ts';
import type { FolderEntry } from './read-folder.ts';
import { readFolder } from './read-folder.ts';
import { sortGently } from './sort-gently.ts';

type Entries = readonly FolderEntry[] | undefined;

export class FolderReads {
  readonly #reading = new Map<string, Promise<Entries>>();
  readonly #waiting: (() => void)[] = [];
  #runningCount = 0;
  #askerCount = 0;

  /** Undefined: too many wait. The promise is of undefined where the folder has too many entries, and rejects with the system's error. */
  read(path: string): Promise<Entries> | undefined {
    if (this.#askerCount >= FILES_LIMITS.listsWaitingMax) {
      return undefined;
    }
    this.#askerCount += 1;
    let reading = this.#reading.get(path);
    if (reading === undefined) {
      reading = this.#readInTurn(path).finally(() => this.#reading.delete(path));
      this.#reading.set(path, reading);
    }
    return reading.finally(() => {
      this.#askerCount -= 1;
    });
  }

  async #readInTurn(path: string): Promise<Entries> {
    if (this.#runningCount >= FILES_LIMITS.listsRunningMax) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#runningCount += 1;
    try {
      const entries = await readFolder(path);
      return entries && (await sortGently(entries, compareEntries));
    } finally {
      this.#runningCount -= 1;
      this.#waiting.shift()?.();
    }
  }
}

/** Folders first, and then by the bytes of their names. */
function compareEntries(one: FolderEntry, other: FolderEntry): number {
  if (one.isDirectory !== other.isDirectory) {
    return one.isDirectory ? -1 : 1;
  }
  return one.name < other.name ? -1 : 1;
}
