/**
 * Where datagrams are to come in at all addresses of the machine, each address has a socket of its own beside that for all: what is sent from it comes from the address
 * that the client has asked, or the client would not take it; and it is known which one that was. The kernel gives a datagram to the socket that names its address.
 * The socket for all has the rest: loopback addresses that no interface names, and addresses that the machine has been given since.
 */

import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { BindAddress } from '../../config/bind-address.ts';
import type { BindPlace } from './sockets.ts';

/** An address that the server has bound already, or will have. */
export interface OwnAddress {
  readonly kind: 'tcp' | 'udp' | 'unix';
  readonly address: string;
  readonly port: number;
}

/** The addresses of the machine that belong to these places and have no socket yet. `own`: what is bound; what the places name is left to them. */
export function spreadWildcards<Place extends BindPlace>(
  places: readonly Place[],
  own: readonly OwnAddress[],
  ofMachine: readonly string[] = addressesOfMachine(),
): Place[] {
  const taken = new Set(own.flatMap(({ kind, address, port }) => (kind === 'udp' ? [`${address} ${port}`] : [])));
  for (const { address } of places) {
    if (address.kind === 'udp') {
      taken.add(`${address.host} ${address.port}`);
    }
  }
  return places.flatMap((place) => {
    const { address, isIpv6Only } = place;
    if (address.kind !== 'udp' || !isWildcard(address.host)) {
      return [];
    }
    const { port } = address;
    return ofMachine
      .filter((host) => covers(address.host, isIpv6Only, host) && !taken.has(`${host} ${port}`))
      .map((host) => {
        taken.add(`${host} ${port}`);
        return { ...place, address: { ...address, host } };
      });
  });
}

/** Whether the socket is one of those beside that for all, and something that is listened on names its address by now. */
export function isNamedApart(
  { kind, address, port }: OwnAddress,
  of: BindAddress | undefined,
  all: readonly (BindAddress | undefined)[],
): boolean {
  return (
    kind === 'udp' &&
    of?.kind === 'udp' &&
    of.host !== address &&
    all.some((each) => each?.kind === 'udp' && each.host === address && each.port === port)
  );
}

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

function covers(wildcard: string, isIpv6Only: boolean, host: string): boolean {
  return isIPv6(host) ? wildcard === '::' : wildcard === '0.0.0.0' || !isIpv6Only;
}

/** Without those of one link, of which an interface has one: the kernel answers from it. */
function addressesOfMachine(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ address }) => !address.startsWith('fe80:'))
    .map(({ address }) => address);
}
