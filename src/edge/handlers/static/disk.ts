/** The file system as this folder uses it: asynchronous, so that a slow disk never holds the thread; replaced in tests of faults. */

import type { BigIntStats } from 'node:fs';
import { close, constants, fstat, lstat, open, read, readlink, realpath, stat } from 'node:fs';
import { toFsPath } from './resolve.ts';

/** Paths are latin-1 text, a character a byte. Rejects with Node's errors. */
export interface Disk {
  readonly stat: (path: string) => Promise<BigIntStats>;
  readonly lstat: (path: string) => Promise<BigIntStats>;
  /** `follows` (true): the last name of the path may be a symbolic link. */
  readonly open: (path: string, follows?: boolean) => Promise<number>;
  /** To open names below it, for which the right to search it is enough. */
  readonly openDirectory: (path: string, follows: boolean) => Promise<number>;
  readonly fstat: (fd: number) => Promise<BigIntStats>;
  /** Where the opened file is, free of links; undefined where the system cannot say. */
  readonly descriptorPath: (fd: number) => Promise<string | undefined>;
  readonly realPath: (path: string) => Promise<string>;
  readonly read: (fd: number, into: Buffer, offset: number) => Promise<number>;
  readonly close: (fd: number) => Promise<void>;
}

// Not imported: see docs/architecture.md, "What a start loads".
const { promisify } = process.getBuiltinModule('node:util');

const statAsync = promisify(stat);
const openAsync = promisify(open);
const lstatAsync = promisify(lstat);
const fstatAsync = promisify(fstat);
const readlinkAsync = promisify(readlink);
const readAsync = promisify(read);
const closeAsync = promisify(close);

/** Without waiting for a writer of a FIFO, and without making a terminal ours. */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

/** O_PATH of Linux, which Node does not name. */
const O_PATH = 0o10000000;

export const nodeDisk: Disk = {
  stat: (path) => statAsync(toFsPath(path), { bigint: true }),
  lstat: (path) => lstatAsync(toFsPath(path), { bigint: true }),
  open: (path, follows = true) => openAsync(toFsPath(path), OPEN_FLAGS | (follows ? 0 : constants.O_NOFOLLOW)),
  openDirectory: (path, follows) =>
    openAsync(toFsPath(path), O_PATH | constants.O_DIRECTORY | (follows ? 0 : constants.O_NOFOLLOW)),
  fstat: (fd) => fstatAsync(fd, { bigint: true }),
  descriptorPath: readDescriptorPath,
  realPath: readRealPath,
  read: async (fd, into, offset) => (await readAsync(fd, into, offset, into.length - offset, offset)).bytesRead,
  close: (fd) => closeAsync(fd),
};

/** Linux tells by its process file system, which some containers hide. */
async function readDescriptorPath(fd: number): Promise<string | undefined> {
  try {
    return await readlinkAsync(`/proc/self/fd/${fd}`, 'latin1');
  } catch {
    return undefined;
  }
}

/** By hand, for promisify loses the form that takes an encoding. */
function readRealPath(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    realpath.native(toFsPath(path), 'latin1', (error, real) => {
      if (error === null) {
        resolve(real);
      } else {
        reject(error);
      }
    });
  });
}
