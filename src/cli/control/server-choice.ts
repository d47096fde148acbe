/**
 * Which server a command is for: the one that is named by its process, its pid file or its socket, or else the only one of this user that runs. Where there are
 * several nothing is guessed.
 */

import type { Stats } from 'node:fs';
import { lstatSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import {
  allControlFolders,
  controlFolders,
  isPrivate,
  isSocketName,
} from '../../supervisor/control-socket/socket-places.ts';
import { isFolder, statOf } from '../../supervisor/paths.ts';
import { environmentOf, findServer, innerPid, listServers } from '../running-server.ts';
import type { LinkFault, ServerLink } from './server-link.ts';
import { openLink } from './server-link.ts';

export interface Choice {
  /** '' if none was named. */
  readonly pid: string;
  readonly pidFile: string;
  readonly socket: string;
}

export interface ChoiceFault {
  /** none: no server runs; several: one of them is to be named; silent: it runs, and does not answer. */
  readonly kind: 'none' | 'several' | 'silent';
  /** A sentence without its end. */
  readonly text: string;
}

type Chosen = Outcome<ServerLink, ChoiceFault>;
type Opened = Outcome<ServerLink, LinkFault>;
type Environment = Readonly<Record<string, string | undefined>>;

const NAMING = '--pid PID, --pid-file FILE or --socket PATH';
const SOCKET_VARIABLE = 'PORTICO_CONTROL_SOCKET';

export async function chooseServer({ pid, pidFile, socket }: Choice, env: Environment): Promise<Chosen> {
  if (pidFile !== '') {
    const server = findServer(pidFile);
    return server.ok ? linkTo(server.value.pid, env) : failure({ kind: 'none', text: server.fault });
  }
  if (pid !== '') {
    return linkTo(Number(pid), env);
  }
  const named = socket || (env[SOCKET_VARIABLE] ?? '');
  if (named !== '' && !isFolder(named)) {
    const link = await openLink(named);
    return link.ok ? link : failure(faultOf(link.fault));
  }
  const paths = named === '' ? [...socketsIn(controlFolders(asker(env))), ...socketsOfProcesses()] : socketsIn([named]);
  return pick(await Promise.all(distinct(paths).map(openLink)));
}

/** Of a process that may be another user's, or in a container. */
async function linkTo(pid: number, env: Environment): Promise<Chosen> {
  const named = env[SOCKET_VARIABLE] ?? '';
  const inside = innerPid(pid);
  const folders = [...(isFolder(named) ? [named] : []), ...allControlFolders(asker(env))];
  const paths = [...socketsIn(folders), ...socketsOf(pid)].filter((path) => basename(path).split('.')[0] === inside);
  const others = [named, environmentOf(pid)[SOCKET_VARIABLE] ?? ''].filter((path) => path !== '' && !isFolder(path));
  const opened = await Promise.all(distinct([...paths, ...others]).map(openLink));
  const links = opened.flatMap((link) => (link.ok ? [link.value] : []));
  const found = links.find(({ hello }) => String(hello.pid) === inside);
  for (const link of links.filter((each) => each !== found)) {
    link.close();
  }
  if (found !== undefined) {
    return success(found);
  }
  const [fault] = opened.flatMap((link) => (link.ok ? [] : [link.fault]));
  const none = `process ${pid} has no control socket in ${folders.join(', ')}: it is no server of Portico's, belongs to somebody else, or was started with another --control-socket, which --socket names`;
  return failure(fault === undefined ? { kind: 'none', text: none } : faultOf(fault));
}

function pick(opened: readonly Opened[]): Chosen {
  const links = opened.flatMap((link) => (link.ok ? [link.value] : []));
  const faults = opened.flatMap((link) => (link.ok || link.fault.kind === 'gone' ? [] : [link.fault]));
  const [only] = links;
  if (only !== undefined && links.length + faults.length === 1) {
    return success(only);
  }
  for (const link of links) {
    link.close();
  }
  const [fault] = faults;
  if (fault !== undefined && faults.length + links.length === 1) {
    return failure(faultOf(fault));
  }
  if (faults.length + links.length > 1) {
    const running = [...links.map(({ hello }) => `${hello.pid} ${hello.title}`), ...faults.map(({ text }) => text)];
    return failure({
      kind: 'several',
      text: `which server? Several run: ${running.join('; ')}. Name one by ${NAMING}`,
    });
  }
  const killed = opened.length > 0 ? '; one has left its socket when it was killed, which the next server removes' : '';
  return failure({
    kind: 'none',
    text: `no server of this user runs${killed}${seen()}. Another is named by ${NAMING}`,
  });
}

/** What the list of processes has: servers of other users, and those whose control socket is elsewhere. */
function seen(): string {
  const servers = listServers().map(({ pid, title }) => `${pid} ${title}`);
  return servers.length === 0 ? '' : ` (seen without a control socket here: ${servers.join('; ')})`;
}

function faultOf({ kind, text }: LinkFault): ChoiceFault {
  return { kind: kind === 'gone' ? 'none' : 'silent', text };
}

function asker(env: Environment): { readonly uid: number; readonly env: Environment } {
  return { uid: process.geteuid?.() ?? -1, env };
}

/** What is in a folder that strangers can change may be no server of whoever it looks like. */
function socketsIn(folders: readonly string[]): string[] {
  return folders.flatMap((folder) => {
    try {
      const { uid } = lstatSync(folder);
      const isOurs = uid === process.geteuid?.() || process.geteuid?.() === 0;
      const names = isOurs && isPrivate(folder, uid) ? readdirSync(folder) : [];
      return names.filter(isSocketName).map((name) => join(folder, name));
    } catch {
      return [];
    }
  });
}

/** Of this user's servers, wherever their variables have them: a service has a folder of its own. */
function socketsOfProcesses(): string[] {
  return listServers()
    .filter(({ uid }) => uid === process.geteuid?.())
    .flatMap(({ pid }) => socketsOf(pid).filter((path) => basename(path).split('.')[0] === innerPid(pid)));
}

/** As the process sees the disk: it may have a /tmp of its own (`PrivateTmp=`), or a whole system. */
function socketsOf(pid: number): string[] {
  const uid = statOf(`/proc/${pid}`)?.uid;
  const root = `/proc/${pid}/root`;
  const folders =
    uid === undefined
      ? []
      : controlFolders({ uid, env: environmentOf(pid) }, { ownerOf: (path) => ownerOf(root + path) });
  return socketsIn(folders.map((folder) => root + folder));
}

function ownerOf(path: string): number | undefined {
  return statOf(path)?.uid;
}

/** A socket that several paths lead to is one. */
function distinct(paths: readonly string[]): string[] {
  const found = new Map<string, string>();
  for (const path of paths) {
    const stat: Stats | undefined = statOf(path);
    const key = stat === undefined ? path : `${stat.dev} ${stat.ino}`;
    found.set(key, found.get(key) ?? path);
  }
  return [...found.values()];
}
