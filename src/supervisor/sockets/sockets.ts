/**
 * Listening sockets, bound and held but never accepted from: the edge listens on them and accepts. They stay ours, so that clients
 * are not refused while an edge is replaced.
 *
 * `net._createServerHandle` is the only call of Node's that binds without listening and knows SO_REUSEPORT. It is internal to Node
 * (tried on 24), and this is the only file that uses it; sockets for datagrams are made in datagram-handles.ts.
 */

import type { Stats } from 'node:fs';
import { chmodSync, existsSync, lchownSync, lstatSync, unlinkSync } from 'node:fs';
import net, { createConnection, isIP } from 'node:net';
import { constants } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { BindAddress } from '../../config/bind-address.ts';
import { renderBindAddress } from '../../config/bind-address.ts';
import type { UnixRights } from '../../config/model/listening.ts';
import type { Manner } from '../../config/model/server-model.ts';
import { renderHostPort } from '../../kernel/addresses/render-host.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import { systemWords } from '../../kernel/system-words.ts';
import type { BoundListener } from '../../protocol/control/edge.ts';
import type { Identity } from '../privileges.ts';
import { findAccount, findGroup, mayAct, withRightsFor } from '../privileges.ts';
import { bindWhenFree, waitingFor } from './address-wait.ts';
import type { PortFlags } from './datagram-handles.ts';
import { bindDatagramHandle, openDatagramHandle } from './datagram-handles.ts';
import { findPortHolder } from './port-holder.ts';
import type { SocketHandle } from './socket-handle.ts';

type CreateServerHandle = (
  address: string,
  port: number,
  family: number,
  fd: number,
  flags: number,
) => SocketHandle | number;

// Not imported: see docs/architecture.md, "What a start loads".
const { getSystemErrorName } = process.getBuiltinModule('node:util');

// Not in @types/node, being internal.
const createServerHandle = (net as unknown as { _createServerHandle: CreateServerHandle })._createServerHandle;

const IPV6_ONLY = 1;
const REUSE_PORT = 2;
/** As in gunicorn: the folder of the socket decides who may connect, and a web server in front runs as another user. */
export const UNIX_SOCKET_MODE = 0o666;
const PRIVILEGED_PORT_MAX = 1023;

/** What is spoken there is not the socket's affair. */
export type BoundAddress = Omit<BoundListener, 'listener' | 'isTls' | 'isStream' | 'speaks'>;

export interface BoundSocket {
  readonly address: BoundAddress;
  /** The socket was made at a path, where something else is by now, or nothing. */
  isLost(): boolean;
  /** Again and again, until it is closed. `isHandedOn`: the program that replaces this one has the socket at this moment, so what clients find it by is left. */
  close(isHandedOn?: boolean): void;
  /** One for each edge thread, for an edge that runs already; none of a socket that the service manager has given. */
  readonly handles: readonly SocketHandle[];
}

interface OwnPort {
  readonly kind: BoundAddress['kind'];
  readonly port: number;
}

export interface BindOptions {
  readonly edgeThreads: number;
  readonly umask: number | undefined;
  /** In whose words it is told why an address cannot be bound. */
  readonly manner: Manner;
  /** Ports at which this server listens already, at whatever address. */
  readonly own?: readonly OwnPort[];
  /** Says in words which address is waited for. */
  readonly onWait?: ((text: string) => void) | undefined;
}

export interface BindPlace {
  readonly address: BindAddress;
  /** Of `[::]`: it takes no IPv4. */
  readonly isIpv6Only: boolean;
  readonly unix?: UnixRights;
}

