import type { Client } from '../../protocol/http/exchange.ts';

/** What a connection knows of its other end. */
export interface RemoteEnd {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
}

/** The client at the other end of a socket. On a dual-stack socket, clients that speak IPv4 have addresses that are written as IPv6. */
export function clientOf(socket: RemoteEnd): Client {
  const address = socket.remoteAddress ?? '';
  return {
    address: address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address,
    port: socket.remotePort === undefined ? '' : String(socket.remotePort),
  };
}
