/** How many files and sockets this process and its children may have open. */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { systemWords } from '../kernel/system-words.ts';

const LIMITS_FILE = '/proc/self/limits';

/**
 * Raises the limit for this process, and so for the edge. Less than there is now is left alone: Node has already taken all that it may have, and the supervisor needs
 * some too. Node cannot set limits; util-linux's prlimit can, and is on every system that has a shell. Returns what is in the way.
 */
export function raiseFileLimit(count: number): string | undefined {
  if (count <= currentLimit()) {
    return undefined;
  }
  try {
    execFileSync('prlimit', ['--pid', String(process.pid), `--nofile=${count}:${count}`], { stdio: 'ignore' });
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === undefined ? '1: Operation not permitted' : systemWords(error);
    return `setrlimit(RLIMIT_NOFILE, ${count}) failed (${why})`;
  }
}

function currentLimit(): number {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync(LIMITS_FILE, 'utf8')) ?? [];
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    // Without /proc nothing is known, and nothing is done.
    return Number.POSITIVE_INFINITY;
  }
}
