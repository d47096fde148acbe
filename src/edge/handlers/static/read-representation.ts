/** The bytes of a file and the stats that belong to them. */

import type { BigIntStats } from 'node:fs';
import { markLasting } from '../../../kernel/lasting-bytes.ts';
import type { FileStats } from './file-stats.ts';
import { isSameFile } from './file-stats.ts';
import type { Folder } from './folder.ts';
import { STATIC_LIMITS } from './limits.ts';
import type { Opened, Surroundings } from './open-file.ts';
import { absentFor, openFile } from './open-file.ts';
import type { RepresentationFacts } from './representation.ts';

/** What is known of a representation before it is described. */
export type Read = Omit<RepresentationFacts, 'isNegotiated' | 'name'>;
export type ReadOutcome = { readonly kind: 'read'; readonly facts: Read } | Exclude<Opened, { kind: 'file' }>;

/** Opens a file and reads it, if it is small. */
export async function readRepresentation(
  path: string,
  coding: Read['coding'],
  folder: Folder,
  around: Surroundings,
): Promise<ReadOutcome> {
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
  of: Omit<Read, 'stats' | 'bytes'>,
  around: Surroundings,
): Promise<ReadOutcome> {
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
  const whole = bytes.subarray(0, length);
  markLasting(whole);
  return whole;
}
