// How many files a process may have open. Node.js raises its own soft limit to the hard one when it starts, and what it
// starts inherits that, servers and load alike; where the hard limit is too low, nothing here can raise it.

import { readFileSync } from 'node:fs';

/** For what a process has open beside the sockets of clients. */
const SPARE = 100;

/** The soft limit in the text of /proc/PID/limits; Infinity without a limit. */
export function parseOpenFilesMax(limits: string): number {
  const [, soft = '0'] = /^Max open files\s+(\S+)/m.exec(limits) ?? [];
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
}

/** Why these processes cannot have so many clients; empty when they can. */
export function findFileLimit(
  pids: readonly number[],
  clients: number,
  read: (pid: number) => string = readLimits,
): string {
  const least = Math.min(...pids.map((pid) => parseOpenFilesMax(read(pid))));
  return least < clients + SPARE ? `a process may open ${least} files; see ulimit -Hn` : '';
}

function readLimits(pid: number): string {
  return readFileSync(`/proc/${pid}/limits`, 'utf8');
}
