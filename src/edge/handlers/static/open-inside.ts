/**
 * Opens a regular file that is really below a root. Links are followed, then the opened file is asked where it is: whatever was renamed or relinked meanwhile,
 * no byte of a file outside is served. Only where the root is open (`isOpen`) may links lead out.
 */

import type { BigIntStats } from 'node:fs';
import type { Clock } from '../../../kernel/clock.ts';
import type { Disk } from './disk.ts';
import type { FaultCode } from './faults.ts';
import { STATIC_LIMITS } from './limits.ts';
import { isInside } from './resolve.ts';

/** Why there is no file: 404, 403, 503 and 500. */
export type Absence = 'missing' | 'forbidden' | 'exhausted' | 'failed';

export type Opened =
  | { readonly kind: 'file'; readonly fd: number; readonly stats: BigIntStats }
  | { readonly kind: 'directory' }
  | { readonly kind: 'absent'; readonly absence: Absence };

export interface Surroundings {
  readonly disk: Disk;
  readonly clock: Clock;
  /** `path` may hold anything that a client sent. */
  report(code: FaultCode, path: string, detail: string): void;
}

const MISSING: Opened = { kind: 'absent', absence: 'missing' };
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

const HINTS: ReadonlyMap<string, string> = new Map([
  [
    'EMFILE',
    'EMFILE, all files are open that the process may open; raise "ulimit -n", or LimitNOFILE= of a systemd unit',
  ],
  ['ENFILE', 'ENFILE, all files are open that the system may open; raise fs.file-max'],
]);

/** The root's real path, asked again from time to time: a deploy may switch the link that the root is. */
export class Root {
  readonly path: string;
  /** Links may lead anywhere, as the framework whose folder this is lets them. */
  readonly isOpen: boolean;
  /** Whether the application may decide on a path below the root: no link may lead there. */
  readonly #isClaimed: (path: string) => boolean;
  #real: string | undefined;
  #askedMs = 0;

  constructor(path: string, isOpen = false, isClaimed: (path: string) => boolean = () => false) {
    this.path = path;
    this.isOpen = isOpen;
    this.#isClaimed = isClaimed;
  }

  async holds(realPath: string, { disk, clock }: Surroundings): Promise<boolean> {
    const nowMs = clock.monotonicMs();
    const isRecent = nowMs - this.#askedMs < STATIC_LIMITS.revalidateMs;
    if (!isRecent || this.#real === undefined || !isInside(realPath, this.#real)) {
      this.#real = await disk.realPath(this.path === '' ? '/' : this.path);
      this.#askedMs = nowMs;
    }
    return isInside(realPath, this.#real) && !this.#isClaimed(realPath.slice(this.#real.replace(/\/$/, '').length + 1));
  }
}

/** Never rejects for what a disk may do. The descriptor is the caller's. */
export async function openInside(path: string, root: Root, around: Surroundings): Promise<Opened> {
  try {
    // To open a device can do things, so its kind is looked at first. Opening never waits, in case the kind has changed by then.
    const before = await around.disk.stat(path);
    if (before.isDirectory()) {
      return DIRECTORY;
    }
    return before.isFile() ? await openRegular(path, root, around) : MISSING;
  } catch (error) {
    return { kind: 'absent', absence: absenceOf(error, path, around) };
  }
}

/** What an error of the file system means to a client. A fault that an operator can mend is reported. */
export function absenceOf(error: unknown, path: string, { report }: Pick<Surroundings, 'report'>): Absence {
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
  return absence;
}

async function openRegular(path: string, root: Root, around: Surroundings): Promise<Opened> {
  const { disk } = around;
  const fd = await disk.open(path);
  let isKept = false;
  try {
    const stats = await disk.fstat(fd);
    if (!stats.isFile()) {
      return MISSING;
    }
    if (!root.isOpen && !(await isHeld({ fd, path, stats }, root, around))) {
      around.report('static.outside', path, 'a link leads out of the root, or to what the application decides about');
      return MISSING;
    }
    isKept = true;
    return { kind: 'file', fd, stats };
  } finally {
    if (!isKept) {
      await disk.close(fd);
    }
  }
}

async function isHeld(
  { fd, path, stats }: { fd: number; path: string; stats: BigIntStats },
  root: Root,
  around: Surroundings,
): Promise<boolean> {
  const { disk } = around;
  const realPath = (await disk.descriptorPath(fd)) ?? (await findRealPath(path, stats, disk));
  return realPath !== undefined && (await root.holds(realPath, around));
}

/** Without a process file system: the path's real path, if it is still the file that was opened. */
async function findRealPath(path: string, opened: BigIntStats, disk: Disk): Promise<string | undefined> {
  const realPath = await disk.realPath(path);
  const found = await disk.stat(realPath);
  return found.ino === opened.ino && found.dev === opened.dev ? realPath : undefined;
}
