/** Streams as data for people and programs: at which addresses connections are taken, what is asked of them, and who gets them. */

import { renderBindAddress } from '../../config/bind-address.ts';
import type { ServerModel } from '../../config/model/server-model.ts';
import type { StreamContent, StreamServer, Streams } from '../../config/model/stream.ts';
import type { Template } from '../../config/model/template.ts';
import { describeTls } from './describe-tls.ts';
import { CONNECTIONS, describeUpstream } from './describe-upstream.ts';

export interface DescribedStream {
  readonly addresses: readonly string[];
  /** In the order in which they are asked. */
  readonly rules: readonly string[];
  readonly answer: string;
}

export function describeStreams(model: ServerModel): readonly DescribedStream[] {
  const { streams } = model;
  return (streams?.servers ?? []).map((server, index) => {
    const listeners = (streams?.listeners ?? []).filter(({ stream }) => stream === index);
    const kinds = listeners.map(({ address }) => (address?.kind === 'udp' ? 'datagrams' : 'connections'));
    const passed = [...new Set(kinds)].toSorted();
    return {
      addresses: addressesOf(listeners),
      rules: [...describeTls(server.tls, model), ...rulesOf(server)],
      answer: answerOf(server.content, streams, passed),
    };
  });
}

function addressesOf(listeners: Streams['listeners']): readonly string[] {
  return listeners.map(({ address, tls, hasProxyHeader }) =>
    [
      address === undefined ? 'sockets of the service manager' : renderBindAddress(address),
      ...(tls ? ['(TLS)'] : []),
      ...(hasProxyHeader ? ['(behind a header of the PROXY protocol)'] : []),
    ].join(' '),
  );
}

function rulesOf({ realIpFrom, connectionCounts, addresses, readsHello }: StreamServer): readonly string[] {
  return [
    ...(realIpFrom.length === 0 ? [] : [`believes ${realIpFrom.join(', ')} who the client is`]),
    ...(connectionCounts?.counts ?? []).map(({ zone, max }) => `at most ${max} connections for each key of "${zone}"`),
    ...addresses.map(({ allows, from }) => `${allows ? 'lets in' : 'keeps out'} ${from}`),
    ...(readsHello ? ['looks at the name in the TLS handshake, and passes it on'] : []),
  ];
}

function answerOf(content: StreamContent, streams: Streams | undefined, passed: readonly string[]): string {
  if (content.kind === 'return') {
    return `sends "${textOf(content.text)}"${passed.includes('connections') ? ' and closes' : ''}`;
  }
  const { to, policy } = content;
  const upstream = to.kind === 'upstream' ? streams?.upstreams[to.upstream] : undefined;
  const name =
    to.kind === 'text' ? `${textOf(to.text)}, which is known when a connection comes` : (upstream?.name ?? '');
  const { responsesEach } = policy;
  const isAnswered = responsesEach !== undefined && passed.includes('datagrams');
  return [
    `passes ${passed.join(' and ')} on to ${name}`,
    ...(policy.tls === undefined ? [] : [' by TLS']),
    ...(isAnswered ? [`, and awaits ${responsesEach} for each datagram`] : []),
    ...(upstream === undefined || upstream.isImplicit ? [] : [`, which is ${describeUpstream(upstream, CONNECTIONS)}`]),
  ].join('');
}

function textOf(template: Template): string {
  const parts = typeof template === 'string' ? [template] : template;
  return parts
    .map((part) => (typeof part === 'string' ? part : 'variable' in part ? `$${part.variable}` : `$${part.capture}`))
    .join('');
}
