/**
 * Sockets for datagrams (UDP), bound and never read from: `node:dgram` begins to read as soon as it has bound, and what the supervisor read would be lost. So the handle
 * below it is used, which is internal to Node (tried on 24); this is the only file that does.
 */

import { isIP } from 'node:net';
import type { SocketHandle } from './socket-handle.ts';

interface DatagramHandle extends SocketHandle {
  open(fd: number): number;
  bind(address: string, port: number, flags: number): number;
  bind6(address: string, port: number, flags: number): number;
}

interface DatagramBinding {
  readonly UDP: new () => DatagramHandle;
  readonly constants: { readonly UV_UDP_IPV6ONLY: number; readonly UV_UDP_REUSEPORT: number };
}

export interface PortFlags {
  readonly isIpv6Only: boolean;
  /** SO_REUSEPORT. */
  readonly isShared: boolean;
}

/** A negative number says why it cannot be bound, as those of libuv do. */
export function bindDatagramHandle(
  ip: string,
  port: number,
  { isIpv6Only, isShared }: PortFlags,
): SocketHandle | number {
  const { UDP, constants } = bindingOf();
  const handle = new UDP();
  const flags = (isIpv6Only ? constants.UV_UDP_IPV6ONLY : 0) | (isShared ? constants.UV_UDP_REUSEPORT : 0);
  const fault = isIP(ip) === 6 ? handle.bind6(ip, port, flags) : handle.bind(ip, port, flags);
  if (fault === 0) {
    return handle;
  }
  handle.close();
  return fault;
}

/** A socket that another process has bound. */
export function openDatagramHandle(fd: number): SocketHandle | number {
  const handle = new (bindingOf().UDP)();
  const fault = handle.open(fd);
  return fault === 0 ? handle : fault;
}

/** Asked for only where a model listens for datagrams. */
function bindingOf(): DatagramBinding {
  // Not in @types/node, being deprecated for everybody else.
  return (process as unknown as { binding(name: string): unknown }).binding('udp_wrap') as DatagramBinding;
}
