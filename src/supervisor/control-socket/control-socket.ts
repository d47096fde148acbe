/**
 * The socket by which commands of an operator reach the server. Whoever can connect to it commands the server: the socket is its owner's alone (0600), in a folder that
 * is its owner's alone, because Node cannot ask the kernel who has connected.
 *
 * The socket is bound under a name that nobody looks for, and gets its own when it can be connected to: nobody takes it for one that was left behind, and
 * no link of a stranger's is followed. One that a server has left that was killed is removed by the next.
 */

import { linkSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync, unlinkSync } from 'node:fs';
import type { Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { systemClock } from '../../kernel/clock.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import { randomBytes } from '../../kernel/random-bytes.ts';
import { SUPERVISOR_LIMITS } from '../limits.ts';
import { isFolder } from '../paths.ts';
import type { Identity } from '../privileges.ts';
import { withRightsFor } from '../privileges.ts';
import { isAnswered } from '../sockets/sockets.ts';
import type { Asker } from './socket-places.ts';
import { controlFolders, isPrivate, isSocketName, socketName } from './socket-places.ts';

export interface ControlSocketParts {
  /** Where it is to be, or the folder; '' for the place of this user's servers. */
  readonly path: string;
  readonly asker: Asker;
  readonly identity: Identity | undefined;
  /** The server that this one replaces has the same path, and gives it up. */
  readonly replaces: boolean;
  readonly onConnection: (socket: Socket) => void;
  /** Who may connect; the owner alone if nothing is said. */
  readonly mode?: number;
  /** The folder of `path` is made if it is missing. */
  readonly makesFolder?: boolean;
}

const OWN_MODE = 0o600;
const FOLDER_MODE = 0o700;
const WRITABLE_BY_OTHERS = 0o022;
const STICKY = 0o1000;
/** sun_path of Linux, without its last zero byte. */
const PATH_BYTES_MAX = 107;
/** Servers of one number in a folder. */
const TURNS_MAX = 64;
const NEW_NAME = /^\.[\d.]+sock\.[\da-f]{8}$/;

interface Bound {
  readonly server: Server;
  readonly path: string;
  readonly inode: number;
}

export class ControlSocket {
  readonly #parts: ControlSocketParts;
  #bound: Bound | undefined;
  #isClosed = false;

  constructor(parts: ControlSocketParts) {
    this.#parts = parts;
  }

  /** '' while there is none. */
  get path(): string {
    return this.#bound?.path ?? '';
  }

  /** Resolves with what is in the way. */
  async open(): Promise<string | undefined> {
    const { path } = this.#parts;
    const folders = path === '' ? controlFolders(this.#parts.asker) : isFolder(path) ? [path] : undefined;
    const bound = folders === undefined ? await this.#bindNamed(path) : await this.#bindAmongOurs(folders);
    if (bound.ok) {
      this.#bound = bound.value;
    }
    return bound.ok ? undefined : bound.fault;
  }

  /**
   * Where the socket has gone (what cleans /tmp takes what is old), or where another server has had the path and has ended, it is made again. After `open` has
   * succeeded once.
   */
  async look(): Promise<void> {
    const before = this.#bound;
    if (before !== undefined && inodeAt(before.path) === before.inode) {
      return;
    }
    this.#bound = undefined;
    before?.server.close();
    await this.open();
    if (this.#isClosed) {
      this.close();
    }
  }

  /** Connections stay: whoever waits for the end hears of it by the end of the process. */
  close(): void {
    this.#isClosed = true;
    const bound = this.#bound;
    this.#bound = undefined;
    if (bound !== undefined) {
      bound.server.close();
      if (inodeAt(bound.path) === bound.inode) {
        this.#act(bound.path, () => unlinkSync(bound.path));
      }
    }
  }

  /** In the first of these that can be had. */
  async #bindAmongOurs(folders: readonly string[]): Promise<Outcome<Bound>> {
    const faults: string[] = [];
    for (const folder of folders) {
      const fault = makeFolder(folder, this.#parts.asker.uid);
      if (fault === undefined) {
        await removeStale(folder);
      }
      const bound = fault === undefined ? await this.#bindIn(folder) : failure(fault);
      if (bound.ok) {
        return bound;
      }
      faults.push(bound.fault);
    }
    return failure(faults.join('; '));
  }

  async #bindIn(folder: string): Promise<Outcome<Bound>> {
    for (let turn = 0; turn < TURNS_MAX; turn += 1) {
      const path = join(folder, socketName(process.pid, turn));
      if (inodeAt(path) === undefined) {
        const bound = this.#bind(path, linkSync);
        if (bound.ok || inodeAt(path) === undefined) {
          return bound;
        }
      }
    }
    return failure(`${folder} is full`);
  }

  async #bindNamed(path: string): Promise<Outcome<Bound>> {
    const folder = dirname(path);
    const { makesFolder = false, identity } = this.#parts;
    const fault =
      (makesFolder ? withRightsFor(identity, folder, () => makeMissing(folder)) : undefined) ?? faultOfFolder(folder);
    if (fault !== undefined) {
      return failure(fault);
    }
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat !== undefined && !stat.isSocket()) {
      return failure(`${path} exists and is not a socket. Choose another path, or remove it`);
    }
    if (stat === undefined) {
      return this.#bind(path, linkSync);
    }
    if (!this.#parts.replaces && (await isAnswered(path))) {
      return failure(`${path} is the control socket of another server. Choose another path, or stop that server`);
    }
    return this.#bind(path, renameSync);
  }

  /** `move`: gives the socket its name. */
  #bind(path: string, move: (from: string, to: string) => void): Outcome<Bound> {
    const first = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}`);
    if (Buffer.byteLength(first) > PATH_BYTES_MAX) {
      return failure(`${path} is too long for a socket`);
    }
    const server = createServer((socket) => this.#parts.onConnection(socket));
    server.maxConnections = SUPERVISOR_LIMITS.commandsMax;
    const faults: string[] = [];
    server.on('error', (error: NodeJS.ErrnoException) => faults.push(error.code ?? error.message));
    try {
      this.#act(path, () => {
        listen(server, first, this.#parts.mode ?? OWN_MODE);
        try {
          move(first, path);
        } finally {
          if (inodeAt(first) !== undefined) {
            unlinkSync(first);
          }
        }
      });
    } catch (error) {
      server.close();
      const { code, message } = error as NodeJS.ErrnoException;
      return failure(`${path} cannot be made (${code ?? message})`);
    }
    return success({ server, path, inode: inodeAt(path) ?? 0 });
  }

  #act(path: string, act: () => void): void {
    const { identity, path: named } = this.#parts;
    if (named === '') {
      act();
    } else {
      withRightsFor(identity, path, act);
    }
  }
}

/** Synchronous, as Node binds sockets of this kind. Throws what is in the way. */
function listen(server: Server, path: string, mode: number): void {
  const before = process.umask(0o777 & ~mode);
  try {
    server.listen({ path, exclusive: true });
  } finally {
    process.umask(before);
  }
  if (inodeAt(path) === undefined) {
    throw new Error('it cannot be bound');
  }
}

/** Returns what is in the way. */
function makeMissing(folder: string): string | undefined {
  try {
    mkdirSync(folder, { mode: FOLDER_MODE, recursive: true });
    return undefined;
  } catch (error) {
    return `${folder} cannot be made (${(error as NodeJS.ErrnoException).code})`;
  }
}

/** Returns what is in the way. */
function makeFolder(folder: string, uid: number): string | undefined {
  try {
    mkdirSync(folder, { mode: FOLDER_MODE });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST') {
      return `${folder} cannot be made (${code})`;
    }
  }
  return isPrivate(folder, uid) ? undefined : `${folder} is not this user's alone`;
}

