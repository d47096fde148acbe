/**
 * The sockets that the server listens on: those that the service manager has given, or the program before, and the addresses of the
 * model's listeners that are not among them.
 */

import { closeSync } from 'node:fs';
import type { BindAddress } from '../../config/bind-address.ts';
import type { Listening } from '../../config/model/listening.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { Identity } from '../privileges.ts';
import type { GivenSocket, ServiceManager } from '../service-manager.ts';
import type { Predecessor } from '../upgrade/predecessor.ts';
import { takeInherited } from './inherited-sockets.ts';
import type { BindOptions, BindPlace, BoundSocket } from './sockets.ts';
import { bindSockets, resolveHost } from './sockets.ts';
import { spreadWildcards } from './spread-wildcards.ts';

/** A socket, and the listener of the model that it belongs to. */
export interface OpenSocket extends BoundSocket {
  readonly listener: number;
}

export interface SocketPlan extends BindOptions {
  readonly listeners: readonly Listening[];
  readonly manager: ServiceManager;
  readonly predecessor: Predecessor | undefined;
  readonly identity: Identity | undefined;
}

/** In the order of the listeners. */
export async function openSockets({
  listeners,
  manager,
  predecessor,
  identity,
  ...options
}: SocketPlan): Promise<Outcome<readonly OpenSocket[], readonly string[]>> {
  if (manager.faults.length > 0) {
    return failure(manager.faults);
  }
  const { edgeThreads } = options;
  const inherited = predecessor && (await takeInherited({ predecessor, listeners, edgeThreads, identity }));
  const taken = inherited ?? [];
  const sorted = await sort(manager.sockets, listeners);
  const toBind = sorted.toBind.filter(({ listener }) => !taken.some((each) => each.listener === listener));
  // Another address at a port of the program before is bound beside its sockets.
  const own = predecessor?.handOver.sockets ?? [];
  const places = [...toBind, ...spreadWildcards(sorted.toBind, own)];
  const bound = await bindSockets(places, { ...options, own }, identity);
  if (!bound.ok) {
    return bound;
  }
  const opened = [
    ...taken.map(({ socket, listener }) => ({ ...socket, listener })),
    ...sorted.given.map(({ socket, listener }) => ({ ...adopt(socket, options.edgeThreads), listener })),
    ...bound.value.map((socket, index) => ({ ...socket, listener: places[index]?.listener ?? 0 })),
  ];
  return success(opened.toSorted((one, other) => one.listener - other.listener));
}

/** The edge's threads share a given socket: each listens on a descriptor of its own, because it closes that. */
function adopt({ fd, ...address }: GivenSocket, edgeThreads: number): BoundSocket {
  let isOpen = true;
  const close = () => {
    if (isOpen) {
      isOpen = false;
      closeSync(fd);
    }
  };
  return {
    address: { ...address, fds: Array.from({ length: edgeThreads }, () => fd) },
    isLost: () => false,
    close,
    handles: [],
  };
}

interface Sorted {
  readonly given: readonly { readonly socket: GivenSocket; readonly listener: number }[];
  readonly toBind: readonly (BindPlace & { readonly listener: number })[];
}

/** Finds the given sockets that listen where a listener of the model says. */
async function sort(sockets: readonly GivenSocket[], listeners: readonly Listening[]): Promise<Sorted> {
  const owners = new Map<GivenSocket, number>();
  const toBind: (BindPlace & { listener: number })[] = [];
  // Listeners without TLS choose first: what they have named must not be taken for an address with TLS because it covers that as well.
  const order = [...listeners.entries()].sort(([, one], [, other]) => Number(one.tls) - Number(other.tls));
  for (const [listener, { address, isIpv6Only, tls, unix }] of order) {
    // A socket for all addresses stands for each that is named, if the same is spoken there.
    const left = sockets.filter((socket) => (listeners[owners.get(socket) ?? listener]?.tls ?? tls) === tls);
    const found = address === undefined ? undefined : await findGiven(left, address);
    if (found !== undefined) {
      owners.set(found, owners.get(found) ?? listener);
    } else if (address !== undefined) {
      toBind.push({ address, isIpv6Only, listener, ...(unix === undefined ? {} : { unix }) });
    }
  }
  const rest = Math.max(
    0,
    listeners.findIndex(({ address }) => address === undefined),
  );
  const given = sockets.map((socket) => ({ socket, listener: owners.get(socket) ?? rest }));
  return { given, toBind };
}

const WILDCARDS = ['0.0.0.0', '::'];

/** A socket for all addresses covers each of them: nothing else could be bound beside it. */
async function findGiven(given: readonly GivenSocket[], address: BindAddress): Promise<GivenSocket | undefined> {
  if (address.kind === 'unix') {
    return given.find(({ kind, path }) => kind === 'unix' && path === address.path);
  }
  const resolved = await resolveHost(address.host);
  return given.find(
    (socket) =>
      socket.kind === address.kind &&
      socket.port === address.port &&
      (WILDCARDS.includes(socket.address) || (resolved.ok && socket.address === resolved.value)),
  );
}