/** All addresses or none: what cannot be bound is told in one sentence each. */
export async function bindSockets(
  places: readonly BindPlace[],
  options: BindOptions,
  identity?: Identity,
): Promise<Outcome<BoundSocket[], readonly string[]>> {
  const datagramPorts = new Set<number>();
  const outcomes = await Promise.all(
    places.map(({ address, isIpv6Only, unix }) => {
      const bind = () =>
        address.kind === 'unix'
          ? bindUnix(address.path, {
              ...options,
              umask: options.umask ?? 0,
              count: options.edgeThreads,
              identity,
              rights: unix ?? {},
            })
          : bindPort(address, { ...options, isIpv6Only, datagramPorts });
      return bindWhenFree(address, bind, waitingFor(options.onWait ?? (() => undefined)));
    }),
  );
  const faults = outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.fault]));
  const bound = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.value] : []));
  if (faults.length > 0) {
    for (const socket of bound) {
      socket.close();
    }
    return failure(faults);
  }
  return success(bound);
}

type PortAddress = Exclude<BindAddress, { kind: 'unix' }>;

interface PortOptions extends BindOptions {
  readonly isIpv6Only: boolean;
  /** At which this call has bound a socket for datagrams. */
  readonly datagramPorts: Set<number>;
}

async function bindPort(address: PortAddress, options: PortOptions): Promise<Outcome<BoundSocket>> {
  const { edgeThreads, isIpv6Only, manner, own, datagramPorts } = options;
  const { kind } = address;
  const resolved = await resolveHost(address.host);
  if (!resolved.ok) {
    return resolved;
  }
  const ip = resolved.value;
  // A reload from 127.0.0.1:80 to 0.0.0.0:80 binds the second beside the first, which is served until then.
  // One port of UDP is bound at several addresses beside each other, which the kernel lets nobody do who does not share it.
  const isOwn =
    own?.some((each) => each.kind === kind && each.port === address.port) === true ||
    (kind === 'udp' && datagramPorts.has(address.port));
  // With SO_REUSEPORT another server of the same user could bind the port as well and take half of the connections; so first without.
  const free = isOwn ? success(address.port) : findFreePort(kind, ip, address.port, isIpv6Only);
  if (!free.ok) {
    return failure(explainBindFault(manner, free.fault, address));
  }
  const port = free.value;
  const handles: SocketHandle[] = [];
  for (let thread = 0; thread < edgeThreads; thread += 1) {
    const handle = bindHandle(kind, ip, port, { isIpv6Only, isShared: true });
    if (!handle.ok) {
      closeAll(handles);
      return failure(explainBindFault(manner, handle.fault, address));
    }
    handles.push(handle.value);
  }
  if (kind === 'udp') {
    datagramPorts.add(port);
  }
  const bound: BoundAddress = { kind, fds: handles.map(({ fd }) => fd), address: ip, port, path: '' };
  return success({ address: bound, isLost: () => false, close: () => closeAll(handles), handles });
}

/** The port itself, or one that the kernel chooses instead of 0. */
function findFreePort(
  kind: PortAddress['kind'],
  ip: string,
  wanted: number,
  isIpv6Only: boolean,
): Outcome<number, string> {
  const probe = bindHandle(kind, ip, wanted, { isIpv6Only, isShared: false });
  if (!probe.ok) {
    return probe;
  }
  const port = portOf(probe.value);
  probe.value.close();
  return success(port);
}

function bindHandle(
  kind: PortAddress['kind'],
  ip: string,
  port: number,
  flags: PortFlags,
): Outcome<SocketHandle, string> {
  const { isIpv6Only, isShared } = flags;
  const tcpFlags = (isIpv6Only ? IPV6_ONLY : 0) | (isShared ? REUSE_PORT : 0);
  const handle =
    kind === 'udp' ? bindDatagramHandle(ip, port, flags) : createServerHandle(ip, port, isIP(ip), -1, tcpFlags);
  if (typeof handle === 'number') {
    return failure(getSystemErrorName(handle));
  }
  if (portOf(handle) === 0) {
    // libuv keeps this fault of `bind` for `listen`; until then the socket merely has no port.
    handle.close();
    return failure('EADDRINUSE');
  }
  return success(handle);
}

