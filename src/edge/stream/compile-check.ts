/** What the servers of an upstream of streams are asked to see whether they are well: they are connected to as for a client, of whom nothing is known. */

import { findAskingStream } from '../../config/asking-stream.ts';
import type { StreamPolicy, Streams } from '../../config/model/stream.ts';
import type { Template } from '../../config/model/template.ts';
import type { HealthCheck, Upstream } from '../../config/model/upstream.ts';
import { renderProxyHeader } from '../../protocol/proxy-protocol/render-header.ts';
import type { ConnectionWay } from '../../upstream/connections/dial.ts';
import { PLAIN_WAY } from '../../upstream/connections/dial.ts';
import type { AskedConnection } from '../../upstream/peers/health/connection-probe.ts';
import { compileAnswer } from '../../upstream/peers/health/health-match.ts';
import { PLAIN_CONNECTION } from '../../upstream/peers/health/probe.ts';
import type { TlsClients } from '../../upstream/tls/tls-clients.ts';

/** Of an answer, where no stream says how much it reads at once. */
const ANSWER_BYTES_MAX = 65_536;
/** The client is this server itself, which the header of the PROXY protocol has words for. */
const NOBODY = { address: '', port: '' };

export function compileStreamCheck(
  upstream: Upstream,
  { policy: named, dialogue }: HealthCheck,
  streams: Streams,
  tlsClients: Pick<TlsClients, 'of'> | undefined,
): AskedConnection {
  const policy = findAskingStream(streams, streams.upstreams.indexOf(upstream), named);
  const { says = '', expects } = dialogue ?? {};
  return {
    ...PLAIN_CONNECTION,
    ...(policy === undefined ? {} : { way: wayOf(policy, upstream, tlsClients), header: headerOf(policy) }),
    says: says === '' ? undefined : Buffer.from(says, 'latin1'),
    judge: expects && compileAnswer(expects),
    bytesMax: policy?.bufferBytes ?? ANSWER_BYTES_MAX,
  };
}

function headerOf({ sendsProxyProtocol }: StreamPolicy): Buffer | undefined {
  if (sendsProxyProtocol === 'no') {
    return undefined;
  }
  const version = sendsProxyProtocol === 'v1' ? 1 : 2;
  return Buffer.from(renderProxyHeader(version, { source: NOBODY, destination: NOBODY }), 'latin1');
}

function wayOf({ tls, bind, alpn }: StreamPolicy, { name }: Upstream, clients: Pick<TlsClients, 'of'> | undefined) {
  const way: ConnectionWay = { ...PLAIN_WAY, key: 'checks', bind: constant(bind) };
  if (tls === undefined || clients === undefined) {
    return way;
  }
  const names = {
    name: constant(tls.name) || name,
    certFile: constant(tls.certFile),
    keyFile: constant(tls.keyFile),
    protocols: alpn.map(constant).filter((protocol) => protocol !== ''),
  };
  return { ...way, secure: clients.of(tls).dialler(names, false) };
}

/** What a variable comes to is known of clients alone. */
function constant(template: Template): string {
  return typeof template === 'string' ? template : '';
}
