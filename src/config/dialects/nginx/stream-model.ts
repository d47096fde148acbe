/** The model of what `stream` says. */

import { withFirstAskingStreams } from '../../asking-stream.ts';
import { renderBindAddress } from '../../bind-address.ts';
import { datagramFaults } from '../../datagram-faults.ts';
import type { LogTarget } from '../../model/logs.ts';
import type { Pool } from '../../model/pool.ts';
import type { CertificateFiles } from '../../model/server-model.ts';
import type {
  StreamContent,
  StreamListener,
  StreamServer,
  Streams,
  StreamTarget,
  StreamTls,
} from '../../model/stream.ts';
import type { HealthCheck, Resolver, Upstream, UpstreamId } from '../../model/upstream.ts';
import { StreamUpstreams } from '../../stream-upstreams.ts';
import { accessLogsOf } from './directives/access-log.ts';
import { ADDRESSES, TRUSTED } from './directives/access-rules.ts';
import { CERTIFICATES, checkKeys, REJECTS_HANDSHAKES } from './directives/certificates.ts';
import { definedVariablesOf } from './directives/defined-variables.ts';
import { errorLogsOf } from './directives/error-log.ts';
import { streamCheckOf, tellNobodyChecked } from './directives/health-checks.ts';
import { limitsOf } from './directives/limits.ts';
import { resolverOf } from './directives/resolvers.ts';
import { STREAM_CONTENT, streamAlpnOf, streamRulesOf } from './directives/stream.ts';
import type { StreamListen } from './directives/stream-listening.ts';
import { STREAM_LISTENS } from './directives/stream-listening.ts';
import { checkStreamTls, streamPolicyOf } from './directives/stream-proxying.ts';
import { upstreamOf } from './directives/upstreams.ts';
import type { Draft } from './draft.ts';
import type { NginxReport } from './report.ts';
import { siteTlsOf } from './site-tls-of.ts';
import type { NginxSurroundings } from './surroundings.ts';

export interface StreamSurroundings {
  readonly around: NginxSurroundings;
  readonly report: NginxReport;
  /** The addresses of `http`. */
  readonly taken: ReadonlySet<string>;
  /** Of a listener that says none. */
  readonly backlog: number;
  /** Of the whole model. */
  readonly logs: Pool<LogTarget>;
  readonly resolvers: Pool<Resolver>;
  readonly certificates: Pool<CertificateFiles>;
}

/** Undefined: the files have none. */
export function streamsOf(main: Draft, surroundings: StreamSurroundings): Streams | undefined {
  const reader = new StreamReader(surroundings);
  const blocks = main.children.filter(({ kind }) => kind === 'stream').flatMap(({ children }) => children);
  for (const draft of blocks.filter(({ kind }) => kind === 'stream-upstream')) {
    reader.readUpstream(draft);
  }
  for (const draft of blocks.filter(({ kind }) => kind === 'stream-server')) {
    reader.readServer(draft);
  }
  const { listeners, servers, upstreams } = reader;
  return listeners.length === 0
    ? undefined
    : withFirstAskingStreams({ listeners, servers, upstreams, variables: definedVariablesOf(main, 'stream') });
}

class StreamReader {
  readonly listeners: StreamListener[] = [];
  readonly servers: StreamServer[] = [];
  readonly #upstreams = new StreamUpstreams();
  /** By the index of the upstream: it is a server that says them. */
  readonly #checks = new Map<UpstreamId, HealthCheck>();
  readonly #surroundings: StreamSurroundings;

  constructor(surroundings: StreamSurroundings) {
    this.#surroundings = surroundings;
  }

