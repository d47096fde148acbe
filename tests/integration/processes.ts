// The processes of a server, found in /proc by parentage.

import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
  /** When it began. A busy machine gives a number to another process within minutes. */
  readonly startTicks: string;
}

/** Among the fields of proc(5) stat behind the name. */
const START_TICKS_AT = 19;

/** Children, their children and so on, without those that have ended and wait to be reaped. */
export function descendants(pid: number): ProcessFacts[] {
  const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (readProcess(Number(name)) ?? []) : []));
  const found: ProcessFacts[] = [];
  for (const parents = [pid]; parents.length > 0; ) {
    const parent = parents.pop();
    const children = all.filter((process) => process.parent === parent);
    found.push(...children);
    parents.push(...children.map((child) => child.pid));
  }
  return found;
}

export function isAlive(pid: number): boolean {
  return readProcess(pid) !== undefined;
}

/** Whether it is still that process which has the number. */
export function stillRuns({ pid, startTicks }: ProcessFacts): boolean {
  return readProcess(pid)?.startTicks === startTicks;
}

/** Bytes of memory that are this process's own share, in MB. */
export function memoryMb(pid: number): number {
  const match = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
  return Number(match?.[1] ?? 0) / 1024;
}

/** Undefined also for one that has ended and waits to be reaped. */
export function readProcess(pid: number): ProcessFacts | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, parent] = fields;
    const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
    return state === 'Z' || state === 'X'
      ? undefined
      : { pid, parent: Number(parent), command, startTicks: fields[START_TICKS_AT] ?? '' };
  } catch {
    return undefined; // It has ended while it was looked at.
  }
}
