/**
 * The sockets that the server listens on: those that the service manager has given, and the addresses of --bind and --insecure-bind
 * that are not among them.
 */

import { closeSync } from 'node:fs';
import type { BindAddress } from '../../config/bind-address.ts';
import type { ServeOptions } from '../../config/serve-options.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { Identity } from '../privileges.ts';
import type { GivenSocket, ServiceManager } from '../service-manager.ts';
import type { BindOptions, BoundSocket } from './sockets.ts';
import { bindSockets, resolveHost } from './sockets.ts';

export interface OpenSockets {
  readonly sockets: readonly BoundSocket[];
  /** How many of the sockets, counted from the first, speak TLS if there is a certificate. */
  readonly secureCount: number;
}

export async function openSockets(
  model: ServeOptions & Pick<BindOptions, 'onWait'>,
  { sockets: given, faults }: ServiceManager,
  identity?: Identity,
): Promise<Outcome<OpenSockets, readonly string[]>> {
  if (faults.length > 0) {
    return failure(faults);
  }
  const plain = await sort(given, model.insecureBinds);
  const secure = await sort(plain.others, model.binds);
  const bound = await bindSockets([...secure.toBind, ...plain.toBind], model, identity);
  if (!bound.ok) {
    return bound;
  }
  const adopted = (sockets: readonly GivenSocket[]) => sockets.map((socket) => adopt(socket, model.edgeThreads));
  const first = [...adopted([...secure.taken, ...secure.others]), ...bound.value.slice(0, secure.toBind.length)];
  return success({
    sockets: [...first, ...bound.value.slice(secure.toBind.length), ...adopted(plain.taken)],
    secureCount: first.length,
  });
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
  return { listener: { ...address, fds: Array.from({ length: edgeThreads }, () => fd) }, isLost: () => false, close };
}

interface Sorted {
  /** The given sockets that listen where an address of ours says. */
  readonly taken: readonly GivenSocket[];
  readonly others: readonly GivenSocket[];
  readonly toBind: readonly BindAddress[];
}

async function sort(given: readonly GivenSocket[], addresses: readonly BindAddress[]): Promise<Sorted> {
  const taken = new Set<GivenSocket>();
  const toBind: BindAddress[] = [];
  for (const address of addresses) {
    const matching = await findGiven(given, address);
    if (matching === undefined) {
      toBind.push(address);
    } else {
      taken.add(matching);
    }
  }
  return { taken: [...taken], others: given.filter((socket) => !taken.has(socket)), toBind };
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
      socket.kind === 'tcp' &&
      socket.port === address.port &&
      (WILDCARDS.includes(socket.address) || (resolved.ok && socket.address === resolved.value)),
  );
}
