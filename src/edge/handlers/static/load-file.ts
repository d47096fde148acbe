/** Reads a file and its compressed siblings, and finds out later whether they changed. */

import type { BigIntStats } from 'node:fs';
import type { FileStats } from './file-stats.ts';
import { isSameFile } from './file-stats.ts';
import type { FileRule, Folder } from './folder.ts';
import { STATIC_LIMITS } from './limits.ts';
import type { Absent, Opened, Surroundings } from './open-file.ts';
import { absentFor, MISSING, openFile } from './open-file.ts';
import type { Representation, RepresentationFacts } from './representation.ts';
import { renderRepresentation } from './representation.ts';
import { resolvePath } from './resolve.ts';

/** A file that can be served. */
export interface StaticFile {
  readonly kind: 'file';
  /** The smallest first: of those that the client likes equally the first is the best. One that is served whatever the client likes is the only one. */
  readonly representations: readonly Representation[];
  /** The rule of the folder in which it was found. */
  readonly rule: FileRule;
  /** All paths whose change would make the file another one. */
  readonly watched: readonly WatchedPath[];
  /** The time stamps are old enough to tell a later change. */
  readonly isSettled: boolean;
  /** Bytes of memory, roughly. */
  readonly weight: number;
}

interface WatchedPath {
  readonly path: string;
  /** Undefined: there was no such file. */
  readonly stats: FileStats | undefined;
}

/** What a path leads to. `directory`: where the folder's rule names an index, the path lacks its final slash; with it, the index is served. */
export type Found = StaticFile | Absent | { readonly kind: 'directory' };

type Unrendered = Omit<RepresentationFacts, 'isNegotiated' | 'name'>;
type Read = { readonly kind: 'read'; readonly facts: Unrendered } | Exclude<Opened, { kind: 'file' }>;

export const DIRECTORY: Found = { kind: 'directory' };

/** Rejects only for bugs. */
export async function loadFile(path: string, folder: Folder, around: Surroundings): Promise<Found> {
  const { rule, prefix } = folder;
  const resolved = resolvePath(path, rule.names);
  if (resolved === undefined) {
    return MISSING;
  }
  const { directories } = rule;
  const index = typeof directories === 'string' ? undefined : directories.index;
  const isDirectory = directories !== 'seen' && (resolved === '' || resolved.endsWith('/'));
  if (isDirectory && index === undefined) {
    return MISSING;
  }
  const below = isDirectory ? `${resolved}${index}` : resolved;
  const plain = await readRepresentation(`${prefix}${below}`, 'identity', folder, around);
  switch (plain.kind) {
    case 'absent':
      return (rule.siblings.isTrusted ? await loadAlone(below, folder, around) : undefined) ?? plain;
    case 'directory':
      if (directories === 'seen') {
        return DIRECTORY;
      }
      return isDirectory || index === undefined ? MISSING : findIndex(`${prefix}${below}/${index}`, folder, around);
    case 'read':
      return loadSiblings(plain.facts, below, folder, around);
  }
}

/** The same file, which is no longer known when a file of its name comes to this folder. */
export function watchAlso(file: StaticFile, path: string, folder: Folder): StaticFile {
  return { ...file, watched: [{ path: `${folder.prefix}${path}`, stats: undefined }, ...file.watched] };
}

/** Whether nothing has changed of all that the file was made of. Rejects only for bugs. */
export async function isUnchanged(file: StaticFile, { disk }: Surroundings): Promise<boolean> {
  if (!file.isSettled) {
    return false;
  }
  const same = file.watched.map(async ({ path, stats }) => {
    try {
      const now = await disk.stat(path);
      return stats !== undefined && isSameFile(stats, now);
    } catch {
      // Whatever the reason is, it will be found and reported when the file is loaded again.
      return stats === undefined;
    }
  });
  return (await Promise.all(same)).every((isSame) => isSame);
}

async function findIndex(path: string, folder: Folder, around: Surroundings): Promise<Found> {
  const opened = await openFile(path, folder, around);
  if (opened.kind !== 'file') {
    return MISSING;
  }
  await around.disk.close(opened.fd);
  return DIRECTORY;
}

/** The siblings of a file that is not there. */
async function loadAlone(below: string, folder: Folder, around: Surroundings): Promise<StaticFile | undefined> {
  const path = `${folder.prefix}${below}`;
  const { found, watched } = await readSiblings(path, folder, around);
  const all = [{ path, stats: undefined }, ...watched];
  return found.length === 0
    ? undefined
    : renderFile(found, all, `${folder.uri ?? folder.prefix}${below}`, folder, around);
}

async function loadSiblings(
  plain: Unrendered,
  below: string,
  folder: Folder,
  around: Surroundings,
): Promise<StaticFile> {
  const { isTrusted } = folder.rule.siblings;
  const { found, watched } = await readSiblings(plain.path, folder, around);
  const current = found.filter((sibling) => isTrusted || isCurrent(sibling, plain));
  for (const { path } of found.filter((sibling) => !current.includes(sibling))) {
    around.report('static.stale-sibling', path, 'it is older than the file it was made of, compress that again');
  }
  const all = [{ path: plain.path, stats: plain.stats }, ...watched];
  const name = `${folder.uri ?? folder.prefix}${below}`;
  return renderFile(
    current.some(({ isForced }) => isForced) ? current : [plain, ...current],
    all,
    name,
    folder,
    around,
  );
}

