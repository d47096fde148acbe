/**
 * What every worker is connected by: the Unix sockets of the edge threads, and the board (docs/lanes.md). Both have to be there as long as
 * the server runs, whoever empties /tmp meanwhile. So they are made in a folder that is removed at once, and live on as descriptors
 * that edges and zygotes inherit: nothing is left that could be removed, replaced, or found by somebody else. Workers must be
 * allowed to dial, so root makes the sockets with the rights of the user that the server is for.
 *
 * A socket whose file is gone is dialled by a descriptor that names it: /proc/self/fd/N, opened with O_PATH. Where that does not lead to it (no
 * /proc, a kernel that only resembles Linux), the folder stays, and the sockets are dialled by their paths.
 */

import { chmodSync, closeSync, constants, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import type { Outcome } from '../kernel/outcome.ts';
import { failure, success } from '../kernel/outcome.ts';
import type { Identity } from './privileges.ts';
import { actFor } from './privileges.ts';
import type { SocketHandle } from './sockets/socket-handle.ts';
import { bindLaneSocket } from './sockets/sockets.ts';

/** Leaves room for `/lane.99.sock` and the like in the 107 bytes of a Unix socket's path. */
const PARENT_BYTES_MAX = 80;
/** open(2): a descriptor that names a file without opening it. Node does not know the flag; the number is that of Linux on all its machines that Node runs on. */
const O_PATH = 0o10000000;
const DESCRIPTOR_NAMES = '/proc/self/fd';

export interface WorkerWires {
  /** Bound, one for each edge thread: the edge listens on them. */
  readonly listening: readonly number[];
  /** What is dialled to reach them: descriptors for the zygotes to inherit, or paths. */
  readonly dialled: readonly (number | string)[];
  readonly board: number;
  close(): void;
}

export interface WiresPlan {
  readonly edgeThreads: number;
  readonly boardBytes: number;
  readonly identity: Identity | undefined;
  /** /proc/self/fd, except in tests. */
  readonly descriptorNames?: string;
}

export async function openWorkerWires(env: NodeJS.ProcessEnv, plan: WiresPlan): Promise<Outcome<WorkerWires>> {
  const reasons: string[] = [];
  for (const parent of new Set([env['XDG_RUNTIME_DIR'], env['TMPDIR'], '/tmp', '/var/tmp'])) {
    if (parent && Buffer.byteLength(parent) <= PARENT_BYTES_MAX) {
      const opened = await openIn(parent, plan);
      if (opened.ok) {
        return opened;
      }
      reasons.push(`${parent}: ${opened.fault}`);
    }
  }
  return failure(
    `the sockets between the processes can be made in none of $XDG_RUNTIME_DIR, $TMPDIR, /tmp and /var/tmp (${reasons.join('; ')}). Set TMPDIR to a folder with a short path that can be written`,
  );
}

interface Made {
  folder: string | undefined;
  readonly handles: SocketHandle[];
  readonly descriptors: number[];
}

async function openIn(parent: string, plan: WiresPlan): Promise<Outcome<WorkerWires>> {
  const { identity } = plan;
  const made: Made = { folder: undefined, handles: [], descriptors: [] };
  // Closing a handle removes the file that it has made, whatever its path leads to by then.
  const close = () => actFor(identity, () => remove(made));
  try {
    const { board, paths } = actFor(identity, () => make(parent, plan, made));
    const names = await openNames(paths, plan.descriptorNames ?? DESCRIPTOR_NAMES);
    if (names !== undefined) {
      made.descriptors.push(...names);
      actFor(identity, () => removeFolder(made.folder));
      made.folder = undefined;
    }
    return success({ listening: made.handles.map(({ fd }) => fd), dialled: names ?? paths, board, close });
  } catch (error) {
    close();
    return failure((error as Error).message);
  }
}

function make(parent: string, { boardBytes, edgeThreads }: WiresPlan, made: Made) {
  const folder = mkdtempSync(join(parent, 'portico-'));
  made.folder = folder;
  const board = openBoard(join(folder, 'board'), boardBytes);
  made.descriptors.push(board);
  const paths: string[] = [];
  for (let thread = 0; thread < edgeThreads; thread += 1) {
    const path = join(folder, `lane.${thread}.sock`);
    made.handles.push(bindLaneSocket(path));
    // Our own workers alone: the file is theirs to dial as long as it has a name, and through the descriptor afterwards.
    chmodSync(path, 0o600);
    paths.push(path);
  }
  return { board, paths };
}

function remove({ folder, handles, descriptors }: Made): void {
  for (const handle of handles) {
    handle.close();
  }
  descriptors.forEach(closeSync);
  removeFolder(folder);
}

/** Undefined: sockets cannot be dialled through descriptors here. */
async function openNames(paths: readonly string[], descriptorNames: string): Promise<number[] | undefined> {
  const names: number[] = [];
  try {
    for (const path of paths) {
      names.push(openSync(path, O_PATH | constants.O_NOFOLLOW));
    }
    if (await isSocket(`${descriptorNames}/${names[0]}`)) {
      return names;
    }
  } catch {
    // A path that cannot be opened is answered as one that cannot be dialled, below.
  }
  names.forEach(closeSync);
  return undefined;
}

/** A socket that nobody listens on yet refuses the connection; where there is no socket, the error is another. */
function isSocket(path: string): Promise<boolean> {
  return new Promise((done) => {
    const probe = createConnection(path);
    probe.once('connect', () => probe.destroy());
    probe.once('error', (error: NodeJS.ErrnoException) => done(error.code === 'ECONNREFUSED'));
    probe.once('close', () => done(false));
  });
}

/** Written and not only made long: a worker that maps a hole is killed by SIGBUS when the disk is too full to fill it. */
function openBoard(path: string, bytes: number): number {
  const board = openSync(path, 'wx+', 0o600);
  writeSync(board, Buffer.alloc(bytes));
  rmSync(path);
  return board;
}

function removeFolder(folder: string | undefined): void {
  if (folder !== undefined) {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // A folder that cannot be removed holds nothing, and nobody misses it.
      return;
    }
  }
}