/** In a folder that others can write to they could put a socket of their own in the place of ours; in one that is sticky they cannot. */
function faultOfFolder(folder: string): string | undefined {
  try {
    const stat = lstatSync(join(folder, '.'));
    const isOpen = (stat.mode & WRITABLE_BY_OTHERS) !== 0 && (stat.mode & STICKY) === 0;
    return isOpen ? `others may change what is in ${folder}. Choose a folder that is one user's alone` : undefined;
  } catch (error) {
    return `there is no folder ${folder} (${(error as NodeJS.ErrnoException).code})`;
  }
}

/** Removes what servers have left that are gone. */
async function removeStale(folder: string): Promise<void> {
  for (const name of readdirSync(folder).filter((each) => isSocketName(each) || NEW_NAME.test(each))) {
    const path = join(folder, name);
    const stat = lstatSync(path, { throwIfNoEntry: false });
    const isOld = stat !== undefined && (isSocketName(name) || isOlder(stat.mtimeMs));
    if (isOld && stat.isSocket() && !(await isAnswered(path)) && inodeAt(path) === stat.ino) {
      // Another server may have removed it.
      rmSync(path, { force: true });
    }
  }
}

function isOlder(timeMs: number): boolean {
  return systemClock.nowMs() - timeMs > SUPERVISOR_LIMITS.controlSocketYoungMs;
}

function inodeAt(path: string): number | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.ino;
  } catch {
    return undefined;
  }
}
