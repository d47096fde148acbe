/** How many connections the process has file descriptors for: running out of them would be handled by libuv, without a word. */

import { readFileSync } from 'node:fs';
import { EDGE_LIMITS } from '../limits.ts';

/** The soft limit of this process (Node has raised it to the hard one); Infinity where the system does not tell. */
export function readDescriptorLimit(): number {
  try {
    return parseDescriptorLimit(readFileSync('/proc/self/limits', 'latin1'));
  } catch {
    return Infinity;
  }
}

/** The text of proc_pid_limits(5). */
export function parseDescriptorLimit(limits: string): number {
  const [, soft] = /^Max open files +(\d+)/m.exec(limits) ?? [];
  return soft === undefined ? Infinity : Number(soft);
}

/** What is left for connections when files, lanes and logs have theirs. */
export function connectionsPossible(descriptors: number): number {
  const { descriptorsReservedShare, descriptorsReservedMin } = EDGE_LIMITS;
  const most = Math.floor(descriptors * (1 - 1 / descriptorsReservedShare));
  return Math.max(1, Math.min(most, descriptors - descriptorsReservedMin));
}
