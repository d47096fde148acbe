/**
 * The sockets that the program before has handed over (upgrade/). Both programs accept from them, so no connection is lost whichever ends. An address is
 * taken over only as it was bound: a socket for all addresses must not stand for one of them that the new configuration names.
 */

import { closeSync, lstatSync, unlinkSync } from 'node:fs';
import { renderBindAddress } from '../../config/bind-address.ts';
import type { Listening } from '../../config/model/listening.ts';
import type { Identity } from '../privileges.ts';
import { withRightsFor } from '../privileges.ts';
import type { InheritedSocket, Predecessor } from '../upgrade/predecessor.ts';
import type { BoundSocket } from './sockets.ts';
import { openHandle, resolveHost } from './sockets.ts';

export interface TakenSocket {
  readonly socket: BoundSocket;
  readonly listener: number;
}

export interface InheritedPlan {
  readonly predecessor: Predecessor;
  readonly listeners: readonly Listening[];
  readonly edgeThreads: number;
  readonly identity: Identity | undefined;
}

/** Those that a listener has; the others are closed, so that no client waits in the backlog of a socket that nobody reads. */
export async function takeInherited(plan: InheritedPlan): Promise<readonly TakenSocket[]> {
  const { predecessor, listeners } = plan;
  const taken: TakenSocket[] = [];
  const left = new Set(predecessor.handOver.sockets);
  for (const [listener, of] of listeners.entries()) {
    for (const socket of left) {
      if (await isOf(socket, of)) {
        left.delete(socket);
        taken.push({ socket: adopt(socket, plan), listener });
      }
    }
  }
  for (const { fds } of left) {
    for (const fd of fds) {
      closeSync(fd);
    }
  }
  return taken;
}

async function isOf(socket: InheritedSocket, { address, isIpv6Only }: Listening): Promise<boolean> {
  const name = address === undefined ? '' : renderBindAddress(address);
  if (socket.isIpv6Only !== isIpv6Only) {
    return false;
  }
  if (socket.name === name || address === undefined || address.kind === 'unix') {
    return socket.name === name;
  }
  const resolved = await resolveHost(address.host);
  return (
    resolved.ok && socket.kind === address.kind && socket.address === resolved.value && socket.port === address.port
  );
}

function adopt({ fds, ...where }: InheritedSocket, { edgeThreads, predecessor, identity }: InheritedPlan): BoundSocket {
  const { kind, address, port, path } = where;
  const own = fds.map((fd) => openHandle(fd, kind));
  // A thread for which there is none shares one; of sockets that are more than threads, each thread listens on several. Datagrams of one client have to come to one thread.
  const handles = Array.from(
    { length: kind === 'udp' ? own.length : Math.max(edgeThreads, own.length) },
    (_, index) => own[index % own.length],
  ).filter((handle) => handle !== undefined);
  const isAtPath = kind === 'unix' && !path.startsWith('@');
  const before = isAtPath ? statOf(path) : undefined;
  const isOurs = (): boolean => {
    const stat = statOf(path);
    return stat !== undefined && stat.ino === before?.ino && stat.birthtimeMs === before.birthtimeMs;
  };
  const close = (isHandedOn = false): void => {
    for (const handle of own) {
      handle.close();
    }
    if (isAtPath && !isHandedOn && !predecessor.isThere && isOurs()) {
      withRightsFor(identity, path, () => unlinkSync(path));
    }
  };
  return {
    address: { kind, address, port, path, fds: handles.map(({ fd }) => fd) },
    isLost: () => isAtPath && before !== undefined && !isOurs(),
    close,
    handles,
  };
}

/** Undefined also for a path that cannot be looked at. */
function statOf(path: string): { readonly ino: number; readonly birthtimeMs: number } | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
