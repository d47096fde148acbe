/** Which stream passes connections to an upstream: health checks connect as it does. */

import type { StreamPolicy, Streams } from './model/stream.ts';
import type { UpstreamId } from './model/upstream.ts';

/** The one that a check names, or the first. Undefined: nobody does, or it is known only when a connection comes. */
export function findAskingStream(
  { servers }: Pick<Streams, 'servers'>,
  upstream: UpstreamId,
  named: number | undefined,
): StreamPolicy | undefined {
  const index = named ?? firstAskingStream({ servers }, upstream);
  const content = index === undefined ? undefined : servers[index]?.content;
  return content?.kind === 'proxy' ? content.policy : undefined;
}

/** Where a check connects as the first stream does that passes connections on, nothing need be said of that; portico.toml has no words for any other. */
export function withFirstAskingStreams(streams: Streams): Streams {
  const upstreams = streams.upstreams.map((upstream, index) => {
    const { healthCheck } = upstream;
    if (healthCheck?.policy === undefined || healthCheck.policy !== firstAskingStream(streams, index)) {
      return upstream;
    }
    const { policy: _, ...check } = healthCheck;
    return { ...upstream, healthCheck: check };
  });
  return { ...streams, upstreams };
}

function firstAskingStream({ servers }: Pick<Streams, 'servers'>, upstream: UpstreamId): number | undefined {
  const index = servers.findIndex(
    ({ content }) => content.kind === 'proxy' && content.to.kind === 'upstream' && content.to.upstream === upstream,
  );
  return index < 0 ? undefined : index;
}