interface Siblings {
  readonly found: readonly Unrendered[];
  readonly watched: readonly WatchedPath[];
}

async function readSiblings(plainPath: string, folder: Folder, around: Surroundings): Promise<Siblings> {
  const found: Unrendered[] = [];
  const watched: WatchedPath[] = [];
  for (const { coding, suffix, always } of folder.rule.siblings.siblings) {
    const path = `${plainPath}${suffix}`;
    const sibling = await readRepresentation(path, coding, folder, around);
    watched.push({ path, stats: sibling.kind === 'read' ? sibling.facts.stats : undefined });
    if (sibling.kind === 'read' && always) {
      return { found: [{ ...sibling.facts, isForced: true }], watched };
    }
    if (sibling.kind === 'read') {
      found.push(sibling.facts);
    }
  }
  return { found, watched };
}

function renderFile(
  all: readonly Unrendered[],
  watched: readonly WatchedPath[],
  name: string,
  folder: Folder,
  around: Surroundings,
): StaticFile {
  const { rule } = folder;
  const nowMs = around.clock.nowMs();
  const isNegotiated = rule.siblings.varies && all.some(({ coding, isForced }) => coding !== 'identity' && !isForced);
  const representations = all
    .map((facts) => renderRepresentation({ ...facts, name, isNegotiated }, rule, nowMs))
    .toSorted((one, other) => one.size - other.size);
  return {
    kind: 'file',
    rule,
    representations,
    watched,
    isSettled: watched.every(({ stats }) => stats === undefined || isSettled(stats, nowMs)),
    weight: representations.reduce(
      (sum, { bytes }) => sum + (bytes?.length ?? 0) + STATIC_LIMITS.representationOverheadBytes,
      0,
    ),
  };
}

/** A sibling that is older than the file was made from an earlier content: after a deploy it would be a stale style sheet. */
function isCurrent(sibling: Unrendered, plain: Unrendered): boolean {
  return plain.stats.mtimeNs - sibling.stats.mtimeNs <= BigInt(STATIC_LIMITS.timestampSlackMs) * 1_000_000n;
}

/** Time stamps are coarse: a file that was changed a moment ago may change again with the same one. */
function isSettled(stats: FileStats, nowMs: number): boolean {
  return nowMs - Number(stats.mtimeNs / 1_000_000n) > STATIC_LIMITS.timestampSlackMs;
}

async function readRepresentation(
  path: string,
  coding: Unrendered['coding'],
  folder: Folder,
  around: Surroundings,
): Promise<Read> {
  const opened = await openFile(path, folder, around);
  if (opened.kind !== 'file') {
    return opened;
  }
  const { fd, stats } = opened;
  try {
    if (stats.size > BigInt(STATIC_LIMITS.memoryFileBytesMax)) {
      return { kind: 'read', facts: { path, coding, stats, bytes: undefined, isForced: false } };
    }
    return await readSteady(fd, stats, { path, coding, isForced: false }, around);
  } catch (error) {
    return absentFor(error, path, around);
  } finally {
    await around.disk.close(fd);
  }
}

/**
 * Bytes and stats that belong together: a file that changed meanwhile is read again. One that never rests, such as a log that is written to, is served with the
 * size it had.
 */
async function readSteady(
  fd: number,
  opened: BigIntStats,
  of: Omit<Unrendered, 'stats' | 'bytes'>,
  around: Surroundings,
): Promise<Read> {
  let stats = opened;
  for (let attempt = 1; ; attempt += 1) {
    const bytes = await readBytes(fd, Number(stats.size), around);
    const after = await around.disk.fstat(fd);
    const isSteady = bytes.length === Number(stats.size) && isSameFile(stats, after);
    if (!isSteady && after.size > BigInt(STATIC_LIMITS.memoryFileBytesMax)) {
      return { kind: 'read', facts: { ...of, stats: after, bytes: undefined } };
    }
    if (isSteady || attempt === STATIC_LIMITS.readAttemptsMax) {
      return { kind: 'read', facts: { ...of, stats: withSize(stats, bytes.length), bytes } };
    }
    stats = after;
  }
}

function withSize({ dev, ino, mtimeNs, ctimeNs }: FileStats, size: number): FileStats {
  return { dev, ino, mtimeNs, ctimeNs, size: BigInt(size) };
}

/** Memory of its own: a slice of Node's pool would hold the whole pool. */
async function readBytes(fd: number, size: number, { disk }: Surroundings): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(size);
  let length = 0;
  while (length < size) {
    const count = await disk.read(fd, bytes, length);
    if (count === 0) {
      break;
    }
    length += count;
  }
  return bytes.subarray(0, length);
}
