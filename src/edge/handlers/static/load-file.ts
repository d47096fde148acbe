/** Reads a file and its compressed siblings, and finds out later whether they changed. */

import type { BigIntStats } from 'node:fs';
import { SIBLINGS } from './encodings.ts';
import { STATIC_LIMITS } from './limits.ts';
import type { CompiledMount } from './mount.ts';
import type { Absence, Opened, Root, Surroundings } from './open-inside.ts';
import { absenceOf, openInside } from './open-inside.ts';
import type { FileStats, Representation, RepresentationFacts } from './representation.ts';
import { isSameFile, renderRepresentation } from './representation.ts';
import { resolvePath } from './resolve.ts';

/** A file that can be served. */
export interface StaticFile {
  readonly kind: 'file';
  /** The smallest first: of those that the client likes equally the first is the best. */
  readonly representations: readonly Representation[];
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

/** What a path leads to. `directory`: the path lacks its final slash; with it, the directory's index is served. */
export type Found =
  | StaticFile
  | { readonly kind: 'absent'; readonly absence: Absence }
  | { readonly kind: 'directory' };

type Unrendered = Omit<RepresentationFacts, 'isNegotiated' | 'name'>;
type Read = { readonly kind: 'read'; readonly facts: Unrendered } | Exclude<Opened, { kind: 'file' }>;

export const MISSING: Found = { kind: 'absent', absence: 'missing' };
export const DIRECTORY: Found = { kind: 'directory' };

/** `rest`: what follows the mount's URL. Rejects only for bugs. */
export async function loadFile(rest: string, mount: CompiledMount, root: Root, around: Surroundings): Promise<Found> {
  const resolved = resolvePath(rest, mount);
  // Claims of the application are about paths as they are written: `a//b` must not be served as `a/b`, on which the application may decide.
  if (resolved === undefined || (mount.passesMissing && resolved !== rest)) {
    return MISSING;
  }
  const isDirectory = resolved === '' || resolved.endsWith('/');
  const index = isDirectory ? mount.index : '';
  if (index === undefined) {
    return MISSING;
  }
  const path = `${root.path}/${resolved}${index}`;
  const plain = await readRepresentation(path, 'identity', root, around);
  switch (plain.kind) {
    case 'absent':
      return plain;
    case 'directory':
      return isDirectory || mount.index === undefined ? MISSING : findIndex(`${path}/${mount.index}`, root, around);
    case 'read':
      return loadSiblings(plain.facts, mount, root, around);
  }
}

/** The same file, which is no longer known when a file of its name comes to this mount's folder. */
export function watchAlso(file: StaticFile, rest: string, mount: CompiledMount): StaticFile {
  const path = `${mount.root}/${rest}`;
  return { ...file, watched: [{ path, stats: undefined }, ...file.watched] };
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

async function findIndex(path: string, root: Root, around: Surroundings): Promise<Found> {
  const opened = await openInside(path, root, around);
  if (opened.kind !== 'file') {
    return MISSING;
  }
  await around.disk.close(opened.fd);
  return DIRECTORY;
}

async function loadSiblings(
  plain: Unrendered,
  mount: CompiledMount,
  root: Root,
  around: Surroundings,
): Promise<StaticFile> {
  const all: Unrendered[] = [plain];
  const watched: WatchedPath[] = [{ path: plain.path, stats: plain.stats }];
  for (const { coding, suffix } of SIBLINGS) {
    const path = `${plain.path}${suffix}`;
    const sibling = await readRepresentation(path, coding, root, around);
    watched.push({ path, stats: sibling.kind === 'read' ? sibling.facts.stats : undefined });
    if (sibling.kind === 'read' && isCurrent(sibling.facts, plain)) {
      all.push(sibling.facts);
    } else if (sibling.kind === 'read') {
      around.report('static.stale-sibling', path, 'it is older than the file it was made of, compress that again');
    }
  }
  const nowMs = around.clock.nowMs();
  const representations = all
    .map((facts) => renderRepresentation({ ...facts, name: plain.path, isNegotiated: all.length > 1 }, mount, nowMs))
    .toSorted((one, other) => one.size - other.size);
  return {
    kind: 'file',
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
  root: Root,
  around: Surroundings,
): Promise<Read> {
  const opened = await openInside(path, root, around);
  if (opened.kind !== 'file') {
    return opened;
  }
  const { fd, stats } = opened;
  try {
    if (stats.size > BigInt(STATIC_LIMITS.memoryFileBytesMax)) {
      return { kind: 'read', facts: { path, coding, stats, bytes: undefined } };
    }
    return await readSteady(fd, stats, { path, coding }, around);
  } catch (error) {
    return { kind: 'absent', absence: absenceOf(error, path, around) };
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
  of: Pick<Unrendered, 'path' | 'coding'>,
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
