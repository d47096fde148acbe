/** Connections that are passed on as they are, as portico.toml has them. */

import { failure } from '../../../kernel/outcome.ts';
import type { AddressRule, ConnectionCount, LimitManner } from '../../model/access.ts';
import type { ErrorLog, LogFormat } from '../../model/logs.ts';
import type { UpstreamTls } from '../../model/proxying.ts';
import type { StreamPolicy, StreamServer } from '../../model/stream.ts';
import type { Template } from '../../model/template.ts';
import type { Resolver, Upstream, UpstreamServer } from '../../model/upstream.ts';
import type { Kind } from '../kind.ts';
import { describe } from '../kind.ts';
import { choice, DURATION, FLAG, integer, OWN_ADDRESS, SIZE, scalar, TEMPLATE, TEXT } from '../scalars.ts';
import type { StreamListen } from '../stream-listen.ts';
import { parseStreamListen, renderStreamListen } from '../stream-listen.ts';
import type { Fields } from '../table.ts';
import { field, list, pairs, required, table } from '../table.ts';
import { parseTemplateText } from '../template-text.ts';
import { ADDRESS_RULE, CONNECTION_COUNTS } from './access-fields.ts';
import type { AccessLogEntry } from './log-fields.ts';
import { accessLogEntry, ERROR_LOG } from './log-fields.ts';
import { UPSTREAM_TLS } from './proxy-fields.ts';
import type { WrittenTls } from './site-fields.ts';
import { TLS_FIELDS } from './site-fields.ts';
import { STREAM_HEALTH_CHECK } from './stream-health-fields.ts';
import { BALANCING, checkUpstream, RESOLVER, serversWithPort } from './upstream-fields.ts';

const LISTEN: Kind<StreamListen> = scalar<StreamListen>({
  words: '`ADDRESS`, with `tls`, `proxy-protocol`, `ipv6-only`, `backlog=N` behind it',
  schema: { type: ['string', 'integer'] },
  parse: (value) =>
    typeof value === 'string' || typeof value === 'number'
      ? parseStreamListen(String(value))
      : failure(`${describe(value)} is not an address`),
  render: renderStreamListen,
});

/** What a line has where nothing is said: the log of requests has nothing that a connection knows. */
export const USUAL_STREAM_FORMAT: LogFormat = {
  words: 'nginx',
  template: templateOf(
    '$remote_addr [$time_local] $protocol $status $bytes_sent $bytes_received $session_time "$upstream_addr"',
  ),
  escape: 'default',
};

function templateOf(text: string): Template {
  const template = parseTemplateText(text);
  return template.ok ? template.value : '';
}

type WrittenRetry = StreamPolicy['retry'];

export const STREAM_POLICY_FIELDS: Fields<StreamPolicy> = {
  connectMs: field<number>('connect-timeout', DURATION, 10_000, 'How long connecting may take.'),
  idleMs: field<number>('timeout', DURATION, 600_000, 'How long both sides may be silent.'),
  bufferBytes: field<number>(
    'buffer-size',
    scalarSize(),
    65_536,
    'How much is read at once, and held for a side that does not take it: 1 byte to 64 KB.',
  ),
  retry: field<WrittenRetry>(
    'retry',
    table<WrittenRetry>({
      isOn: field<boolean>('on', FLAG, true, 'Another server is tried where one cannot be connected to.'),
      triesMax: field<number>('tries', integer(0), 0, 'How many servers are tried; 0: all.'),
      timeoutMs: field<number>('timeout', DURATION, 0, 'After which time no other is tried; 0: any.'),
    }),
    { isOn: true, triesMax: 0, timeoutMs: 0 },
    'When another server is tried.',
  ),
  halfCloses: field<boolean>('half-close', FLAG, false, 'A side that has ended may still be told something.'),
  bind: field<Template>('bind', OWN_ADDRESS, '', 'The own address of connections; empty: any.'),
  probes: field<boolean>('tcp-keepalive', FLAG, false, 'The system probes connections.'),
  uploadRate: field<Template>('upload-rate', TEMPLATE, '0', 'How fast clients are read, in bytes a second; 0: any.'),
  downloadRate: field<Template>(
    'download-rate',
    TEMPLATE,
    '0',
    'How fast servers are read, in bytes a second; 0: any.',
  ),
  requestsMax: field<number>(
    'requests',
    integer(0),
    0,
    'Of datagrams: with so many of its client a session is complete, and the next begins another; 0: any number.',
  ),
  responsesEach: field<number | undefined>(
    'responses',
    integer(0),
    undefined,
    'Of datagrams: so many answer each one, and then the session is over: 1 for DNS. If nothing is said, it ends when nobody has said a word for `timeout`.',
  ),
  sendsProxyProtocol: field<StreamPolicy['sendsProxyProtocol']>(
    'send-proxy-protocol',
    choice('no', 'v1', 'v2'),
    'no',
    'The server is told who the client is, by the PROXY protocol.',
  ),
  tls: field<UpstreamTls | undefined>(
    'tls',
    UPSTREAM_TLS,
    undefined,
    'TLS with the server, as `tls` of the `proxy` of a place; `{}`: with what is usual.',
  ),
  alpn: field<readonly Template[]>(
    'alpn',
    list(TEMPLATE),
    [],
    'With `tls`: the protocols that the server is offered (ALPN), the best first. What a variable leaves empty is left out.',
  ),
};