export async function resolveHost(host: string): Promise<Outcome<string>> {
  if (isIP(host) !== 0) {
    return success(host);
  }
  try {
    // Loaded only where an address is a name.
    const { lookup } = process.getBuiltinModule('node:dns/promises');
    return success((await lookup(host)).address);
  } catch {
    return failure(`"${host}" in --bind is not a name that this machine knows. Give an IP address`);
  }
}

/** A socket that was bound by another process and is at this descriptor. Closing the handle removes no file. Throws what is in the way. */
export function openHandle(fd: number, kind: BoundAddress['kind']): SocketHandle {
  const handle = kind === 'udp' ? openDatagramHandle(fd) : createServerHandle('', 0, -1, fd, 0);
  if (typeof handle === 'number') {
    throw new Error(`the socket at descriptor ${fd} cannot be used (${getSystemErrorName(handle)})`);
  }
  return handle;
}

/** A socket that only our own processes dial, in a folder of ours. Throws what is in the way. */
export function bindLaneSocket(path: string): SocketHandle {
  const handle = createServerHandle(path, -1, -1, -1, 0);
  if (typeof handle === 'number') {
    throw new Error(`${path} cannot be bound (${getSystemErrorName(handle)})`);
  }
  return handle;
}

interface UnixOptions {
  readonly manner: Manner;
  readonly umask: number;
  readonly count: number;
  readonly identity: Identity | undefined;
  readonly rights: UnixRights;
}

async function bindUnix(
  path: string,
  { umask, count, identity, manner, rights }: UnixOptions,
): Promise<Outcome<BoundSocket>> {
  const owner = ownerOf(rights.owner ?? '');
  if (!owner.ok) {
    return owner;
  }
  const obstacle = await clearStaleSocket(path, identity);
  if (obstacle !== undefined) {
    return failure(obstacle);
  }
  const handle = withRightsFor(identity, path, () =>
    makeSocket(path, rights.mode ?? UNIX_SOCKET_MODE & ~umask, identity),
  );
  if (typeof handle === 'number') {
    return failure(explainBindFault(manner, getSystemErrorName(handle), { kind: 'unix', path }, identity));
  }
  if (owner.value !== undefined) {
    try {
      lchownSync(path, owner.value.uid, owner.value.gid);
    } catch (error) {
      handle.close();
      return failure(`${path} cannot be given to ${rights.owner} (${(error as NodeJS.ErrnoException).code})`);
    }
  }
  const { ino, birthtimeMs } = lstatSync(path);
  // Each thread of the edge gets a descriptor of its own when the edge inherits these, because it closes that.
  const fds = Array.from({ length: count }, () => handle.fd);
  // Closing the handle removes the file at the path, whoever has made it. A file that another server has put there since is left: our socket is then
  // closed by the end of this process.
  const isOurs = (stat: Stats | undefined) => stat?.ino === ino && stat.birthtimeMs === birthtimeMs;
  const close = (isHandedOn = false) => {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (!isHandedOn && (stat === undefined || isOurs(stat))) {
      withRightsFor(identity, path, () => handle.close());
    }
  };
  const isLost = () => {
    try {
      return !isOurs(lstatSync(path, { throwIfNoEntry: false }));
    } catch {
      return false; // The path cannot be looked at: root's folder, by the user.
    }
  };
  const handles = fds.map(() => handle);
  return success({ address: { kind: 'unix', fds, address: '', port: 0, path }, isLost, close, handles });
}

/** -1 leaves what there is. Undefined: nothing is said. */
function ownerOf(text: string): Outcome<{ readonly uid: number; readonly gid: number } | undefined> {
  const [user = '', group = ''] = text.split(/[:.]/);
  const uid = user === '' ? -1 : findAccount(user)?.uid;
  const gid = group === '' ? -1 : findGroup(group);
  if (uid === undefined || gid === undefined) {
    return failure(
      `there is no ${uid === undefined ? `user "${user}"` : `group "${group}"`} that a socket could be given to`,
    );
  }
  return success(text === '' ? undefined : { uid, gid });
}

