/** Finds out who has an address, as far as /proc tells: without root it tells of the own user's processes only. */

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { BindAddress } from '../../config/bind-address.ts';

const LISTEN = '0A';
/** Of a socket for datagrams that takes those of everybody. */
const UNCONNECTED = '07';

/** Such as `nginx (pid 1234)`; undefined if it cannot be found. */
export function findPortHolder(address: BindAddress): string | undefined {
  return findPortHolders(address)[0];
}

/** All processes that have the address: a server and its children may share a socket. */
export function findPortHolders(address: BindAddress): string[] {
  const inodes = address.kind === 'unix' ? unixInodes(address.path) : portInodes(address);
  if (inodes.size === 0) {
    return [];
  }
  return list('/proc')
    .filter((pid) => /^\d+$/.test(pid) && hasSocket(pid, inodes))
    .map((pid) => `${read(`/proc/${pid}/comm`).trim() || 'a process'} (pid ${pid})`);
}

/** Sockets that take what comes to the port. */
export function portInodes(
  { kind, port }: { readonly kind: 'tcp' | 'udp'; readonly port: number },
  tables: readonly string[] = [kind, `${kind}6`].map((name) => read(`/proc/net/${name}`)),
): Set<string> {
  const awaited = kind === 'tcp' ? LISTEN : UNCONNECTED;
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const inodes = new Set<string>();
  for (const line of tables.flatMap((table) => table.split('\n').slice(1))) {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    if (local.endsWith(suffix) && state === awaited) {
      inodes.add(inode);
    }
  }
  return inodes;
}

function unixInodes(path: string): Set<string> {
  const rows = read('/proc/net/unix').split('\n').slice(1);
  return new Set(rows.filter((row) => row.endsWith(` ${path}`)).map((row) => row.trim().split(/\s+/)[6] ?? ''));
}

function hasSocket(pid: string, inodes: ReadonlySet<string>): boolean {
  return list(`/proc/${pid}/fd`).some((fd) => {
    const inode = /^socket:\[(\d+)\]$/.exec(link(`/proc/${pid}/fd/${fd}`))?.[1];
    return inode !== undefined && inodes.has(inode);
  });
}

// What cannot be looked at is as good as empty here.

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
