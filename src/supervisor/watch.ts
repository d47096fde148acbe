/**
 * Sources that change, for --reload. Folders are watched one by one, so that environments, repositories and uploads, which change all
 * the time or hold a hundred thousand files, are left out (Node's own recursive watching would take them all in).
 *
 * The kernel tells of names in a folder: what was written, came, went or took the place of another (editors write a new file and rename it).
 * A folder that came is entered, one that went is left with all below it. Where the kernel tells nothing, because its limit is reached or the file
 * system is another machine's, the files are looked at every second instead.
 */

import type { FSWatcher, WatchListener } from 'node:fs';
import { existsSync, readdirSync, statfsSync, watch } from 'node:fs';
import { dirname, join } from 'node:path';
import { SUPERVISOR_LIMITS } from './limits.ts';
import { isFolder, isLink, isWithin, realPath, statOf } from './paths.ts';
import { pollSources } from './watch-polling.ts';
import type { WatchedPlaces } from './watch-rules.ts';
import { ENVIRONMENT_MARK } from './watch-rules.ts';

export interface WatchEvents {
  /** A path that has changed, once for all that change together. */
  onChange(path: string): void;
  /** Not all is watched as it should be: why, and what follows. */
  onFault(message: string): void;
}

/** File systems whose changes are made elsewhere, so that inotify does not tell of them (statfs(2)): 9p, NFS, SMB and CIFS, vboxsf, FUSE. */
const REMOTE = new Set([0x01021997, 0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x786f4256, 0x65735546]);
/** The kernel's limits for watches and for open files. */
const LIMIT_REACHED = new Set(['ENOSPC', 'EMFILE', 'ENFILE', 'ENOMEM']);

/** The kernel's way to tell of changes in a folder. */
export type WatchFolder = (folder: string, options: { persistent: false }, onName: WatchListener<string>) => FSWatcher;

export function watchSources(places: WatchedPlaces, events: WatchEvents, watchFolder: WatchFolder = watch): void {
  const remote = places.roots.find(isRemote);
  if (remote === undefined) {
    new SourceWatch(places, events, watchFolder).start();
  } else {
    events.onFault(
      `${remote} is on a file system that does not tell of changes: files are looked at every ${SUPERVISOR_LIMITS.watchPollMs / 1000} s instead`,
    );
    pollSources(places, (path) => events.onChange(path));
  }
}

interface WatchedFolder {
  readonly watcher: FSWatcher;
  /** Device and inode: a folder that was replaced is another one. */
  readonly identity: string;
}

class SourceWatch {
  readonly #places: WatchedPlaces;
  readonly #events: WatchEvents;
  readonly #watchFolder: WatchFolder;
  readonly #folders = new Map<string, WatchedFolder>();
  /** Single files that count, whatever their names are: those that were named, and what symbolic links lead to. By path, what is told of them. */
  readonly #singles = new Map<string, string>();
  /** Of folders that are watched for single files alone. */
  readonly #watchersOfSingles = new Map<string, FSWatcher>();
  /** Of the folders that are watched. Two ways may lead to a folder, and a link to a folder above itself makes no end of them. */
  readonly #identities = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #hasStarted = false;
  /** Nothing is watched any more by this object. */
  #isOver = false;
  #isFull = false;

  constructor(places: WatchedPlaces, events: WatchEvents, watchFolder: WatchFolder) {
    this.#watchFolder = watchFolder;
    this.#places = places;
    this.#events = events;
  }

  start(): void {
    for (const root of this.#places.roots) {
      this.#enter(root, root);
    }
    for (const file of this.#places.files) {
      this.#watchSingle(file, file);
    }
    this.#hasStarted = true;
  }

