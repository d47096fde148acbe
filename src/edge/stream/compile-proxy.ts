/** How the connections of a server are passed on: to whom, from which address and how fast may be different for each. */

import type { StreamContent, StreamPolicy, StreamServer, StreamTarget } from '../../config/model/stream.ts';
import type { Template } from '../../config/model/template.ts';
import type { SecureDialler } from '../../upstream/connections/dial.ts';
import { PLAIN_WAY } from '../../upstream/connections/dial.ts';
import type { TlsClients } from '../../upstream/tls/tls-clients.ts';
import type { PlanUpstreams, UpstreamOfPlan } from '../handlers/proxy/plan-upstreams.ts';
import { EDGE_LIMITS } from '../limits.ts';
import { parseRate } from '../pipeline/parse-rate.ts';
import { renderTemplate } from '../pipeline/render-template.ts';
import { usableOwnAddress } from '../pipeline/usable-own-address.ts';
import type { CompiledStream, Session, SessionTemplate } from './compiled-stream.ts';
import { SESSION_STATUS } from './compiled-stream.ts';
import { DatagramProxy } from './datagram-proxy.ts';
import { ProxyContent } from './proxy-content.ts';
import type { SessionTexts } from './session-texts.ts';

const PROTOCOL_BYTES_MAX = 255;

type Proxied = Extract<StreamContent, { readonly kind: 'proxy' }>;

export interface ProxyParts {
  readonly server: StreamServer;
  readonly texts: SessionTexts;
  readonly upstreams: PlanUpstreams;
  readonly tlsClients: TlsClients | undefined;
}

/** For the reads of servers, in this thread: what is read is taken before anything else is read. */
const BUFFER = Buffer.allocUnsafeSlow(EDGE_LIMITS.readBytes);

export function compileProxy({ policy, to }: Proxied, parts: ProxyParts): CompiledStream['open'] {
  const { server, texts } = parts;
  const find = compileTarget(to, parts);
  const secureOf = compileTls(policy, parts);
  const bind = texts.template(policy.bind);
  const uploadRate = texts.template(policy.uploadRate);
  const downloadRate = texts.template(policy.downloadRate);
  const buffer = BUFFER.subarray(0, policy.bufferBytes);
  return (session) => {
    const found = find(session);
    if (typeof found === 'string') {
      session.log('error', found);
      return SESSION_STATUS.internal;
    }
    const own = usableOwnAddress(renderTemplate(bind, session), session);
    const passing = {
      policy,
      group: found.peers,
      request: {
        clientAddress: session.client.address,
        variable: (name: string) => texts.variable(name)(session),
        text: (template: Template) => renderTemplate(texts.template(template), session),
      },
      uploadRate: readRate(renderTemplate(uploadRate, session)),
      downloadRate: readRate(renderTemplate(downloadRate, session)),
    };
    if (session.datagrams !== undefined) {
      return new DatagramProxy(session, session.datagrams, { ...passing, bind: own });
    }
    return new ProxyContent(session, {
      ...passing,
      way: { ...PLAIN_WAY, bind: own, probes: policy.probes, secure: secureOf?.(session, found) },
      buffer,
      sendsAtOnce: server.sendsAtOnce,
    });
  };
}

/** A text says why nobody can be asked, as the error log has it. */
type Find = (session: Session) => UpstreamOfPlan | string;

function compileTarget(to: StreamTarget, { texts, upstreams, server: { resolver } }: ProxyParts): Find {
  if (to.kind === 'upstream') {
    const upstream = upstreams.of(to.upstream);
    return () => upstream;
  }
  const template = texts.template(to.text);
  return (session) => {
    const text = renderTemplate(template, session);
    return text === '' ? 'no host in upstream ""' : upstreams.named(text, undefined, resolver);
  };
}

/** The name that the server's certificate has to have is that of the upstream, unless another one is said. */
function compileTls({ tls, probes, alpn }: StreamPolicy, { texts, tlsClients }: ProxyParts) {
  if (tls === undefined || tlsClients === undefined) {
    return undefined;
  }
  const dialling = tlsClients.of(tls);
  const [name, certFile, keyFile] = [tls.name, tls.certFile, tls.keyFile].map((text) => texts.template(text));
  const protocols = alpn.map((protocol) => texts.template(protocol));
  const render = (template: SessionTemplate = '', session: Session): string => renderTemplate(template, session);
  return (session: Session, upstream: UpstreamOfPlan): SecureDialler =>
    dialling.dialler(
      {
        name: name === '' ? upstream.name : render(name, session),
        certFile: render(certFile, session),
        keyFile: render(keyFile, session),
        protocols: protocols.map((protocol) => render(protocol, session)).filter(isProtocol),
      },
      probes,
    );
}

/** As ALPN has room for it (RFC 7301 3.1). It may come from a client. */
function isProtocol(name: string): boolean {
  return name.length > 0 && name.length <= PROTOCOL_BYTES_MAX;
}

/** What is no rate limits nothing, as in nginx. */
function readRate(text: string): number {
  return parseRate(text) ?? 0;
}
