/** Makes the streams of a model into what connections go through. Loaded only where a model has streams. */

import type { StreamServer, Streams } from '../../config/model/stream.ts';
import { assert } from '../../kernel/assert.ts';
import { systemClock } from '../../kernel/clock.ts';
import { ErrorLogs } from '../error-log/error-log.ts';
import { EDGE_LIMITS } from '../limits.ts';
import { clientRules } from '../pipeline/access/client-rules.ts';
import { plannedUpstreams } from '../sites/planned-upstreams.ts';
import type { SitesParts } from '../sites/sites-parts.ts';
import { acceptSession } from './accept-session.ts';
import type { CompiledStream } from './compiled-stream.ts';
import { SESSION_STATUS } from './compiled-stream.ts';
import { ProxyContent } from './proxy-content.ts';

/** By index of the server. Throws where the model cannot be run. */
export function compileStreams(streams: Streams, parts: SitesParts): readonly CompiledStream[] {
  const origin = { pid: process.pid, tid: parts.thread === 0 ? process.pid : parts.thread };
  const errorLogs = new ErrorLogs(origin, systemClock, parts.logs.lease);
  const buffer = Buffer.allocUnsafeSlow(EDGE_LIMITS.readBytes);
  const { groups } = plannedUpstreams(streams.upstreams, 'stream', parts);
  const openOf = ({ content, sendsAtOnce }: StreamServer): CompiledStream['open'] => {
    if (content.kind !== 'proxy' || content.to.kind !== 'upstream') {
      throw new Error(`a stream has content that is not known: ${content.kind}`);
    }
    const group = groups[content.to.upstream];
    assert(group !== undefined, `the model has no upstream ${content.to.upstream} of streams`);
    const passing = { policy: content.policy, buffer, sendsAtOnce };
    return (session) => new ProxyContent(session, passing, group);
  };
  return streams.servers.map((server): CompiledStream => {
    const stream: CompiledStream = {
      errorLog: errorLogs.open(server.errorLogs),
      steps: stepsOf(server),
      sendsAtOnce: server.sendsAtOnce,
      open: openOf(server),
      accept: (socket, client, services) => acceptSession({ socket, client, stream, services }),
    };
    return stream;
  });
}

function stepsOf({ addresses }: StreamServer): CompiledStream['steps'] {
  const allows = clientRules(addresses);
  return allows === undefined
    ? []
    : [
        (session) => {
          if (allows(session.client.address) === false) {
            session.log('error', 'access forbidden by rule');
            return SESSION_STATUS.forbidden;
          }
          return 0;
        },
      ];
}
