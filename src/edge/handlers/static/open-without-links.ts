/**
 * Opens a path in which no name may be a symbolic link, or none whose owner is another than that of what it leads to: `disable_symlinks` of nginx. Each name is
 * opened below the directory that was opened before it, so nobody can put a link in the place of a directory that was already looked at. Node has no openat(2);
 * a path through the process file system, `/proc/self/fd/N/name`, does the same.
 */

import type { Disk } from './disk.ts';
import type { LinkRule } from './folder.ts';

type Guarded = Extract<LinkRule, { kind: 'none' | 'owner' }>;

/** Rejects with ELOOP for a link that is not allowed. The descriptor is the caller's. */
export async function openWithoutLinks(path: string, rule: Guarded, disk: Disk): Promise<number> {
  if (path === rule.from) {
    return disk.open(path);
  }
  const start = startOf(path, rule.from);
  const names = path
    .slice(start.length)
    .split('/')
    .filter((name) => name !== '');
  // A path that ends with a slash names a directory: what is opened last is the directory itself.
  const last = path.endsWith('/') ? '.' : (names.pop() ?? '.');
  let directory = await disk.openDirectory(start === '' ? '/' : start, true);
  try {
    for (const name of names) {
      const next = await openBelow(directory, name, rule, disk, (at, follows) => disk.openDirectory(at, follows));
      await disk.close(directory);
      directory = next;
    }
    return await openBelow(directory, last, rule, disk, (at, follows) => disk.open(at, follows));
  } finally {
    await disk.close(directory);
  }
}

/** Whether a path that there is leads over links that are followed alone. */
export async function isReachable(path: string, rule: LinkRule, disk: Disk): Promise<boolean> {
  if (rule.kind === 'anywhere' || rule.kind === 'inside') {
    return true;
  }
  try {
    await disk.close(await openWithoutLinks(path, rule, disk));
    return true;
  } catch {
    return false;
  }
}

/** What of the path is not looked at: `from`, if it is the path's beginning by whole names. Of a path that is no more than that, nothing is. */
function startOf(path: string, from: string): string {
  const prefix = from.replace(/\/+$/, '');
  return from !== '' && (path === prefix || path.startsWith(`${prefix}/`)) ? prefix : '';
}

async function openBelow(
  directory: number,
  name: string,
  rule: Guarded,
  disk: Disk,
  open: (path: string, follows: boolean) => Promise<number>,
): Promise<number> {
  const path = `/proc/self/fd/${directory}/${name}`;
  if (rule.kind === 'none') {
    return open(path, false);
  }
  const fd = await open(path, true);
  let isKept = false;
  try {
    const [named, opened] = await Promise.all([disk.lstat(path), disk.fstat(fd)]);
    if (named.isSymbolicLink() && named.uid !== opened.uid) {
      throw Object.assign(new Error(`a link of another owner: ${name}`), { code: 'ELOOP' });
    }
    isKept = true;
    return fd;
  } finally {
    if (!isKept) {
      await disk.close(fd);
    }
  }
}
