/**
 * The processes of a session, as far as /proc tells. A zygote leads one, in which its workers are and what the application has
 * started; a program that leaves it, for a session of its own, has said that it is to live on.
 */

import { readdirSync, readFileSync } from 'node:fs';
import type { Identity } from '../privileges.ts';
import { mayAct } from '../privileges.ts';
import { sendSignal } from '../send-signal.ts';

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
export function signalMembers(
  members: readonly SessionMember[],
  signal: 'SIGTERM' | 'SIGKILL',
  identity: Identity | undefined,
): void {
  for (const { pid } of members) {
    signalProcess(pid, signal, identity);
  }
}

/** Kills a process that somebody has named who is not trusted, if it is a member of the session. */
export function killMember(leader: number, pid: number, identity: Identity | undefined): void {
  if (readStat(String(pid))?.session === leader) {
    signalProcess(pid, 'SIGKILL', identity);
  }
}

/** Root signals for the user only what the user could signal: a number that was read a moment ago may be another process by now. */
function signalProcess(pid: number, signal: 'SIGTERM' | 'SIGKILL', identity: Identity | undefined): void {
  try {
    if (!mayAct(identity) || isOf(identity, pid)) {
      sendSignal(pid, signal, identity);
    }
  } catch {
    return;
  }
}

/** By the rule of kill(2): the real or the saved user of the process. Throws if it is gone. */
function isOf({ uid }: Identity, pid: number): boolean {
  const [, real, , saved] = /^Uid:\t(\d+)\t(\d+)\t(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
  return [real, saved].includes(String(uid));
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