/** Makes the socket by its path, which is safe: either root alone decides what the path names, or we have the user's rights and no others. */
function makeSocket(path: string, mode: number, identity: Identity | undefined): SocketHandle | number {
  const handle = createServerHandle(path, -1, -1, -1, 0);
  if (typeof handle !== 'number') {
    chmodSync(path, mode);
    if (mayAct(identity)) {
      lchownSync(path, identity.uid, identity.gid);
    }
  }
  return handle;
}

/** Removes the socket of a server that is gone; says what is in the way otherwise. */
export async function clearStaleSocket(path: string, identity: Identity | undefined): Promise<string | undefined> {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) {
    return undefined;
  }
  if (!stat.isSocket()) {
    return `${path} exists and is not a socket. Choose another path, or remove it`;
  }
  if (await isAnswered(path)) {
    const holder = findPortHolder({ kind: 'unix', path });
    return `unix:${path} is in use${holder === undefined ? '' : ` by ${holder}`}. Stop that program or choose another --bind`;
  }
  try {
    withRightsFor(identity, path, () => unlinkSync(path));
    return undefined;
  } catch (error) {
    return `${path} is left from a server that is gone, and cannot be removed (${(error as NodeJS.ErrnoException).code})`;
  }
}

/** Whether a program listens at the socket, or nobody can say so. */
export function isAnswered(path: string): Promise<boolean> {
  return new Promise((done) => {
    const probe = createConnection(path);
    probe.once('connect', () => {
      probe.destroy();
      done(true);
    });
    probe.once('error', (error: NodeJS.ErrnoException) =>
      done(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT'),
    );
  });
}

export function explainBindFault(manner: Manner, code: string, address: BindAddress, identity?: Identity): string {
  if (manner === 'nginx') {
    const name = address.kind === 'unix' ? renderBindAddress(address) : renderHostPort(address.host, address.port);
    return `bind() to ${name} failed (${systemWords({ code, errno: constants.errno[code as keyof typeof constants.errno] })})`;
  }
  const name = renderBindAddress(address);
  switch (code) {
    case 'EADDRINUSE': {
      const holder = findPortHolder(address);
      return `${name} is in use${holder === undefined ? '' : ` by ${holder}`}. Stop that program or choose another --bind`;
    }
    case 'EACCES':
      return explainNoAccess(address, name, identity);
    case 'EADDRNOTAVAIL':
      return `${name}: this machine does not have that address. 0.0.0.0 and [::] stand for all it has`;
    default:
      return `${name} cannot be bound (${code})`;
  }
}

function explainNoAccess(address: BindAddress, name: string, identity: Identity | undefined): string {
  if (address.kind !== 'unix') {
    const isLow = address.port <= PRIVILEGED_PORT_MAX;
    return `${name}: ${isLow ? `ports up to ${PRIVILEGED_PORT_MAX} are for root. Start as root with --user NAME, or choose a higher port` : 'no permission'}`;
  }
  // libuv says the same of a folder that is not there.
  const folder = dirname(resolve(address.path));
  if (existsSync(folder) && identity !== undefined) {
    const user = identity.userName || identity.uid;
    return `${name}: ${user} has no permission to make a socket in ${folder}, and root makes none where others than root can replace it. Choose a folder that is root's or ${user}'s alone`;
  }
  return existsSync(folder)
    ? `${name}: no permission to make a socket in ${folder}`
    : `${name}: there is no folder ${folder}. Make it first`;
}

function portOf(handle: SocketHandle): number {
  const out: { port?: number } = {};
  handle.getsockname(out);
  return out.port ?? 0;
}

function closeAll(handles: readonly SocketHandle[]): void {
  for (const handle of handles) {
    handle.close();
  }
}
