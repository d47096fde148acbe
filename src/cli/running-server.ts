/**
 * A server that runs, found by its pid file. A number in a file may be old, and the system gives numbers anew: a process counts as the server only if
 * it holds that very file open, which the server does for as long as it lives, or, where that cannot be looked at, if it has the name of a server
 * and had begun before the file was written.
 */

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import type { Outcome } from '../kernel/outcome.ts';
import { failure, success } from '../kernel/outcome.ts';
import { statOf } from '../supervisor/paths.ts';
import type { ServerTitle } from '../supervisor/server-title.ts';
import { parseTitle } from '../supervisor/server-title.ts';

export interface RunningServer {
  readonly pid: number;
  /** When the process began, as the kernel counts it: another one of the same number began later. */
  readonly startTicks: string;
}

/** No pid file is longer. */
const FILE_BYTES_MAX = 64;
const NGINX_ITSELF = /^nginx: master process /;
/** Clocks of files and of processes differ by less. */
const CLOCK_SKEW_MS = 2000;
/** USER_HZ, which is 100 for all programs on all architectures that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Fails with a sentence for the operator. */
export function findServer(path: string): Outcome<RunningServer> {
  const pid = readPid(path);
  if (!pid.ok) {
    return pid;
  }
  const startTicks = readStart(pid.value);
  if (startTicks === undefined) {
    return failure(
      `${path} is old: there is no process ${pid.value} any more. Nothing is done; the next server replaces the file`,
    );
  }
  const holds = holdsFile(pid.value, path);
  const isServer = holds ?? (readTitle(pid.value) !== undefined && beganBefore(startTicks, path));
  return isServer
    ? success({ pid: pid.value, startTicks })
    : failure(`${path} is old: process ${pid.value} is another program now, which did not write it. Nothing is done`);
}

/**
 * Whose number it is that stands in a pid file: that of the server which has written the file, of another program, or of nobody. A process of nginx itself counts
 * as the server: its pid file may be the one that a server of ours is to have from now on.
 */
export function recogniseProcess(pid: number, path: string): 'server' | 'other' | 'none' {
  if (!existsSync('/proc/self/stat')) {
    return 'server';
  }
  const startTicks = readStart(pid);
  if (startTicks === undefined) {
    return 'none';
  }
  const isNamed = readTitle(pid) !== undefined || NGINX_ITSELF.test(read(`/proc/${pid}/cmdline`) ?? '');
  return holdsFile(pid, path) === true || (isNamed && beganBefore(startTicks, path)) ? 'server' : 'other';
}

/** Undefined if it has ended, or cannot be seen from here: in another namespace, or without /proc. */
export function runningServer(pid: number): RunningServer | undefined {
  const startTicks = readStart(pid);
  return startTicks === undefined || readTitle(pid) === undefined ? undefined : { pid, startTicks };
}

/** Undefined when the server has ended. */
export function stateOf({ pid, startTicks }: RunningServer): ServerTitle | undefined {
  return readStart(pid) === startTicks ? readTitle(pid) : undefined;
}

export interface SeenServer {
  readonly pid: number;
  readonly title: string;
  readonly uid: number;
}

/** The servers of this machine that can be seen, as `ps` shows them. */
export function listServers(): SeenServer[] {
  const names = existsSync('/proc/self/stat') ? readdirSync('/proc') : [];
  return names
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const line = read(`/proc/${name}/cmdline`);
      const uid = statOf(`/proc/${name}`)?.uid;
      return line === undefined || uid === undefined || parseTitle(line) === undefined
        ? []
        : [{ pid: Number(name), title: line.replace(/\0[\s\S]*$/, ''), uid }];
    });
}

/** The variables that a process was started with; of another user's root alone sees them. */
export function environmentOf(pid: number): Record<string, string | undefined> {
  const pairs = (read(`/proc/${pid}/environ`) ?? '').split('\0').filter((pair) => pair.includes('='));
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
}

/** What the process is called in the namespace that it is in itself, as in a container. */
export function innerPid(pid: number): string {
  return /^NSpid:.*\s(\d+)$/m.exec(read(`/proc/${pid}/status`) ?? '')?.[1] ?? String(pid);
}

function readPid(path: string): Outcome<number> {
  let text: string;
  try {
    const stat = statSync(path);
    if (!stat.isFile() || stat.size > FILE_BYTES_MAX) {
      return failure(`${path} is no pid file`);
    }
    text = readFileSync(path, 'utf8').trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return failure(
      code === 'ENOENT'
        ? `there is no file ${path}: the server does not run, or was started without --pid-file`
        : `${path} cannot be read (${code})`,
    );
  }
  if (text === '') {
    return failure(`${path} is empty: its server has ended`);
  }
  const pid = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isNaN(pid) ? failure(`${path} is no pid file: it has no number in it`) : success(pid);
}

/** Undefined: this user may not look. */
function holdsFile(pid: number, path: string): boolean | undefined {
  const file = statOf(path);
  let fds: string[];
  try {
    fds = readdirSync(`/proc/${pid}/fd`);
  } catch {
    return undefined;
  }
  return fds.some((fd) => {
    const stat = statOf(`/proc/${pid}/fd/${fd}`);
    return stat !== undefined && stat.ino === file?.ino && stat.dev === file.dev;
  });
}

function beganBefore(startTicks: string, path: string): boolean {
  const bootSeconds = Number(/^btime (\d+)$/m.exec(read('/proc/stat') ?? '')?.[1]);
  const startMs = (bootSeconds + Number(startTicks) / TICKS_PER_SECOND) * 1000;
  const writtenMs = statOf(path)?.mtimeMs;
  return writtenMs !== undefined && startMs <= writtenMs + CLOCK_SKEW_MS;
}

/** Field 22 of /proc/PID/stat. The name before it may have spaces and parentheses of its own. Undefined: the process has ended. */
function readStart(pid: number): string | undefined {
  const fields = read(`/proc/${pid}/stat`)
    ?.replace(/^.*\) /s, '')
    .split(' ');
  return fields === undefined || fields[0] === 'Z' ? undefined : fields[19];
}

function readTitle(pid: number): ServerTitle | undefined {
  return parseTitle(read(`/proc/${pid}/cmdline`) ?? '');
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
