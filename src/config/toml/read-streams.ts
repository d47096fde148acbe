/** From the tables `stream` and `stream-upstream` to the model's streams. */

import { omit } from '../../kernel/omit.ts';
import { renderBindAddress } from '../bind-address.ts';
import { datagramFaults } from '../datagram-faults.ts';
import type { Listener } from '../model/server-model.ts';
import type { StreamContent, StreamListener, StreamServer, Streams, StreamTarget } from '../model/stream.ts';
import type { DefinedVariable } from '../model/variables.ts';
import { nearestWord } from '../nearest.ts';
import { StreamUpstreams } from '../stream-upstreams.ts';
import { readUpstreamAddress } from '../upstream-address.ts';
import type { WrittenStream, WrittenStreamUpstream } from './fields/stream-fields.ts';
import { STREAM, STREAM_POLICY_FIELDS, STREAM_UPSTREAM } from './fields/stream-fields.ts';
import type { Path, Reading, TomlValue } from './kind.ts';
import { FAULTY } from './kind.ts';
import type { ModelBuilder } from './model-builder.ts';
import { sniVariable } from './sni-variable.ts';
import { fallbacks } from './table.ts';
import { parseTemplateText } from './template-text.ts';

/** What stands for every other name, and for none. */
const OTHERWISE = 'default';
const USUAL_POLICY = fallbacks(STREAM_POLICY_FIELDS);

export class StreamReader {
  readonly #builder: ModelBuilder;
  /** Of an address that says none. */
  readonly #backlog: number;
  readonly #upstreams = new StreamUpstreams();
  readonly #listeners: StreamListener[] = [];
  readonly #servers: StreamServer[] = [];
  readonly #names: DefinedVariable[] = [];
  /** With what tells that somebody else has the address. */
  readonly #addresses = new Map<string, (fault: string) => void>();

  constructor(builder: ModelBuilder, backlog: number) {
    this.#builder = builder;
    this.#backlog = backlog;
  }

  get isEmpty(): boolean {
    return this.#servers.length === 0;
  }

  /** Undefined: the file has no stream. */
  streams(variables: readonly DefinedVariable[]): Streams | undefined {
    return this.isEmpty
      ? undefined
      : {
          listeners: this.#listeners,
          servers: this.#servers,
          upstreams: this.#upstreams.upstreams,
          variables: [...variables, ...this.#names],
        };
  }

  /** The kernel would give each connection to one of the two at random. */
  checkApart(listeners: readonly Listener[]): void {
    for (const { address } of listeners) {
      const name = address === undefined ? '' : renderBindAddress(address);
      this.#addresses.get(name)?.(`a [[site]] has the address ${name} already; one address is a stream's or a site's`);
    }
  }

  readUpstream(value: TomlValue, path: Path, reading: Reading): void {
    const read = STREAM_UPSTREAM.read(value, path, reading, undefined);
    if (read !== FAULTY && !this.#define(read)) {
      reading.report([...path, 'name'], `the upstream "${read.name}" is defined a second time`);
    }
  }

  #define({ resolver, ...rest }: WrittenStreamUpstream): boolean {
    return this.#upstreams.define({ ...rest, isImplicit: false, ...this.#builder.resolver(resolver) });
  }

