/**
 * Opening a log. Root opens it only where nobody else can change what the path leads to; what others may write is opened with the
 * user's own rights, so that a link of theirs leads no further than they could go themselves (CVE-2016-1247 was a log file of this kind).
 */

import { closeSync, constants, fchownSync, fstatSync, openSync, statSync } from 'node:fs';
import type { Identity } from '../privileges.ts';
import { asUser, mayAct } from '../privileges.ts';
import { isInRootsFolder, isRootsAlone } from '../trusted-path.ts';

const STANDARD_OUTPUT = 1;
const STANDARD_ERROR = 2;
const LOG_FILE_MODE = 0o640;
const ROOTS_GROUP = 0;
/** O_NONBLOCK waits for no reader of a pipe, O_NOCTTY takes no terminal, O_APPEND puts whole lines of several writers one behind the other. */
const LOG_FLAGS: number = constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK | constants.O_NOCTTY;
const NEW_FILE: number = LOG_FLAGS | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** Throws what is in the way, in one sentence. */
export function openLogFile(path: string, identity: Identity | undefined): number {
  if (!mayAct(identity)) {
    return openOrMake(path);
  }
  if (isRootsAlone(path)) {
    return openAsRoot(path, identity);
  }
  try {
    return asUser(identity, () => openOrMake(path));
  } catch (error) {
    return openNew(path, identity) ?? refuse(path, identity, error as NodeJS.ErrnoException);
  }
}

/** Of a log that is one of our standard streams nothing was opened: closed, its number would be that of the next file, which then had the log's lines in it. */
export function closeLogFile(fd: number): void {
  if (fd > STANDARD_ERROR) {
    closeSync(fd);
  }
}

/** Root needs a capability (DAC_OVERRIDE) for a file that was given to the user before, which containers are often not given. */
function openAsRoot(path: string, identity: Identity): number {
  try {
    return give(openOrMake(path), path, identity);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') {
      throw error;
    }
    return asUser(identity, () => openOrMake(path));
  }
}

function openOrMake(path: string): number {
  try {
    return openSync(path, LOG_FLAGS | constants.O_CREAT, LOG_FILE_MODE);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENXIO') {
      throw error;
    }
    // A socket cannot be opened again, as /dev/stdout where systemd listens. A pipe that nobody reads yet can be opened together with an end
    // for reading, and keeps what is written until somebody reads it.
    return findStandard(path) ?? openSync(path, (LOG_FLAGS & ~constants.O_WRONLY) | constants.O_RDWR);
  }
}

/** Which of our standard streams a path leads to. */
function findStandard(path: string): number | undefined {
  const { dev, ino } = statSync(path);
  return [STANDARD_OUTPUT, STANDARD_ERROR].find((fd) => {
    const own = fstatSync(fd);
    return own.isSocket() && own.dev === dev && own.ino === ino;
  });
}

/** Pipes and terminals stay whose they are: we have them open, and the user is not to have root's terminal. */
function give(fd: number, path: string, { uid, gid }: Identity): number {
  const stat = fstatSync(fd);
  if (stat.isFile() && stat.nlink !== 1) {
    closeSync(fd);
    throw new Error(
      `${path} has ${stat.nlink} names (hard links), so it cannot be given to the user that the server runs as. Remove the others, or choose another file`,
    );
  }
  if (stat.isFile() && (stat.uid !== uid || stat.gid === ROOTS_GROUP)) {
    // A group that somebody has chosen stays, as that of those who may read logs (`create 0640 www-data adm` of logrotate).
    fchownSync(fd, uid, stat.gid === ROOTS_GROUP ? gid : stat.gid);
  }
  return fd;
}

/** In a folder of root's in which others may make files too, as /var/log on some systems: root may make one there, but takes none that is there already. */
function openNew(path: string, identity: Identity): number | undefined {
  if (!isInRootsFolder(path)) {
    return undefined;
  }
  try {
    return give(openSync(path, NEW_FILE, LOG_FILE_MODE), path, identity);
  } catch {
    return undefined;
  }
}

function refuse(path: string, { userName, uid }: Identity, { code }: NodeJS.ErrnoException): never {
  const name = userName || String(uid);
  throw new Error(
    `${path} cannot be opened by ${name} (${code}), and root does not open what others than root can replace. Make it ${name}'s, or choose a folder that is root's or ${name}'s alone`,
  );
}
