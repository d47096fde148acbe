/** How many connections the kernel has accepted on our sockets and the edge has not: Linux tells it of TCP, where sockets that listen come first in its tables. */

import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import type { BoundListener } from '../../protocol/control/edge.ts';

const LISTEN = '0A';
const TABLES = ['/proc/self/net/tcp', '/proc/self/net/tcp6'];
/** Some 400 sockets that listen. What stands behind are connections, of which there may be a hundred thousand. */
const TABLE_BYTES_MAX = 65_536;

/** By inode of the socket. */
export function readQueues(read: (path: string) => string = readBeginning): Map<number, number> {
  const queues = new Map<number, number>();
  for (const line of TABLES.flatMap((path) => read(path).split('\n').slice(1))) {
    const [, , , state, bytes = '', , , , , inode] = line.trim().split(/\s+/);
    const waiting = Number.parseInt(bytes.slice(bytes.indexOf(':') + 1), 16);
    if (state === LISTEN && inode !== undefined && !Number.isNaN(waiting)) {
      queues.set(Number(inode), waiting);
    }
  }
  return queues;
}

/** Over all sockets of an address; undefined if the system does not tell. */
export function queueOf({ fds }: Pick<BoundListener, 'fds'>, queues: ReadonlyMap<number, number>): number | undefined {
  const known = [...new Set(fds)].map((fd) => queues.get(inodeOf(fd)));
  return known.reduce((sum, count) => (sum === undefined || count === undefined ? undefined : sum + count), 0);
}

/** The kernel cuts what is asked for (listen(2)). */
export function readQueueMax(): number {
  const somaxconn = Number.parseInt(readText('/proc/sys/net/core/somaxconn'), 10);
  return Number.isNaN(somaxconn) ? Number.POSITIVE_INFINITY : somaxconn;
}

function inodeOf(fd: number): number {
  try {
    return fstatSync(fd).ino;
  } catch {
    return -1; // The server ends, and its sockets are closed.
  }
}

function readBeginning(path: string): string {
  let fd: number | undefined;
  try {
    fd = openSync(path, 'r');
    const bytes = Buffer.alloc(TABLE_BYTES_MAX);
    // The kernel gives no more than a page at a time.
    let end = 0;
    for (let count = -1; count !== 0 && end < bytes.length; end += count) {
      count = readSync(fd, bytes, end, bytes.length - end, null);
    }
    return bytes.latin1Slice(0, end);
  } catch {
    return '';
  } finally {
    if (fd !== undefined) {
      closeSync(fd);
    }
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
