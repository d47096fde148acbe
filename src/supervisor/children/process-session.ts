/**
 * The processes of a session, as far as /proc tells. A zygote leads one, in which its workers are and what the application has
 * started; a program that leaves it, for a session of its own, has said that it is to live on.
 */

import { readdirSync, readFileSync } from 'node:fs';

/** A line of the log names so many. */
const SHOWN_MAX = 5;

export interface SessionMember {
  readonly pid: number;
  readonly name: string;
}

/** The members that have not ended, if `leader` has: a process that has its number now may be another one, with a session of its own. */
export function membersOf(leader: number): SessionMember[] {
  const pids = list('/proc').filter((name) => /^\d+$/.test(name));
  return pids.includes(String(leader)) && !isEnded(String(leader)) ? [] : pids.flatMap((pid) => memberOf(pid, leader));
}

/** What a line of the log shows of them: the first few. */
export function describeMembers(members: readonly SessionMember[]): string {
  const shown = members.slice(0, SHOWN_MAX).map(({ pid, name }) => `${name} (pid ${pid})`);
  const rest = members.length - shown.length;
  return shown.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** Members that have gone meanwhile, or may not be signalled, are passed over. */
export function signalMembers(members: readonly SessionMember[], signal: 'SIGTERM' | 'SIGKILL'): void {
  for (const { pid } of members) {
    signalProcess(pid, signal);
  }
}

export function signalProcess(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch {
    return;
  }
}

function memberOf(pid: string, leader: number): SessionMember[] {
  const stat = readStat(pid);
  return stat !== undefined && stat.session === leader && !stat.hasEnded ? [{ pid: Number(pid), name: stat.name }] : [];
}

function isEnded(pid: string): boolean {
  return readStat(pid)?.hasEnded ?? true;
}

/** Fields 2, 3 and 6 of proc(5) stat. The name stands in parentheses and may hold any. */
function readStat(
  pid: string,
): { readonly name: string; readonly hasEnded: boolean; readonly session: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const end = stat.lastIndexOf(')');
    const [state = '', , , session = ''] = stat.slice(end + 2).split(' ');
    return {
      name: stat.slice(stat.indexOf('(') + 1, end),
      hasEnded: state === 'Z' || state === 'X',
      session: Number(session),
    };
  } catch {
    return undefined;
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