  #notice(path: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#events.onChange(path), SUPERVISOR_LIMITS.reloadDebounceMs);
  }

  #enter(folder: string, root: string): void {
    const stat = statOf(folder);
    if (
      this.#isOver ||
      stat?.isDirectory() !== true ||
      (folder !== root && existsSync(join(folder, ENVIRONMENT_MARK)))
    ) {
      return;
    }
    const identity = `${stat.dev}:${stat.ino}`;
    if (this.#identities.has(identity) || !this.#hasRoom(folder)) {
      return;
    }
    try {
      const watcher = this.#watchFolder(folder, { persistent: false }, (_, name) => {
        if (name !== null) {
          this.#onName(join(folder, name), root);
        }
      });
      watcher.on('error', () => this.#leave(folder));
      this.#folders.set(folder, { watcher, identity });
      this.#identities.add(identity);
      this.#readFolder(folder, root);
    } catch (error) {
      this.#onRefused(folder, error as NodeJS.ErrnoException);
    }
  }

  #hasRoom(folder: string): boolean {
    if (this.#folders.size < SUPERVISOR_LIMITS.watchedFoldersMax) {
      return true;
    }
    if (!this.#isFull) {
      this.#isFull = true;
      this.#events.onFault(
        `${SUPERVISOR_LIMITS.watchedFoldersMax} folders are watched, which is the most: changes in ${folder} and others are not seen. Leave out by --reload-exclude what is no source, or name what is by --reload-dir`,
      );
    }
    return false;
  }

  #readFolder(folder: string, root: string): void {
    const { rules } = this.#places;
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      const isLink = entry.isSymbolicLink();
      if (entry.isDirectory() || (isLink && isFolder(path))) {
        if (rules.isEntered(path, root)) {
          this.#enter(path, root);
        }
      } else if (rules.isSource(path, root)) {
        if (isLink) {
          this.#watchSingle(realPath(path), path);
        }
        if (this.#hasStarted) {
          // The folder is new, and the file may have been in it before the folder was watched.
          this.#notice(path);
        }
      }
    }
  }

  /** Something has happened to a name in a folder that is watched. */
  #onName(path: string, root: string): void {
    const { rules } = this.#places;
    const known = this.#folders.get(path);
    const stat = statOf(path);
    if (known !== undefined && (stat === undefined || `${stat.dev}:${stat.ino}` !== known.identity)) {
      this.#leave(path);
      this.#notice(path);
    }
    if (stat?.isDirectory() === true) {
      if (!this.#folders.has(path) && rules.isEntered(path, root)) {
        this.#enter(path, root);
      }
    } else if (known === undefined && rules.isSource(path, root)) {
      if (isLink(path)) {
        this.#watchSingle(realPath(path), path);
      }
      this.#notice(path);
    } else {
      this.#onSingle(path);
    }
  }

  #onSingle(path: string): void {
    const told = this.#singles.get(path);
    if (told !== undefined) {
      this.#notice(told);
    }
  }

  /** `told`: the name that is told of a change: that of a symbolic link, in whose folder nothing changes when its target is written. */
  #watchSingle(path: string, told: string): void {
    const folder = dirname(path);
    this.#singles.set(path, told);
    if (this.#folders.has(folder) || this.#watchersOfSingles.has(folder) || this.#isOver) {
      return;
    }
    try {
      const watcher = this.#watchFolder(folder, { persistent: false }, (_, name) => {
        if (name !== null) {
          this.#onSingle(join(folder, name));
        }
      });
      watcher.on('error', () => {
        // The folder is gone; a link that is laid anew is found by its name.
        watcher.close();
        this.#watchersOfSingles.delete(folder);
      });
      this.#watchersOfSingles.set(folder, watcher);
    } catch (error) {
      this.#onRefused(folder, error as NodeJS.ErrnoException);
    }
  }

  #leave(folder: string): void {
    for (const [path, { watcher, identity }] of this.#folders) {
      if (isWithin(path, folder)) {
        watcher.close();
        this.#identities.delete(identity);
        this.#folders.delete(path);
      }
    }
  }

  #onRefused(folder: string, { code, message }: NodeJS.ErrnoException): void {
    if (!LIMIT_REACHED.has(code ?? '')) {
      // Gone again, or not to be read: others are watched.
      if (code !== 'ENOENT') {
        this.#events.onFault(`changes in ${folder} will not be seen: ${message}`);
      }
      return;
    }
    this.#events.onFault(
      `the kernel watches no more folders (${code}; "sysctl fs.inotify.max_user_watches" is its limit): files are looked at every ${SUPERVISOR_LIMITS.watchPollMs / 1000} s instead`,
    );
    this.#isOver = true;
    for (const watcher of [
      ...this.#folders.values().map((folder) => folder.watcher),
      ...this.#watchersOfSingles.values(),
    ]) {
      watcher.close();
    }
    pollSources(this.#places, (path) => this.#events.onChange(path));
    if (this.#hasStarted) {
      // Of what came with this folder, or changed at the same time (the branch of a repository), nothing more is told, and the first look takes it for old.
      this.#notice(folder);
    }
  }
}

function isRemote(root: string): boolean {
  try {
    return REMOTE.has(statfsSync(root).type);
  } catch {
    return false;
  }
}
