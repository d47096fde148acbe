/** What the server knows of a session, by the names of nginx's variables. */

import { clfDateHere, isoDateHere } from '../pipeline/local-time.ts';
import { binaryAddress } from '../pipeline/variables/connection-variables.ts';
import type { Session, SessionVariable } from './compiled-stream.ts';
import type { UpstreamState } from './upstream-state.ts';

const UNIX = 'unix:';

export const SESSION_VARIABLES: Readonly<Record<string, SessionVariable>> = {
  remote_addr: ({ client }) => client.address || UNIX,
  remote_port: ({ client }) => client.port,
  binary_remote_addr: ({ client }) => binaryAddress(client.address),
  realip_remote_addr: ({ peer }) => peer.address || UNIX,
  realip_remote_port: ({ peer }) => peer.port,
  server_addr: ({ localAddress }) => localAddress || UNIX,
  server_port: ({ services }) => services.port,
  protocol: ({ datagrams }) => (datagrams === undefined ? 'TCP' : 'UDP'),
  connection: ({ number }) => String(number),
  status: ({ status }) => String(status).padStart(3, '0'),
  bytes_sent: ({ sentBytes }) => String(sentBytes),
  bytes_received: ({ receivedBytes }) => String(receivedBytes),
  session_time: ({ services, startedMs }) => inSeconds(services.clock.monotonicMs() - startedMs),
  hostname: ({ services }) => services.hostname,
  pid: () => String(process.pid),
  nginx_version: () => '1.22.1',
  msec: ({ services }) => (services.clock.nowMs() / 1000).toFixed(3),
  time_iso8601: ({ services }) => isoDateHere(services.clock.nowMs()),
  time_local: ({ services }) => clfDateHere(services.clock.nowMs()),
  proxy_protocol_addr: ({ proxyHeader }) => proxyHeader && (proxyHeader.source?.address ?? ''),
  proxy_protocol_port: ({ proxyHeader }) => proxyHeader && (proxyHeader.source?.port ?? ''),
  proxy_protocol_server_addr: ({ proxyHeader }) => proxyHeader && (proxyHeader.destination?.address ?? ''),
  proxy_protocol_server_port: ({ proxyHeader }) => proxyHeader && (proxyHeader.destination?.port ?? ''),
  ssl_preread_protocol: ({ hello }) => hello?.version,
  ssl_preread_server_name: ({ hello }) => hello?.serverName,
  ssl_preread_alpn_protocols: ({ hello }) => hello?.protocols.join(','),
  upstream_addr: (session) => ofEach(session, ({ name }) => name),
  upstream_bytes_sent: (session) => ofEach(session, ({ sentBytes }) => String(sentBytes)),
  upstream_bytes_received: (session) => ofEach(session, ({ receivedBytes }) => String(receivedBytes)),
  upstream_connect_time: (session) => ofEach(session, ({ connectMs }) => orDash(connectMs)),
  upstream_first_byte_time: (session) => ofEach(session, ({ firstByteMs }) => orDash(firstByteMs)),
  upstream_session_time: (session) => ofEach(session, ({ sessionMs }) => orDash(sessionMs)),
};

function ofEach({ upstreams }: Session, text: (state: UpstreamState) => string): string | undefined {
  return upstreams.length === 0 ? undefined : upstreams.map(text).join(', ');
}

function inSeconds(ms: number): string {
  return (Math.floor(ms) / 1000).toFixed(3);
}

function orDash(ms: number | undefined): string {
  return ms === undefined ? '-' : inSeconds(ms);
}
