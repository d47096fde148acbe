/**
 * Becoming somebody else, once and for good: after the sockets are bound and the log files open, the supervisor itself takes the user,
 * the group and the user's supplementary groups, and whatever it starts inherits them. Nothing of the server stays root, and no child
 * has to be trusted to drop anything. (Node's spawn with `uid` would clear the supplementary groups instead of setting them.)
 */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Outcome } from '../kernel/outcome.ts';
import { failure, success } from '../kernel/outcome.ts';
import { isRootsAlone } from './trusted-path.ts';

export interface Identity {
  readonly uid: number;
  readonly gid: number;
  /** '' for a number that has no name. */
  readonly userName: string;
  readonly home: string;
}

/** Undefined when nothing is to change. */
export function resolveIdentity(user: string, group: string): Outcome<Identity | undefined> {
  if (user === '' && group === '') {
    return success(undefined);
  }
  const account = user === '' ? undefined : findAccount(user);
  if (user !== '' && account === undefined) {
    return failure(`--user: there is no user "${user}" on this machine`);
  }
  const gid = group === '' ? account?.gid : findGroup(group);
  if (gid === undefined) {
    return failure(`--group: there is no group "${group}" on this machine`);
  }
  const identity: Identity = {
    uid: account?.uid ?? ownId('uid'),
    gid,
    userName: account?.userName ?? '',
    home: account?.home ?? '',
  };
  const isRoot = ownId('uid') === 0;
  const isSame = identity.uid === ownId('uid') && identity.gid === ownId('gid');
  if (!isRoot && !isSame) {
    return failure('--user and --group can only be used by root. Start with sudo, or leave them out');
  }
  return success(isSame ? undefined : identity);
}

/** Throws what the system says; half of a change is never left standing unseen. */
export function dropPrivileges(identity: Identity): void {
  const { uid, gid } = identity;
  takeGroups(identity);
  process.setgid?.(gid);
  process.setuid?.(uid);
  if (process.geteuid?.() !== uid || process.getegid?.() !== gid) {
    throw new Error('privileges could not be dropped');
  }
}

function takeGroups({ gid, userName }: Identity): void {
  if (userName === '') {
    process.setgroups?.([gid]);
  } else {
    initgroups(userName, gid);
  }
}

/** Missing from the types, documented by Node. */
function initgroups(userName: string, gid: number): void {
  (process as unknown as { initgroups(user: string, group: number): void }).initgroups(userName, gid);
}

/** Whether we are root and are to become this user: until then, what is done may need the user's rights instead of ours. */
export function mayAct(identity: Identity | undefined): identity is Identity {
  return identity !== undefined && ownId('uid') === 0;
}

/**
 * Does something with the user's rights and no others, before privileges are dropped for good. Synchronous: nothing else runs meanwhile. No
 * program is started by `act`: it could become root again. Throws what `act` throws.
 */
export function asUser<T>(identity: Identity, act: () => T): T {
  const groups = process.getgroups?.() ?? [];
  const gid = ownId('gid');
  takeGroups(identity);
  process.setegid?.(identity.gid);
  process.seteuid?.(identity.uid);
  try {
    return act();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(gid);
    process.setgroups?.(groups);
  }
}

/** Does something to what a path names: as root where root alone decides what that is, with the user's rights otherwise. */
export function withRightsFor<T>(identity: Identity | undefined, path: string, act: () => T): T {
  return mayAct(identity) && !isRootsAlone(path) ? asUser(identity, act) : act();
}

/** One line of passwd(5), from the file or from whatever else the system asks. */
export function findAccount(user: string): Identity | undefined {
  const row = findRow('passwd', user, 2);
  if (row !== undefined) {
    return { uid: Number(row[2]), gid: Number(row[3]), userName: row[0] ?? '', home: row[5] ?? '' };
  }
  // A number without an account, as a container may be started with.
  return /^\d+$/.test(user) ? { uid: Number(user), gid: Number(user), userName: '', home: '' } : undefined;
}

function findGroup(group: string): number | undefined {
  const row = findRow('group', group, 2);
  return row !== undefined ? Number(row[2]) : /^\d+$/.test(group) ? Number(group) : undefined;
}

function findRow(table: 'passwd' | 'group', key: string, idColumn: number): string[] | undefined {
  const matches = (row: readonly string[]) => row[0] === key || row[idColumn] === key;
  const local = rows(readTable(`/etc/${table}`)).find(matches);
  if (local !== undefined || !/^[\w.@-]+$/.test(key)) {
    return local;
  }
  try {
    return rows(execFileSync('getent', [table, key], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })).find(
      matches,
    );
  } catch {
    return undefined;
  }
}

function rows(text: string): string[][] {
  return text.split('\n').map((line) => line.split(':'));
}

function readTable(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function ownId(kind: 'uid' | 'gid'): number {
  return (kind === 'uid' ? process.geteuid?.() : process.getegid?.()) ?? -1;
}