function scalarSize(): Kind<number> {
  return {
    ...SIZE,
    read: (value, path, reading, around) => {
      const read = SIZE.read(value, path, reading, around);
      if (typeof read === 'number' && (read < 1 || read > 65_536)) {
        reading.report(path, `${describe(value)} is not between 1 byte and 64 KB`);
      }
      return read;
    },
  };
}

export interface WrittenStreamProxy extends StreamPolicy {
  readonly to: string;
}

const PROXY: Kind<WrittenStreamProxy> = table<WrittenStreamProxy>(
  {
    to: field<string>(
      'to',
      TEXT,
      '',
      'The name of a `[[stream-upstream]]`, or an address as `10.0.0.11:5432` or `unix:/run/redis.sock`. With variables it is known when a connection comes.',
    ),
    ...STREAM_POLICY_FIELDS,
  },
  { short: { name: 'to', isShort: (value) => typeof value === 'string' }, words: 'a text, or a table' },
);

export interface WrittenStreamTls extends WrittenTls {
  readonly alpn: readonly string[];
}

const TLS: Kind<WrittenStreamTls> = table<WrittenStreamTls>({
  ...TLS_FIELDS,
  alpn: field<readonly string[]>('alpn', list(TEXT), [], 'Protocols that are agreed on (ALPN), the best first.'),
});

type Set = StreamServer['sets'][number];

/** `sni` and the policy of `proxy` as they stand in the file. */
export interface WrittenStream
  extends Pick<StreamServer, 'realIpFrom' | 'addresses' | 'readsHello' | 'preread' | 'sets'>,
    Pick<StreamServer, 'proxyProtocolMs' | 'sendsAtOnce'> {
  readonly listen: readonly StreamListen[];
  readonly proxy: WrittenStreamProxy | undefined;
  readonly sni: readonly (readonly [string, string])[];
  readonly returns: Template | undefined;
  readonly tls: WrittenStreamTls | undefined;
  readonly connectionCounts: { readonly counts: readonly ConnectionCount[]; readonly manner: LimitManner } | undefined;
  readonly resolver: Resolver | undefined;
  readonly accessLogs: readonly AccessLogEntry[];
  readonly errorLogs: readonly ErrorLog[];
}

