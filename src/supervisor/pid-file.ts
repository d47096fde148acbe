/**
 * The file that tells our number to others. They may act on it as root ("kill $(cat …)"), so where root writes it, it stays root's: the
 * user that the server runs as could write another's number there. It takes its place by a rename, which follows no link.
 * In a folder that the user can change it is written, and removed, with the user's rights.
 */

import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  lstatSync,
  openSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { randomBytes } from '../kernel/random-bytes.ts';
import type { Identity } from './privileges.ts';
import { asUser, mayAct } from './privileges.ts';
import { isInRootsFolder } from './trusted-path.ts';

const PID_FILE_MODE = 0o644;
const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR, O_TRUNC, O_NONBLOCK } = constants;
/** Faults with which the folder cannot be written, while the file in it perhaps can. */
const FOLDER_FAULTS: ReadonlySet<string | undefined> = new Set(['EACCES', 'EPERM', 'EROFS']);

/** What nginx puts behind the name of the file of a server that is being replaced … */
const OLD = '.oldbin';
/** … and gunicorn behind that of a server that replaces another, until the other has ended. */
const NEW = '.2';

export class PidFile {
  readonly #path: string;
  /** Where our number is. */
  #place: string;
  readonly #identity: Identity | undefined;
  /** Kept open for the end: the folder may be root's, and we need not be root any more when the file is to be emptied. */
  #fd: number | undefined;

  /** `isSecond`: another server has the name, which this one takes over by `moveBack`. */
  constructor(path: string, identity: Identity | undefined, isSecond = false) {
    this.#path = path;
    this.#place = isSecond ? `${path}${NEW}` : path;
    this.#identity = identity;
  }

  /** Once. Throws what is in the way. */
  write(): void {
    if (this.#fd !== undefined) {
      return;
    }
    this.#fd = this.#withItsRights(() => write(this.#place));
  }

  /** The name is for the server that replaces this one. Throws what is in the way. */
  moveAside(): void {
    if (this.#fd === undefined || !isAt(this.#path, this.#fd)) {
      throw new Error(`${this.#path} is not this server's (any more)`);
    }
    this.#move(`${this.#path}${OLD}`);
  }

  /** The other server has ended, or could not start. Throws what is in the way. */
  moveBack(): void {
    if (this.#fd !== undefined && this.#place !== this.#path) {
      this.#move(this.#path);
    }
  }

  #move(place: string): void {
    this.#withItsRights(() => renameSync(this.#place, place));
    this.#place = place;
  }

  #withItsRights<T>(act: () => T): T {
    return mayAct(this.#identity) && !isInRootsFolder(this.#path) ? asUser(this.#identity, act) : act();
  }

  /** Removes the file, unless another server has written it since. In a folder of root's the file stays, and is emptied: no number is in it. */
  remove(): void {
    const fd = this.#fd;
    if (fd === undefined) {
      return;
    }
    this.#fd = undefined;
    try {
      ftruncateSync(fd);
      if (isAt(this.#place, fd)) {
        this.#withItsRights(() => unlinkSync(this.#place));
      }
    } catch {
      // Nothing depends on the removal.
      return;
    } finally {
      closeSync(fd);
    }
  }
}

/** Whether this is the file at the path. */
function isAt(path: string, fd: number): boolean {
  const { dev, ino } = fstatSync(fd);
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat?.dev === dev && stat.ino === ino;
}

function write(path: string): number {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat !== undefined && !stat.isFile() && !stat.isSymbolicLink()) {
    throw new Error(`${path} is there already, and is no file. Choose another --pid-file`);
  }
  const fd = openPlace(path);
  writeSync(fd, `${process.pid}\n`);
  return fd;
}

/** Nobody has named the file that takes the place of the pid file. */
function withPath(error: unknown, temporary: string, path: string): unknown {
  return error instanceof Error ? Object.assign(error, { message: error.message.replace(temporary, path) }) : error;
}

function openPlace(path: string): number {
  const temporary = `${path}.${randomBytes(8).toString('hex')}`;
  let fd: number;
  try {
    fd = openSync(temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, PID_FILE_MODE);
  } catch (error) {
    if (!FOLDER_FAULTS.has((error as NodeJS.ErrnoException).code)) {
      throw withPath(error, temporary, path);
    }
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) {
      throw withPath(error, temporary, path);
    }
    return openSync(path, O_RDWR | O_TRUNC | O_NOFOLLOW | O_NONBLOCK);
  }
  try {
    renameSync(temporary, path);
    return fd;
  } catch (error) {
    closeSync(fd);
    unlinkSync(temporary);
    throw error;
  }
}
