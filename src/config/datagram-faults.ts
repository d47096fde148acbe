/** What is said of a stream that takes datagrams, and cannot hold for them: a sentence for each, that follows "udp: ". */

import type { StreamContent } from './model/stream.ts';
import type { Upstream } from './model/upstream.ts';

export function datagramFaults(content: StreamContent, upstreams: readonly Upstream[]): readonly string[] {
  if (content.kind !== 'proxy') {
    return [];
  }
  const { to, policy } = content;
  const servers = to.kind === 'upstream' ? (upstreams[to.upstream]?.servers ?? []) : [];
  return [
    ...(policy.tls === undefined ? [] : ['no TLS is spoken with servers: datagrams are passed on as they are']),
    ...(servers.some(({ isUnix }) => isUnix) ? ['datagrams cannot be sent to a Unix socket'] : []),
  ];
}
