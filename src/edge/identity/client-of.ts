import type { Socket } from 'node:net';
import type { Client } from '../../protocol/http/exchange.ts';

/** The client at the other end of a socket. On a dual-stack socket, clients that speak IPv4 have addresses that are written as IPv6. */
export function clientOf(socket: Socket): Client {
  const address = socket.remoteAddress ?? '';
  return {
    address: address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address,
    port: socket.remotePort === undefined ? '' : String(socket.remotePort),
  };
}