  readStream(value: TomlValue, path: Path, reading: Reading): void {
    const read = STREAM.read(value, path, reading, undefined);
    const content = read === FAULTY ? undefined : this.#contentOf(read, path, reading);
    if (read === FAULTY || content === undefined || !this.#checkListen(read, path, reading)) {
      return;
    }
    if (read.listen.some(({ address }) => address.kind === 'udp')) {
      for (const fault of datagramFaults(content, this.#upstreams.upstreams)) {
        reading.report([...path, 'proxy'], `an address takes datagrams ("udp"), and ${fault}`);
      }
    }
    for (const { variable } of read.sets) {
      reading.defines(variable);
    }
    const {
      listen,
      proxy: _,
      returns: __,
      sni,
      tls,
      resolver,
      accessLogs,
      connectionCounts,
      readsHello,
      ...rest
    } = read;
    const builder = this.#builder;
    const stream = this.#servers.push({
      ...rest,
      ...(connectionCounts === undefined ? {} : { connectionCounts }),
      readsHello: readsHello || (sni.length > 0 && tls === undefined),
      content,
      ...(tls === undefined ? {} : { tls: { ...builder.tls(omit(tls, 'alpn')), alpn: tls.alpn } }),
      ...builder.resolver(resolver),
      accessLogs: accessLogs.map(({ format, when, ...target }) => ({ target: builder.logs.add(target), format, when })),
    });
    for (const { address, tls: speaksTls, backlog, isIpv6Only, hasProxyHeader } of listen) {
      this.#listeners.push({
        ...{ address, tls: speaksTls, backlog: backlog ?? this.#backlog, isIpv6Only },
        ...(hasProxyHeader ? { hasProxyHeader } : {}),
        stream: stream - 1,
      });
    }
  }

  #checkListen({ listen, tls }: WrittenStream, path: Path, reading: Reading): boolean {
    const speaksTls = listen.some((each) => each.tls);
    const faults = listen.flatMap(({ address }) => {
      const name = renderBindAddress(address);
      const isTaken = this.#addresses.has(name);
      this.#addresses.set(name, (fault) => reading.report([...path, 'listen'], fault));
      return isTaken ? [`another stream, or this one, has the address ${name} already`] : [];
    });
    const hasCertificate =
      tls !== undefined && (tls.certificates.length + tls.namedCertificates.length > 0 || tls.rejectsHandshake);
    if (speaksTls && !hasCertificate) {
      faults.push('an address speaks TLS, and "tls.certificates" of this stream names no certificate');
    }
    if (!speaksTls && tls !== undefined) {
      faults.push('"tls" has certificates, and no address has the word "tls" behind it: TLS would not be spoken');
    }
    for (const fault of faults) {
      reading.report([...path, 'listen'], fault);
    }
    return faults.length === 0;
  }

  #contentOf({ proxy, sni, returns, tls }: WrittenStream, path: Path, reading: Reading): StreamContent | undefined {
    const isRouted = sni.length > 0;
    const isPassed = isRouted || proxy !== undefined;
    if (isPassed === (returns !== undefined)) {
      reading.report(
        path,
        isPassed
          ? '"return" and "proxy" are said both; a client gets one of them'
          : 'nothing is said of what its clients get. Write proxy = "10.0.0.11:5432"',
      );
      return undefined;
    }
    if (returns !== undefined) {
      return { kind: 'return', text: returns };
    }
    const { to: said, ...policy } = proxy ?? USUAL_POLICY_WITHOUT_ADDRESS;
    if (isRouted === (said !== '')) {
      reading.report(
        [...path, 'proxy'],
        isRouted ? '"sni" says who gets the connections: leave "to" out' : '"to" is missing',
      );
      return undefined;
    }
    const to = isRouted
      ? this.#targetOfNames(sni, { isEnded: tls !== undefined, path: [...path, 'sni'], reading })
      : this.#targetOf(said, [...path, 'proxy'], reading);
    return to && { kind: 'proxy', to, policy };
  }

  #targetOf(said: string, path: Path, reading: Reading): StreamTarget | undefined {
    if (!said.includes('$')) {
      const upstream = this.#upstreamAt(said, path, reading);
      return upstream === undefined ? undefined : { kind: 'upstream', upstream };
    }
    const text = parseTemplateText(said);
    if (!text.ok) {
      reading.report(path, text.fault);
      return undefined;
    }
    for (const part of typeof text.value === 'string' ? [] : text.value) {
      if (typeof part !== 'string' && 'variable' in part) {
        reading.uses('variable', part.variable, path);
      }
    }
    return { kind: 'text', text: text.value };
  }

  /** Each name has its address in a variable of ours. */
  #targetOfNames(
    sni: WrittenStream['sni'],
    { isEnded, path, reading }: { readonly isEnded: boolean; readonly path: Path; readonly reading: Reading },
  ): StreamTarget | undefined {
    const found = sni.map(([name, to]) => {
      // Servers of these addresses are looked up at the start, as that of "to" is.
      return this.#upstreamAt(to, [...path, name], reading) !== undefined;
    });
    if (found.includes(false)) {
      return undefined;
    }
    const variable = sniVariable(this.#servers.length, {
      isEnded,
      exact: sni.filter(([name]) => name !== OTHERWISE),
      fallback: sni.find(([name]) => name === OTHERWISE)?.[1] ?? '',
    });
    this.#names.push(variable);
    return { kind: 'text', text: [{ variable: variable.variable }] };
  }

  #upstreamAt(said: string, path: Path, reading: Reading): number | undefined {
    const address = readUpstreamAddress(said);
    if (!address.ok) {
      reading.report(path, `"${said}" is no address: ${address.fault}`);
      return undefined;
    }
    const { host, isUnix, port } = address.value;
    if (!isUnix && port === undefined && this.#upstreams.defined(address.value) === undefined) {
      const nearest = nearestWord(host.toLowerCase(), this.#upstreams.names);
      const meant = nearest === undefined ? ', and an address has a port' : `. Did you mean "${nearest}"?`;
      reading.report(path, `there is no [[stream-upstream]] "${host}"${meant}`);
      return undefined;
    }
    return this.#upstreams.at(address.value);
  }
}

const USUAL_POLICY_WITHOUT_ADDRESS = { ...USUAL_POLICY, to: '' };
