/**
 * Where the control sockets of servers are that were not told another place: in a folder of their user's own, by the number of their process. Server and commands
 * look for the folder in the same order.
 */

import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { statOf } from '../paths.ts';

export interface Asker {
  readonly uid: number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What the folder is looked for by. */
export interface Folders {
  /** Whose the folder is; undefined if there is none. */
  ownerOf(path: string): number | undefined;
}

export const FOLDERS: Folders = {
  ownerOf: (path) => {
    const stat = statOf(path);
    return stat?.isDirectory() === true ? stat.uid : undefined;
  },
};

const NAME = 'portico';
const RUN = `/run/${NAME}`;
const USERS = '/run/user';
const SHARED = '/tmp';
const OF_USER = /^portico-\d+$/;
const WRITABLE_BY_OTHERS = 0o022;
const SOCKET_NAME = /^[1-9]\d*(?:\.[1-9]\d*)?\.sock$/;

/**
 * Folders that may hold the sockets of a user, the best first: what systemd makes for `RuntimeDirectory=`, root's own, the folder of the user's session. What is below
 * /tmp is there on every machine.
 */
export function controlFolders({ uid, env }: Asker, folders: Folders = FOLDERS): string[] {
  const isOwn = (folder: string): boolean => folder.startsWith('/') && folders.ownerOf(folder) === uid;
  const ofService = (env['RUNTIME_DIRECTORY'] ?? '').split(':').filter(isOwn);
  const session = env['XDG_RUNTIME_DIR'] ?? '';
  const ofUser = join(USERS, String(uid));
  const found = [
    ...ofService,
    ...(uid === 0 ? [RUN] : []),
    ...(isOwn(session) ? [join(session, NAME)] : []),
    ...(isOwn(ofUser) ? [join(ofUser, NAME)] : []),
    join(SHARED, `${NAME}-${uid}`),
  ];
  return [...new Set(found)];
}

/** … and for root those of all other users. */
export function allControlFolders(asker: Asker): string[] {
  const ofOthers = [
    RUN,
    ...namesIn(USERS).map((name) => join(USERS, name, NAME)),
    ...namesIn(SHARED)
      .filter((name) => OF_USER.test(name))
      .map((name) => join(SHARED, name)),
  ];
  return [...new Set([...controlFolders(asker), ...(asker.uid === 0 ? ofOthers : [])])];
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** `turn`: another server has the same number, as the first processes of containers do that share a folder. */
export function socketName(pid: number, turn: number): string {
  return turn === 0 ? `${pid}.sock` : `${pid}.${turn}.sock`;
}

export function isSocketName(name: string): boolean {
  return SOCKET_NAME.test(name);
}

/** Whether nobody but this user (and root) decides what is in the folder, which is one of `controlFolders`. */
export function isPrivate(folder: string, uid: number): boolean {
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  return stat?.isDirectory() === true && stat.uid === uid && (stat.mode & WRITABLE_BY_OTHERS) === 0;
}
