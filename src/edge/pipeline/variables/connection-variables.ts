/** Who asks, and over what connection. */

import { isIPv4, isIPv6 } from 'node:net';
import { parseExtensionName, readExtension } from '../../../protocol/proxy-protocol/extensions.ts';
import { connectionOf } from './connection-of.ts';
import type { Variable, VariableTable } from './variable.ts';

const UNIX = 'unix:';

export const CONNECTION_VARIABLES: VariableTable = {
  remote_addr: ({ client }) => client.address || UNIX,
  remote_port: ({ client }) => client.port,
  binary_remote_addr: ({ client }) => binaryAddress(client.address),
  realip_remote_addr: ({ main }) => main.exchange.client.address || UNIX,
  realip_remote_port: ({ main }) => main.exchange.client.port,
  server_addr: ({ exchange }) => exchange.peer.localAddress || UNIX,
  server_port: ({ exchange }) => exchange.origin.port,
  server_name: ({ site }) => site.name,
  connection: ({ main }) => String(main.exchange.peer.number),
  connection_requests: ({ main }) => String(connectionOf(main)?.keeping.requestCount ?? 1),
  connection_time: ({ main }) => ((connectionOf(main)?.keeping.openMs ?? 0) / 1000).toFixed(3),
  pipe: ({ main }) => (connectionOf(main)?.keeping.isPipelined === true ? 'p' : '.'),
  proxy_protocol_addr: ({ exchange }) => exchange.peer.proxyHeader?.source?.address,
  proxy_protocol_port: ({ exchange }) => exchange.peer.proxyHeader?.source?.port,
  proxy_protocol_server_addr: ({ exchange }) => exchange.peer.proxyHeader?.destination?.address,
  proxy_protocol_server_port: ({ exchange }) => exchange.peer.proxyHeader?.destination?.port,
  // Node gives no way to ask a socket for these.
  tcpinfo_rtt: () => undefined,
  tcpinfo_rttvar: () => undefined,
  tcpinfo_snd_cwnd: () => undefined,
  tcpinfo_rcv_space: () => undefined,
};

/** `$proxy_protocol_tlv_NAME`. */
export function proxyExtensionVariable(name: string): Variable {
  const extension = parseExtensionName(name);
  return ({ exchange }) => {
    const header = exchange.peer.proxyHeader;
    return extension && header && readExtension(header.extensions, extension);
  };
}

/** The bytes of an address, four or sixteen, each a character: the key of zones, because it is short. */
export function binaryAddress(address: string): string {
  if (isIPv4(address)) {
    return String.fromCharCode(...address.split('.').map(Number));
  }
  if (!isIPv6(address)) {
    return address || UNIX;
  }
  const [head = '', tail] = withoutDots(address.split('%')[0] ?? '').split('::');
  const first = groupsOf(head);
  const last = tail === undefined ? [] : groupsOf(tail);
  const gap = Array.from({ length: 8 - first.length - last.length }, () => 0);
  return [...first, ...gap, ...last].map((group) => String.fromCharCode(group >> 8, group & 0xff)).join('');
}

/** `::ffff:192.0.2.1` as `::ffff:c000:201`. */
function withoutDots(address: string): string {
  return address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...bytes: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = bytes.slice(0, 4).map(Number);
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  });
}

function groupsOf(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
}
