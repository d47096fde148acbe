// What the kernel says about processes. Which process does what is told by whose child it is and by the program that
// it runs, never by words in its command line: Portico's Node.js lives below a folder whose name has "python" in it.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

export interface Process {
  readonly pid: number;
  readonly parentPid: number;
  /** Time of the processor since it began, all threads, user and system. */
  readonly cpuMs: number;
}

/** Linux tells times to programs in hundredths of a second, whatever its own clock does. */
const MS_PER_TICK = 10;
const KIB_PER_MIB = 1024;
const ENDED = '0 () Z';

/** Reads the line of /proc/PID/stat; undefined for a process that has ended and was not yet waited for. */
export function parseStat(text: string): Process | undefined {
  // The name of the program stands in parentheses and may hold any byte, also blanks and parentheses.
  const [state = '', parent = '', ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [userTicks = 0, systemTicks = 0] = rest.slice(9, 11).map(Number);
  if (state === 'Z') return undefined;
  return { pid: Number.parseInt(text, 10), parentPid: Number(parent), cpuMs: (userTicks + systemTicks) * MS_PER_TICK };
}

/** The processes with these numbers and all that descend from them, parents first. */
export function selectTree(processes: readonly Process[], roots: readonly number[]): Process[] {
  const selected = processes.filter(({ pid }) => roots.includes(pid));
  for (const parent of selected) selected.push(...processes.filter(({ parentPid }) => parentPid === parent.pid));
  return selected;
}

export function readTree(roots: readonly number[]): Process[] {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => parseStat(readIfThere(`/proc/${pid}/stat`) ?? ENDED) ?? []);
  return selectTree(processes, roots);
}

/** Whether a process with this number runs. */
export function isAlive(pid: number): boolean {
  return parseStat(readIfThere(`/proc/${pid}/stat`) ?? ENDED) !== undefined;
}

export function treeCpuMs(roots: readonly number[]): number {
  return readTree(roots).reduce((sum, { cpuMs }) => sum + cpuMs, 0);
}

/** Finer than `treeCpuMs`, for servers that hardly run: nanoseconds from the scheduler, of the threads that exist now. */
export function treeScheduledMs(roots: readonly number[]): number {
  let nanoseconds = 0;
  for (const { pid } of readTree(roots)) {
    for (const task of readdirSync(`/proc/${pid}/task`)) {
      nanoseconds += Number.parseInt(readIfThere(`/proc/${pid}/task/${task}/schedstat`) ?? '0', 10);
    }
  }
  return nanoseconds / 1e6;
}

/** The share of the machine's memory that a process is to be charged with: what it shares is divided by its sharers. */
export function parsePssMb(smapsRollup: string): number {
  const [, kibibytes = '0'] = /^Pss:\s+(\d+) kB/m.exec(smapsRollup) ?? [];
  return Number(kibibytes) / KIB_PER_MIB;
}

export function pssMb(pid: number): number {
  return parsePssMb(readIfThere(`/proc/${pid}/smaps_rollup`) ?? '');
}

/** The name of the program that a process runs. */
export function programName(pid: number): string {
  return basename(readlinkSync(`/proc/${pid}/exe`));
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // The process has ended since it was listed.
  }
}
