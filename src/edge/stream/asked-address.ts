/**
 * Which address a client of this machine has sent its datagram to. The kernel tells a socket for all addresses nothing of it, and addresses of the machine have sockets of
 * their own; what is left are loopback addresses that no interface names, such as 127.0.0.53. Their clients are on this machine, so the kernel lists their sockets, and
 * with each that is connected where to.
 */

import { readFileSync } from 'node:fs';

interface End {
  readonly address: string;
  readonly port: number;
}

/** Undefined: it is not known. `readTable`: the kernel's list of sockets for datagrams. */
export function askedAddress(
  client: End,
  port: number,
  readTable: () => string = () => readFileSync('/proc/net/udp', 'latin1'),
): string | undefined {
  const own = endOf(client);
  const suffix = `:${hexPort(port)}`;
  for (const line of tableOf(readTable).split('\n')) {
    const [, local, remote = ''] = line.trim().split(/\s+/, 3);
    if (local === own && remote.endsWith(suffix)) {
      return addressOf(remote.slice(0, -suffix.length));
    }
  }
  return undefined;
}

/** A machine without it (a sandbox) has no such list. */
function tableOf(readTable: () => string): string {
  try {
    return readTable();
  } catch {
    return '';
  }
}

/** As the kernel writes it: the bytes of the address in the order of the machine, which is the other one. */
function endOf({ address, port }: End): string {
  return `${Buffer.from(address.split('.').map(Number)).reverse().toString('hex').toUpperCase()}:${hexPort(port)}`;
}

function addressOf(hex: string): string {
  return [...Buffer.from(hex, 'hex').reverse()].join('.');
}

function hexPort(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0');
}
