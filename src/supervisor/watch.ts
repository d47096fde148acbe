/**
 * Sources that change, for --reload. Folders are watched one by one, so that environments, repositories and uploads, which change all
 * the time or hold a hundred thousand files, are left out (Node's own recursive watching would take them all in).
 */

import type { FSWatcher } from 'node:fs';
import { readdirSync, statSync, watch } from 'node:fs';
import { join } from 'node:path';
import { SUPERVISOR_LIMITS } from './limits.ts';

const LEFT_OUT = new Set(['venv', 'node_modules', '__pycache__', 'media', 'site-packages', 'staticfiles']);
const SOURCES = /\.(py|html?|jinja2?|j2|mako|mo|toml)$|^\.env[\w.]*$/;

export interface WatchEvents {
  /** A path that has changed, once for all that change together. */
  onChange(path: string): void;
  /** A folder is not watched, most likely because the kernel's limit is reached. */
  onFault(message: string): void;
}

export function watchSources(root: string, events: WatchEvents): void {
  const watchers = new Map<string, FSWatcher>();
  let timer: NodeJS.Timeout | undefined;
  const notice = (path: string) => {
    clearTimeout(timer);
    timer = setTimeout(() => events.onChange(path), SUPERVISOR_LIMITS.reloadDebounceMs);
  };
  const enter = (folder: string) => {
    if (watchers.has(folder) || watchers.size >= SUPERVISOR_LIMITS.watchedFoldersMax) {
      return;
    }
    try {
      watchers.set(folder, watchFolder(folder));
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        if (entry.isDirectory() && !isLeftOut(entry.name)) {
          enter(join(folder, entry.name));
        }
      }
    } catch (error) {
      events.onFault(`changes in ${folder} will not be seen: ${(error as Error).message}`);
    }
  };
  const watchFolder = (folder: string) => {
    const watcher = watch(folder, { persistent: false }, (_, name) => {
      if (name !== null && isSource(name)) {
        notice(join(folder, name));
      } else if (name !== null && isFolder(join(folder, name)) && !isLeftOut(name)) {
        enter(join(folder, name));
      }
    });
    // The folder is gone.
    watcher.on('error', () => {
      watcher.close();
      watchers.delete(folder);
    });
    return watcher;
  };
  enter(root);
}

export function isSource(name: string): boolean {
  return SOURCES.test(name);
}

export function isLeftOut(folder: string): boolean {
  return folder.startsWith('.') || LEFT_OUT.has(folder);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