export const STREAM_FIELDS: Fields<WrittenStream> = {
  listen: required<readonly StreamListen[]>(
    'listen',
    list(LISTEN, 'a list of addresses'),
    [],
    'Where clients connect to.',
  ),
  proxy: field<WrittenStreamProxy | undefined>('proxy', PROXY, undefined, 'Who gets the connections, and how.'),
  sni: field<WrittenStream['sni']>(
    'sni',
    pairs(TEXT, 'a table: name = address'),
    [],
    'Who gets the connection, by the name that the client asks for in its TLS handshake: `"shop.example"`, `"*.example.com"`, `default` for any other name and for none. Without `tls` the handshake is passed on as it is, and needs no certificate here. What it says comes before `to` of `proxy`, which may then be left out.',
  ),
  returns: field<Template | undefined>(
    'return',
    TEMPLATE,
    undefined,
    'In place of `proxy`: the client gets this text, and the connection ends.',
  ),
  tls: field<WrittenStreamTls | undefined>(
    'tls',
    TLS,
    undefined,
    'Certificates of the addresses that have `tls`, as of a site: TLS ends here.',
  ),
  addresses: field<readonly AddressRule[]>(
    'access',
    list(ADDRESS_RULE, 'a list of `allow …` and `deny …`'),
    [],
    'Who may connect: the first rule that fits the address of the client decides; without one that fits, the client is let in.',
  ),
  connectionCounts: field<WrittenStream['connectionCounts']>(
    'concurrency-limit',
    CONNECTION_COUNTS,
    undefined,
    'How many connections at one time. Its `status` is always 503.',
  ),
  realIpFrom: field<readonly string[]>(
    'real-ip-from',
    list(TEXT),
    [],
    'Peers whose word for their client (`proxy-protocol` of `listen`) is believed: addresses, CIDR blocks, `unix:`.',
  ),
  proxyProtocolMs: field<number>(
    'proxy-protocol-timeout',
    DURATION,
    30_000,
    'How long the header of the PROXY protocol may take.',
  ),
  readsHello: field<boolean>(
    'read-hello',
    FLAG,
    false,
    'Look at the beginning of a TLS handshake, and pass it on: `$ssl_preread_server_name`, `$ssl_preread_alpn_protocols`, `$ssl_preread_protocol`. `sni` does so without a word.',
  ),
  preread: field<StreamServer['preread']>(
    'preread',
    table<StreamServer['preread']>({
      bytesMax: field<number>('size', SIZE, 16_384, 'How much is looked at.'),
      timeoutMs: field<number>('timeout', DURATION, 30_000, 'How long it may take to come.'),
    }),
    { bytesMax: 16_384, timeoutMs: 30_000 },
    'Bounds of `read-hello`.',
  ),
  sets: field<StreamServer['sets']>(
    'set',
    list(
      table<Set>({
        variable: required<string>('variable', TEXT, '', 'Its name, without the dollar.'),
        value: required<Template>('value', TEMPLATE, '', 'Its value.'),
      }),
    ),
    [],
    'Variables that get a value when a connection comes.',
  ),
  sendsAtOnce: field<boolean>('tcp-nodelay', FLAG, true, 'Small packets are sent at once.'),
  resolver: field<Resolver | undefined>(
    'resolver',
    RESOLVER,
    undefined,
    'Who is asked for a name that a variable in `to` comes to.',
  ),
  accessLogs: field<readonly AccessLogEntry[]>(
    'access-log',
    list(accessLogEntry(USUAL_STREAM_FORMAT, 'a format of variables')),
    [],
    'A line for each connection, when it has ended.',
  ),
  errorLogs: field<readonly ErrorLog[]>(
    'error-log',
    list(ERROR_LOG),
    [],
    'Where faults of these connections are logged. If nothing is said, errors are in the log of the server, at most one a second; `/dev/null` keeps them out of it.',
  ),
};

export const STREAM: Kind<WrittenStream> = table(STREAM_FIELDS);

export type WrittenStreamUpstream = Pick<Upstream, 'name' | 'servers' | 'balancing' | 'zone' | 'healthCheck'> & {
  readonly resolver?: Resolver;
};

export const STREAM_UPSTREAM_FIELDS: Fields<WrittenStreamUpstream> = {
  name: required<string>('name', TEXT, '', 'The name by which `proxy` says it.'),
  servers: required<readonly UpstreamServer[]>('servers', serversWithPort(), [], 'The servers, with their ports.'),
  balancing: field<Upstream['balancing']>(
    'balance',
    BALANCING,
    { kind: 'round-robin' },
    'Which of them gets the next connection.',
  ),
  zone: field<string | undefined>('zone', TEXT, undefined, "The name of nginx's `zone`, for who looks it up."),
  healthCheck: field<Upstream['healthCheck']>(
    'health-check',
    STREAM_HEALTH_CHECK,
    undefined,
    'Connections of our own by which a server shows that it is well; `{}`: one every five seconds. They are made as those of the first stream that passes to this upstream: with its TLS, and its header of the PROXY protocol.',
  ),
  resolver: field<Resolver | undefined>(
    'resolver',
    RESOLVER,
    undefined,
    'Who is asked for the names of servers with `resolve`.',
  ),
};

export const STREAM_UPSTREAM: Kind<WrittenStreamUpstream> = table<WrittenStreamUpstream>(STREAM_UPSTREAM_FIELDS, {
  check: checkUpstream,
});