  get upstreams(): readonly Upstream[] {
    return this.#upstreams.upstreams.map((upstream, index) => {
      const healthCheck = this.#checks.get(index);
      return healthCheck === undefined ? upstream : { ...upstream, healthCheck };
    });
  }

  readUpstream(draft: Draft): void {
    const upstream = upstreamOf(draft);
    const resolver = upstream.servers.some(({ resolves }) => resolves) ? this.#resolverOf(draft) : {};
    this.#upstreams.define({ ...upstream, ...resolver });
  }

  readServer(draft: Draft): void {
    const content = this.#contentOf(draft);
    if (content === undefined) {
      return;
    }
    const listens = draft.own(STREAM_LISTENS) ?? [];
    this.#checkApart(listens, draft);
    this.#checkDatagrams(listens, content, draft);
    const tls = listens.some(({ speaksTls }) => speaksTls) ? this.#tlsOf(draft) : undefined;
    const stream = this.servers.push(this.#serverOf(draft, content, tls)) - 1;
    this.#readCheck(draft, content, stream);
    for (const { address, backlog, isIpv6Only, hasProxyHeader, speaksTls } of listens) {
      const { backlog: usual } = this.#surroundings;
      const header = hasProxyHeader ? { hasProxyHeader } : {};
      this.listeners.push({ address, tls: speaksTls, backlog: backlog ?? usual, isIpv6Only, ...header, stream });
    }
  }

  /** It is said by a server, and is one of the upstream. */
  #readCheck(draft: Draft, content: StreamContent, stream: number): void {
    const check = streamCheckOf(draft);
    if (check === undefined) {
      return;
    }
    const to = content.kind === 'proxy' && content.to.kind === 'upstream' ? content.to.upstream : undefined;
    if (to === undefined || this.#upstreams.upstreams[to]?.isImplicit === true) {
      tellNobodyChecked(draft, this.#surroundings.report);
    } else {
      this.#checks.set(to, { ...check, policy: stream });
    }
  }

  /** Two sockets could be bound to one address, and the kernel would give each connection to one of the two at random; nginx cannot bind the second. */
  #checkApart(listens: readonly StreamListen[], draft: Draft): void {
    const { report, taken } = this.#surroundings;
    for (const name of listens.map(({ address }) => renderBindAddress(address)).filter((each) => taken.has(each))) {
      report('nginx.duplicate', draft.place, `bind() to ${name} failed (98: Address already in use)`, {
        hint: 'A server of "http" listens there: give one of the two another port.',
      });
    }
  }

  #checkDatagrams(listens: readonly StreamListen[], content: StreamContent, draft: Draft): void {
    if (listens.some(({ address }) => address.kind === 'udp')) {
      for (const fault of datagramFaults(content, this.upstreams)) {
        this.#surroundings.report('nginx.suspicious', draft.place, `udp: ${fault}`, { severity: 'warning' });
      }
    }
  }

  #tlsOf(draft: Draft): StreamTls {
    const { around, certificates, report } = this.#surroundings;
    checkKeys(draft, report);
    if (draft.get(CERTIFICATES) === undefined && draft.get(REJECTS_HANDSHAKES) !== true) {
      report('nginx.conflict', draft.place, 'no "ssl_certificate" is defined for the "listen ... ssl" directive', {
        hint: 'Write ssl_certificate and ssl_certificate_key into this server.',
      });
    }
    return { ...siteTlsOf(draft, certificates, around.confPrefix), alpn: streamAlpnOf(draft) };
  }

  #serverOf(draft: Draft, content: StreamContent, tls: StreamTls | undefined): StreamServer {
    const { around, logs } = this.#surroundings;
    const { connectionCounts } = limitsOf(draft);
    return {
      realIpFrom: draft.get(TRUSTED) ?? [],
      ...(connectionCounts === undefined ? {} : { connectionCounts }),
      addresses: draft.get(ADDRESSES) ?? [],
      ...streamRulesOf(draft),
      ...(tls === undefined ? {} : { tls }),
      content,
      ...this.#resolverOf(draft),
      accessLogs: accessLogsOf(draft, { prefix: around.prefix, fallback: '' }).map(({ target, rule }) => ({
        ...rule,
        target: logs.add(target),
      })),
      errorLogs: errorLogsOf(draft, around),
    };
  }

  #contentOf(draft: Draft): StreamContent | undefined {
    const said = draft.own(STREAM_CONTENT);
    switch (said?.kind) {
      case undefined:
        this.#surroundings.report('nginx.conflict', draft.place, 'no handler for server', {
          hint: 'Say what its clients get: proxy_pass 127.0.0.1:5432;',
        });
        return undefined;
      case 'nobody':
        return undefined;
      case 'return':
        return said;
      case 'text':
        return this.#proxied({ kind: 'text', text: said.text }, draft);
      case 'address':
        return this.#proxied({ kind: 'upstream', upstream: this.#upstreams.at(said.address) }, draft);
    }
  }

  #proxied(to: StreamTarget, draft: Draft): StreamContent {
    const { around, report } = this.#surroundings;
    checkStreamTls(draft, report);
    return { kind: 'proxy', to, policy: streamPolicyOf(draft, around.confPrefix) };
  }

  #resolverOf(draft: Draft): { readonly resolver?: number } {
    const resolver = resolverOf(draft);
    return resolver === undefined ? {} : { resolver: this.#surroundings.resolvers.add(resolver) };
  }
}
