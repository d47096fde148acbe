/**
 * A folder of this run's own, mode 0700: the edge's lane sockets, the workers' log pipes, the board. What a server that was killed has
 * left behind is removed by the next one of the same user, never by root on behalf of another.
 */

import {
  closeSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Outcome } from '../kernel/outcome.ts';
import { failure, success } from '../kernel/outcome.ts';

const PREFIX = 'portico-';
const NAMED_LIKE_OURS = /^portico-[A-Za-z0-9]{6}$/;
/** Everything but what is the supervisor's and the workers'. */
const LEFT_BY_EDGE = /^(?!pid$|board$|worker\.)/;
/** Leaves room for `lane.99.sock` and the like in the 107 bytes of a Unix socket's path. */
const PATH_BYTES_MAX = 80;

export interface RunDirectory {
  readonly path: string;
  /** For request and response bodies: on disk, where the run directory may be in memory. */
  readonly spoolPath: string;
  readonly boardPath: string;
  /** Removes what an edge that was killed has left: its lane sockets, its bodies. */
  clearEdge(): void;
  remove(): void;
}

export function createRunDirectory(env: NodeJS.ProcessEnv, boardBytes: number): Outcome<RunDirectory> {
  const path = createIn([env['XDG_RUNTIME_DIR'], env['TMPDIR'], '/tmp']);
  const spoolPath = createIn([env['TMPDIR'], '/var/tmp', '/tmp']);
  if (path === undefined || spoolPath === undefined) {
    return failure(
      'no folder for sockets and temporary files can be made in $XDG_RUNTIME_DIR, $TMPDIR, /var/tmp or /tmp. Set TMPDIR to one with a short path that can be written',
    );
  }
  for (const folder of [path, spoolPath]) {
    writeFileSync(join(folder, 'pid'), `${process.pid} ${startTime(process.pid) ?? ''}\n`);
  }
  const boardPath = join(path, 'board');
  const board = openSync(boardPath, 'w', 0o600);
  ftruncateSync(board, boardBytes);
  closeSync(board);
  const clearEdge = () => {
    for (const folder of [path, spoolPath]) {
      for (const name of readdirSync(folder).filter((candidate) => LEFT_BY_EDGE.test(candidate))) {
        rmSync(join(folder, name), { force: true });
      }
    }
  };
  const remove = () => {
    for (const folder of [path, spoolPath]) {
      rmSync(folder, { recursive: true, force: true });
    }
  };
  return success({ path, spoolPath, boardPath, clearEdge, remove });
}

/** Those whose supervisor is gone. Not awaited by the start, and whatever stands in its way is left alone. */
export async function removeStaleDirectories(env: NodeJS.ProcessEnv): Promise<void> {
  for (const parent of new Set([env['XDG_RUNTIME_DIR'], env['TMPDIR'], '/var/tmp', '/tmp'])) {
    for (const name of parent ? await listFolder(parent) : []) {
      if (NAMED_LIKE_OURS.test(name)) {
        await removeIfStale(join(parent ?? '', name));
      }
    }
  }
}

async function removeIfStale(path: string): Promise<void> {
  try {
    const stat = await lstat(path);
    if (stat.isDirectory() && stat.uid === process.geteuid?.() && isStale(path)) {
      await rm(path, { recursive: true, force: true });
    }
  } catch {
    return;
  }
}

async function listFolder(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch {
    return [];
  }
}

function createIn(parents: readonly (string | undefined)[]): string | undefined {
  for (const parent of parents) {
    try {
      if (parent && Buffer.byteLength(parent) <= PATH_BYTES_MAX) {
        return mkdtempSync(join(parent, PREFIX));
      }
    } catch {
      // Not writable, or not there: the next is tried.
    }
  }
  return undefined;
}

/** A folder without the file is one that is being made just now. */
function isStale(folder: string): boolean {
  const [pid = '', started = ''] = readOr(join(folder, 'pid'), '').trim().split(' ');
  return pid !== '' && startTime(Number(pid)) !== (started === '' ? undefined : started);
}

/** Field 22 of proc(5) stat: tells a process from a later one with the same number. */
function startTime(pid: number): string | undefined {
  const stat = readOr(`/proc/${pid}/stat`, '');
  return stat === '' ? undefined : stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}

function readOr(path: string, fallback: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return fallback;
  }
}
