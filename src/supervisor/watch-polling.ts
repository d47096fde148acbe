/** Looks at all sources again and again, where the kernel does not tell of changes. */

import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../kernel/clock.ts';
import { SUPERVISOR_LIMITS } from './limits.ts';
import { statOf } from './paths.ts';
import type { WatchedPlaces } from './watch-rules.ts';
import { ENVIRONMENT_MARK } from './watch-rules.ts';

/** By path, what shows that a file was written or replaced. */
type Snapshot = ReadonlyMap<string, string>;

export function pollSources(places: WatchedPlaces, onChange: (path: string) => void): void {
  let last = readSnapshot(places);
  const look = (): void => {
    const beganMs = systemClock.monotonicMs();
    const now = readSnapshot(places);
    const changed = firstChange(last, now);
    last = now;
    if (changed !== undefined) {
      onChange(changed);
    }
    const tookMs = systemClock.monotonicMs() - beganMs;
    const waitMs = Math.max(SUPERVISOR_LIMITS.watchPollMs, tookMs / SUPERVISOR_LIMITS.watchPollShare);
    setTimeout(look, waitMs).unref();
  };
  setTimeout(look, SUPERVISOR_LIMITS.watchPollMs).unref();
}

export function firstChange(before: Snapshot, now: Snapshot): string | undefined {
  for (const [path, state] of now) {
    if (before.get(path) !== state) {
      return path;
    }
  }
  return [...before.keys()].find((path) => !now.has(path));
}

export function readSnapshot({ roots, files, rules }: WatchedPlaces): Snapshot {
  const found = new Map<string, string>();
  const visited = new Set<string>();
  const read = (folder: string, root: string): void => {
    const { dev, ino } = statSync(folder);
    const identity = `${dev}:${ino}`;
    if (visited.has(identity) || visited.size >= SUPERVISOR_LIMITS.watchedFoldersMax) {
      return;
    }
    visited.add(identity);
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      const stat = statOf(path);
      if (stat?.isDirectory() === true) {
        if (rules.isEntered(path, root) && !existsSync(join(path, ENVIRONMENT_MARK))) {
          attempt(() => read(path, root));
        }
      } else if (stat !== undefined && rules.isSource(path, root)) {
        found.set(path, `${stat.ino} ${stat.size} ${stat.mtimeMs}`);
      }
    }
  };
  for (const root of roots) {
    attempt(() => read(root, root));
  }
  for (const path of files) {
    const stat = statOf(path);
    if (stat !== undefined) {
      found.set(path, `${stat.ino} ${stat.size} ${stat.mtimeMs}`);
    }
  }
  return found;
}

/** A folder that went while it was read, or may not be read, has no sources. */
function attempt(read: () => void): void {
  try {
    read();
  } catch {
    return;
  }
}
