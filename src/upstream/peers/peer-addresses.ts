/** Servers as the peers that they stand for. */

import type { UpstreamServer } from '../../config/model/upstream.ts';
import { renderHostPort } from '../../kernel/addresses/render-host.ts';
import { isAddress } from '../resolver/is-address.ts';
import type { FoundServer } from '../resolver/name-cache.ts';
import type { FoundAddresses } from '../resolver/system-names.ts';
import type { PeerAddress } from './upstream-group.ts';

/** `found`: of names. A name whose addresses are not known has no peers. */
export function peerAddresses(
  server: UpstreamServer,
  found: (name: string) => FoundAddresses | undefined,
): readonly PeerAddress[] {
  const { host, port, isUnix } = server;
  if (isUnix) {
    return [{ server, name: `unix:${host}`, address: { path: host } }];
  }
  const addresses = isAddress(host) ? [host] : found(host);
  return Array.isArray(addresses) ? addresses.map((address: string) => peerAt(server, address, port)) : [];
}

/** `found`: what name servers say of the server. */
export function resolvedPeers(server: UpstreamServer, found: readonly FoundServer[]): readonly PeerAddress[] {
  return found.map(({ address, service }) => {
    if (service === undefined) {
      return peerAt(server, address, server.port);
    }
    const { name, port, weight, isBackup } = service;
    return {
      ...peerAt(server, address, port),
      weight: server.weight === 1 ? weight : server.weight,
      isBackup: isBackup || server.isBackup,
      text: name,
    };
  });
}

export function peerAt(server: UpstreamServer, address: string, port: number): PeerAddress {
  return { server, name: renderHostPort(address, port), address: { host: address, port } };
}
