/** Binds the address of the stats server, with the rights that the server was started with. */

import { chmodSync, lchownSync, lstatSync, unlinkSync } from 'node:fs';
import type { Server } from 'node:net';
import type { BindAddress } from '../../config/bind-address.ts';
import type { Manner } from '../../config/model/server-model.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import { SUPERVISOR_LIMITS } from '../limits.ts';
import type { Identity } from '../privileges.ts';
import { mayAct, withRightsFor } from '../privileges.ts';
import { bindWhenFree, waitingFor } from '../sockets/address-wait.ts';
import { clearStaleSocket, explainBindFault, resolveHost, UNIX_SOCKET_MODE } from '../sockets/sockets.ts';

export interface StatsSocketOptions {
  readonly address: BindAddress;
  readonly umask: number | undefined;
  readonly manner: Manner;
  readonly identity: Identity | undefined;
  /** The server that this one replaces may have the same address, and goes on with it until it ends. */
  readonly replaces: boolean;
  readonly onWait: ((text: string) => void) | undefined;
}

export interface StatsSocket {
  /** It listens, and whoever has it takes the connections. */
  readonly server: Server;
  readonly close: () => void;
}

export async function openStatsSocket(options: StatsSocketOptions): Promise<Outcome<StatsSocket>> {
  const { address, onWait } = options;
  const opened = await bindWhenFree(address, () => open(options), waitingFor(onWait ?? (() => undefined)));
  return opened.ok ? opened : failure(opened.fault.replaceAll('--bind', '--stats'));
}

async function open(options: StatsSocketOptions): Promise<Outcome<StatsSocket>> {
  const { address, manner, identity, replaces } = options;
  if (address.kind !== 'unix') {
    const host = await resolveHost(address.host);
    return host.ok
      ? listenOnPort({ host: host.value, port: address.port }, replaces, (code) =>
          explainBindFault(manner, code, address),
        )
      : host;
  }
  const { path } = address;
  const explain = (code: string): string => explainBindFault(manner, code, address, identity);
  if (path.startsWith('@')) {
    const opened = await listen({ path: `\0${path.slice(1)}` }, explain);
    return opened.ok ? success(closing(opened.value)) : opened;
  }
  const obstacle = replaces ? takeOver(path, identity) : await clearStaleSocket(path, identity);
  return obstacle === undefined ? listenAt(path, options, explain) : failure(obstacle);
}

function closing(server: Server): StatsSocket {
  return { server, close: () => server.close() };
}

/**
 * With SO_REUSEPORT, so that a server that replaces this one can listen at the port as well. Any other server of the same user could then, and take half of the
 * connections; so first it is tried without.
 */
async function listenOnPort(
  place: Place,
  replaces: boolean,
  explain: (code: string) => string,
): Promise<Outcome<StatsSocket>> {
  if (!replaces) {
    const probe = await listen(place, explain);
    if (!probe.ok) {
      return probe;
    }
    await new Promise((closed) => probe.value.close(closed));
  }
  const opened = await listen({ ...place, reusePort: true }, explain);
  return opened.ok ? success(closing(opened.value)) : opened;
}

/** The path is the next server's from now on. The one before goes on with connections that it has. */
function takeOver(path: string, identity: Identity | undefined): string | undefined {
  try {
    withRightsFor(identity, path, () => unlinkSync(path));
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? undefined : `${path} cannot be replaced (${code})`;
  }
}

/** Node binds a path before `listen` returns, so that the rights need be had no longer. */
async function listenAt(
  path: string,
  { umask = 0, identity }: StatsSocketOptions,
  explain: (code: string) => string,
): Promise<Outcome<StatsSocket>> {
  let opening: Promise<Outcome<Server>> = Promise.resolve(failure(explain('ENOENT')));
  try {
    withRightsFor(identity, path, () => {
      opening = listen({ path }, explain);
      chmodSync(path, UNIX_SOCKET_MODE & ~umask);
      if (mayAct(identity)) {
        lchownSync(path, identity.uid, identity.gid);
      }
    });
  } catch (error) {
    const opened = await opening;
    if (opened.ok) {
      opened.value.close();
    }
    return failure(explain((error as NodeJS.ErrnoException).code ?? ''));
  }
  const opened = await opening;
  return opened.ok ? success(closingAt(path, opened.value)) : opened;
}

/** To close it removes the path, whoever has made what is there: a socket that another server has put there since is left, and ours is closed by the end of this process. */
function closingAt(path: string, server: Server): StatsSocket {
  const inode = inodeAt(path);
  return {
    server,
    close: () => {
      if (inodeAt(path) === inode) {
        server.close();
      }
    },
  };
}

function inodeAt(path: string): number | undefined {
  try {
    return lstatSync(path).ino;
  } catch {
    return undefined;
  }
}

interface Place {
  readonly host?: string;
  readonly port?: number;
  readonly path?: string;
  readonly reusePort?: boolean;
}

function listen(place: Place, explain: (code: string) => string): Promise<Outcome<Server>> {
  const { createServer } = process.getBuiltinModule('node:net');
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(failure(explain(error.code ?? error.message))));
    server.listen({ ...place, backlog: SUPERVISOR_LIMITS.statsConnectionsMax, exclusive: true }, () => {
      server.removeAllListeners('error');
      resolve(success(server));
    });
  });
}
