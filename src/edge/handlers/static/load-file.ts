/** Reads a file and its compressed siblings, and finds out later whether they changed. */

import type { FileStats } from './file-stats.ts';
import { isSameFile } from './file-stats.ts';
import type { FileRule, Folder } from './folder.ts';
import { STATIC_LIMITS } from './limits.ts';
import type { Absent, Surroundings } from './open-file.ts';
import { MISSING, openFile } from './open-file.ts';
import type { Read } from './read-representation.ts';
import { readRepresentation } from './read-representation.ts';
import type { Representation } from './representation.ts';
import { renderRepresentation } from './representation.ts';
import { resolvePath } from './resolve.ts';

/** A file that can be served. */
export interface StaticFile {
  readonly kind: 'file';
  /** The smallest first: of those that the client likes equally the first is the best. One that is served whatever the client likes is the only one. */
  readonly representations: readonly Representation[];
  /** False: there are compressed siblings alone. */
  readonly hasPlain: boolean;
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
      return (rule.siblings.isTrusted ? await loadAlone(`${prefix}${below}`, folder, around) : undefined) ?? plain;
    case 'directory':
      if (directories === 'seen') {
        return DIRECTORY;
      }
      return isDirectory || index === undefined ? MISSING : findIndex(`${prefix}${below}/${index}`, folder, around);
    case 'read':
      return loadSiblings(plain.facts, folder, around);
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
async function loadAlone(path: string, folder: Folder, around: Surroundings): Promise<StaticFile | undefined> {
  const { found, watched } = await readSiblings(path, folder, around);
  return found.length === 0 ? undefined : renderFile(found, [{ path, stats: undefined }, ...watched], folder, around);
}

async function loadSiblings(plain: Read, folder: Folder, around: Surroundings): Promise<StaticFile> {
  const { isTrusted } = folder.rule.siblings;
  const { found, watched } = await readSiblings(plain.path, folder, around);
  const current = found.filter((sibling) => isTrusted || isCurrent(sibling, plain));
  for (const { path } of found.filter((sibling) => !current.includes(sibling))) {
    around.report('static.stale-sibling', path, 'it is older than the file it was made of, compress that again');
  }
  const all = current.some(({ isForced }) => isForced) ? current : [plain, ...current];
  return renderFile(all, [{ path: plain.path, stats: plain.stats }, ...watched], folder, around);
}

interface Siblings {
  readonly found: readonly Read[];
  readonly watched: readonly WatchedPath[];
}

async function readSiblings(plainPath: string, folder: Folder, around: Surroundings): Promise<Siblings> {
  const found: Read[] = [];
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

/** `watched`: the plain file first, whose name the others have too. */
function renderFile(
  all: readonly Read[],
  watched: readonly [WatchedPath, ...WatchedPath[]],
  { rule }: Folder,
  around: Surroundings,
): StaticFile {
  const nowMs = around.clock.nowMs();
  const [plain] = watched;
  const isNegotiated = rule.siblings.varies && all.some(({ coding, isForced }) => coding !== 'identity' && !isForced);
  const representations = all
    .map((facts) => renderRepresentation({ ...facts, name: plain.path, isNegotiated }, rule, nowMs))
    .toSorted((one, other) => one.size - other.size);
  return {
    kind: 'file',
    hasPlain: plain.stats !== undefined,
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
function isCurrent(sibling: Read, plain: Read): boolean {
  return plain.stats.mtimeNs - sibling.stats.mtimeNs <= BigInt(STATIC_LIMITS.timestampSlackMs) * 1_000_000n;
}

/** Time stamps are coarse: a file that was changed a moment ago may change again with the same one. */
function isSettled(stats: FileStats, nowMs: number): boolean {
  return nowMs - Number(stats.mtimeNs / 1_000_000n) > STATIC_LIMITS.timestampSlackMs;
}
