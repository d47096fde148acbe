/**
 * With whose rights something is done. In a server that root starts for a user, the supervisor keeps root's rights: it binds
 * ports, opens logs and reads keys again at each reload. Edge and applications are that user's before they do anything
 * (kernel/become-user.ts). Whatever the supervisor does on paths that the user can change, it does with the user's rights (`asUser`).
 *
 * Rights are dropped for good (`dropPrivileges`) where others than root can change our own files: root would run at each reload what they have made of them.
 */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Outcome } from '../kernel/outcome.ts';
import { failure, success } from '../kernel/outcome.ts';
import { isRootsAlone } from './trusted-path.ts';

export type Account = Omit<Identity, 'groups'>;

/** The user that a server of root's is for. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
  /** All that the user is in. */
  readonly groups: readonly number[];
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
  const uid = account?.uid ?? ownId('uid');
  const isRoot = ownId('uid') === 0;
  const isSame = uid === ownId('uid') && gid === ownId('gid');
  if (!isRoot && !isSame) {
    return failure('--user and --group can only be used by root. Start with sudo, or leave them out');
  }
  const userName = account?.userName ?? '';
  const home = account?.home ?? '';
  return isSame ? success(undefined) : withGroups({ uid, gid, userName, home });
}

/** Tried before anything is opened: root in a container may lack what it takes to become somebody else. */
function withGroups(account: Account): Outcome<Identity> {
  try {
    const identity = { ...account, groups: groupsOf(account.userName, account.gid) };
    asUser(identity, () => undefined);
    return success(identity);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    return failure(
      `--user: root may not become user ${account.uid} here (${code}). Give the server the capabilities SETUID and SETGID, or start it as that user`,
    );
  }
}

/** Throws what the system says; half of a change is never left standing unseen. */
export function dropPrivileges(identity: Identity): void {
  const { uid, gid } = identity;
  process.setgroups?.(identity.groups);
  process.setgid?.(gid);
  process.setuid?.(uid);
  if (process.geteuid?.() !== uid || process.getegid?.() !== gid) {
    throw new Error('privileges could not be dropped');
  }
}

/** As the system's tables have them, which may be on another machine: they are asked once. Root can ask only by taking the groups. */
function groupsOf(userName: string, gid: number): readonly number[] {
  if (userName === '') {
    return [gid];
  }
  const own = process.getgroups?.() ?? [];
  const ownGid = ownId('gid');
  initgroups(userName, gid);
  // Node counts the present group among the groups, and root's is not the user's.
  process.setegid?.(gid);
  const groups = process.getgroups?.() ?? [];
  process.setegid?.(ownGid);
  process.setgroups?.(own);
  return groups;
}

/** Missing from the types, documented by Node. */
function initgroups(userName: string, gid: number): void {
  (process as unknown as { initgroups(user: string, group: number): void }).initgroups(userName, gid);
}

/** Whether we are root for this user: what is done may need the user's rights instead of ours. */
export function mayAct(identity: Identity | undefined): identity is Identity {
  return identity !== undefined && ownId('uid') === 0;
}

/**
 * Does something with the user's rights and no others. Synchronous: nothing else runs meanwhile in this thread. (Threads of
 * Node's pool do, and have the user's rights for that moment: what needs root's is not left to them.) No program is started
 * by `act`: it could become root again. Throws what `act` throws.
 */
export function asUser<T>({ uid, gid, groups }: Identity, act: () => T): T {
  const ownGroups = process.getgroups?.() ?? [];
  const ownGid = ownId('gid');
  try {
    process.setgroups?.(groups);
    process.setegid?.(gid);
    process.seteuid?.(uid);
    return act();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(ownGid);
    process.setgroups?.(ownGroups);
  }
}

/** With the user's rights where we are root for that user, and with ours otherwise. */
export function actFor<T>(identity: Identity | undefined, act: () => T): T {
  return mayAct(identity) ? asUser(identity, act) : act();
}

/** Within `asUser`: what only root can do, such as starting a program for the user. */
export function asOurselves<T>(act: () => T): T {
  const [uid, gid] = [ownId('uid'), ownId('gid')];
  if (uid === 0 || process.getuid?.() !== 0) {
    return act();
  }
  process.seteuid?.(0);
  process.setegid?.(process.getgid?.() ?? gid);
  try {
    return act();
  } finally {
    process.setegid?.(gid);
    process.seteuid?.(uid);
  }
}

/** Does something to what a path names: as root where root alone decides what that is, with the user's rights otherwise. */
export function withRightsFor<T>(identity: Identity | undefined, path: string, act: () => T): T {
  return mayAct(identity) && !isRootsAlone(path) ? asUser(identity, act) : act();
}

/** One line of passwd(5), from the file or from whatever else the system asks. */
export function findAccount(user: string): Account | undefined {
  const row = findRow('passwd', user, 2);
  if (row !== undefined) {
    return { uid: Number(row[2]), gid: Number(row[3]), userName: row[0] ?? '', home: row[5] ?? '' };
  }
  // A number without an account, as a container may be started with.
  return /^\d+$/.test(user) ? { uid: Number(user), gid: Number(user), userName: '', home: '' } : undefined;
}

export function hasUser(name: string): boolean {
  return findRow('passwd', name, 2)?.[0] === name;
}

export function hasGroup(name: string): boolean {
  return findRow('group', name, 2)?.[0] === name;
}

export function findGroup(group: string): number | undefined {
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
