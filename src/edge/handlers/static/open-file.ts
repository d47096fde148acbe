/**
 * Opens a regular file, if the links on the way to it are allowed. Where they may lead nowhere but below a root, the opened file is asked where it is: whatever was
 * renamed or relinked meanwhile, no byte of a file outside is served.
 */

import type { BigIntStats } from 'node:fs';
import type { Clock } from '../../../kernel/clock.ts';
import type { Disk } from './disk.ts';
import type { FaultCode } from './faults.ts';
import type { Folder, LinkRule } from './folder.ts';
import { openWithoutLinks } from './open-without-links.ts';

/** Why there is no file: 404, 403, 503 and 500. */
export type Absence = 'missing' | 'forbidden' | 'exhausted' | 'failed';

export interface Absent {
  readonly kind: 'absent';
  readonly absence: Absence;
  /** The system's code of the error: ENOENT and its like. '': the path is refused for what it is. */
  readonly code: string;
  /** There is something of that name, which cannot be opened or is no file. */
  readonly isThere: boolean;
}

export type Opened =
  | { readonly kind: 'file'; readonly fd: number; readonly stats: BigIntStats }
  | { readonly kind: 'directory' }
  | Absent;

export interface Surroundings {
  readonly disk: Disk;
  readonly clock: Clock;
  /** `path` may hold anything that a client sent. */
  report(code: FaultCode, path: string, detail: string): void;
}

export const MISSING: Absent = { kind: 'absent', absence: 'missing', code: '', isThere: false };
const NO_FILE: Absent = { kind: 'absent', absence: 'missing', code: '', isThere: true };
const DIRECTORY: Opened = { kind: 'directory' };

/** ENXIO: a socket, or a FIFO nobody reads; ELOOP: links in a circle. */
const ABSENCES: ReadonlyMap<string | undefined, Absence> = new Map<string | undefined, Absence>([
  ['ENOENT', 'missing'],
  ['ENOTDIR', 'missing'],
  ['ENAMETOOLONG', 'missing'],
  ['ELOOP', 'missing'],
  ['ENXIO', 'missing'],
  ['EACCES', 'forbidden'],
  ['EPERM', 'forbidden'],
  ['EMFILE', 'exhausted'],
  ['ENFILE', 'exhausted'],
  ['ENOMEM', 'exhausted'],
]);

const LINK_FAULTS: ReadonlySet<string> = new Set(['ELOOP', 'ENOTDIR']);

const HINTS: ReadonlyMap<string, string> = new Map([
  [
    'EMFILE',
    'EMFILE, all files are open that the process may open; raise "ulimit -n", or LimitNOFILE= of a systemd unit',
  ],
  ['ENFILE', 'ENFILE, all files are open that the system may open; raise fs.file-max'],
]);

/** Never rejects for what a disk may do. The descriptor is the caller's. */
export async function openFile(path: string, folder: Folder, around: Surroundings): Promise<Opened> {
  let isThere = false;
  try {
    // To open a device can do things, so its kind is looked at first. Opening never waits, in case the kind has changed by then.
    const before = await around.disk.stat(path);
    isThere = true;
    if (before.isDirectory() && folder.links.kind === 'anywhere') {
      return DIRECTORY;
    }
    // A folder is opened too: what is in it may be listed.
    return before.isFile() || before.isDirectory()
      ? await openSeen(path, before.isDirectory(), folder, around)
      : NO_FILE;
  } catch (error) {
    const absent = absentFor(await explain(error, path, folder, around), path, around, isThere);
    // Links that may not be followed lead nowhere, whatever is at their end.
    return LINK_FAULTS.has(absent.code) ? { ...absent, isThere: false } : absent;
  }
}

/** A path that is not there may lead over a link that is not followed: then that is what is wrong with it. */
async function explain(error: unknown, path: string, { links }: Folder, { disk }: Surroundings): Promise<unknown> {
  if (!isGuarded(links) || !(error instanceof Error) || !('code' in error) || error.code !== 'ENOENT') {
    return error;
  }
  try {
    await disk.close(await openWithoutLinks(path, links, disk));
    return error;
  } catch (other) {
    return other;
  }
}

/** What an error of the file system means to a client. A fault that an operator can mend is reported. */
export function absentFor(
  error: unknown,
  path: string,
  { report }: Pick<Surroundings, 'report'>,
  isThere: boolean = false,
): Absent {
  if (!(error instanceof Error)) {
    throw error;
  }
  const code: string | undefined = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  if (code === undefined) {
    throw error;
  }
  const absence = ABSENCES.get(code) ?? 'failed';
  if (absence !== 'missing') {
    report(`static.${absence}`, path, HINTS.get(code) ?? code);
  }
  return { kind: 'absent', absence, code, isThere };
}

function isGuarded(links: LinkRule): links is Extract<LinkRule, { kind: 'none' | 'owner' }> {
  return links.kind === 'none' || links.kind === 'owner';
}

/** `isDirectory`: it was one a moment ago, and the right to search it is enough. */
async function openSeen(path: string, isDirectory: boolean, { links }: Folder, around: Surroundings): Promise<Opened> {
  const { disk } = around;
  const open = (): Promise<number> => (isDirectory ? disk.openDirectory(path, true) : disk.open(path));
  const fd = await (isGuarded(links) ? openWithoutLinks(path, links, disk) : open());
  let isKept = false;
  try {
    const stats = await disk.fstat(fd);
    if (!stats.isFile() && !stats.isDirectory()) {
      return NO_FILE;
    }
    if (links.kind === 'inside' && !(await links.root.holdsOpened({ fd, path, stats }, around))) {
      around.report('static.outside', path, 'a link leads out of the root, or to what the application decides about');
      return MISSING;
    }
    if (!stats.isFile()) {
      return DIRECTORY;
    }
    isKept = true;
    return { kind: 'file', fd, stats };
  } finally {
    if (!isKept) {
      await disk.close(fd);
    }
  }
}
