/** Makes the streams of a model into what connections go through. Loaded only where a model has streams. */

import type { StreamServer, Streams } from '../../config/model/stream.ts';
import { systemClock } from '../../kernel/clock.ts';
import type { TlsClients } from '../../upstream/tls/tls-clients.ts';
import { AccessLogs } from '../access-log/access-logs.ts';
import { ErrorLogs } from '../error-log/error-log.ts';
import { tellOtherwise } from '../error-log/tell-otherwise.ts';
import { PlanUpstreams } from '../handlers/proxy/plan-upstreams.ts';
import { renderTemplate } from '../pipeline/render-template.ts';
import { namesBy, plannedUpstreams } from '../sites/planned-upstreams.ts';
import type { SitesParts } from '../sites/sites-parts.ts';
import { HandshakeTexts } from '../tls/handshake-texts.ts';
import { acceptBeforeTls, acceptSession, newDatagramSession } from './accept-session.ts';
import { compileStreamCheck } from './compile-check.ts';
import { compileProxy } from './compile-proxy.ts';
import type { CompiledStream } from './compiled-stream.ts';
import { DatagramReturn } from './datagram-return.ts';
import { ReturnContent } from './return-content.ts';
import { compileSecuredSteps, compileSteps } from './session-steps.ts';
import { SessionTexts } from './session-texts.ts';

/** By index of the server. Throws where the model cannot be run. `Clients`: the code that speaks TLS with servers; undefined where the streams have no use for it. */
export function compileStreams(
  streams: Streams,
  parts: SitesParts,
  Clients: typeof TlsClients | undefined,
): readonly CompiledStream[] {
  const { model, zones: zoneMemory, logs, thread } = parts;
  const origin = { pid: process.pid, tid: thread === 0 ? process.pid : thread };
  const errorLogs = new ErrorLogs(origin, systemClock, logs.lease, { otherwise: tellOtherwise(parts.log) });
  const accessLogs = new AccessLogs(logs);
  const texts = new SessionTexts({ variables: streams.variables, zones: model.zones, zoneMemory });
  const handshakeTexts = new HandshakeTexts(streams.variables, (text) => parts.log('error', text));
  const tlsClients = Clients && new Clients(model.upstreamTls ?? {}, () => systemClock.monotonicMs());
  const { groups } = plannedUpstreams(streams.upstreams, 'stream', parts, (upstream, check) =>
    compileStreamCheck(upstream, check, streams, tlsClients),
  );
  const upstreams = new PlanUpstreams({
    model: streams,
    groups,
    namesBy: (resolver) => namesBy(model, resolver, parts.log),
    connections: { clock: systemClock, onBug: (error) => parts.bugs.note('a stream', error) },
  });
  const openOf = (server: StreamServer): CompiledStream['open'] => {
    const { content } = server;
    if (content.kind === 'proxy') {
      return compileProxy(content, { server, texts, upstreams, tlsClients });
    }
    const text = texts.template(content.text);
    return (session) => {
      const { datagrams } = session;
      const rendered = renderTemplate(text, session);
      return datagrams === undefined
        ? new ReturnContent(session, rendered)
        : new DatagramReturn(session, datagrams, rendered);
    };
  };
  return streams.servers.map((server): CompiledStream => {
    const stream: CompiledStream = {
      errorLog: errorLogs.open(server.errorLogs),
      accessLog: accessLogs.openForSessions(server.accessLogs, texts),
      steps: compileSteps(server, texts),
      securedSteps: compileSecuredSteps(server),
      proxyProtocolMs: server.proxyProtocolMs,
      preread: server.readsHello ? server.preread : undefined,
      sendsAtOnce: server.sendsAtOnce,
      handshakeTexts,
      open: openOf(server),
      accept: (socket, client, services) => acceptSession(socket, { client, stream, services }),
      newDatagramSession: (datagrams, client, services) => newDatagramSession(datagrams, { client, stream, services }),
      acceptBeforeTls: (connection, client, services, shakeHands) =>
        acceptBeforeTls(connection, { client, stream, services }, shakeHands),
    };
    return stream;
  });
}
