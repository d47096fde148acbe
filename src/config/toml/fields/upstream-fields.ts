/** Servers behind this one, as portico.toml has them. */

import { failure, success } from '../../../kernel/outcome.ts';
import type { Template } from '../../model/template.ts';
import type { Balancing, Resolver, Sticky, Upstream, UpstreamKeepAlive, UpstreamServer } from '../../model/upstream.ts';
import { addressOfServer } from '../../proxied-server.ts';
import { parseDuration } from '../../setting-values.ts';
import type { UpstreamAddress } from '../../upstream-address.ts';
import { readUpstreamAddress } from '../../upstream-address.ts';
import { parseBalancing, renderBalancing } from '../balancing-text.ts';
import type { Kind, Path, Reading } from '../kind.ts';
import { describe, FAULTY } from '../kind.ts';
import { noteTemplate } from '../note-names.ts';
import { DURATION, FLAG, integer, SIZE, scalar, TEMPLATE, TEXT } from '../scalars.ts';
import type { Fields } from '../table.ts';
import { field, list, required, table } from '../table.ts';
import { HEALTH_CHECK } from './health-fields.ts';

const HTTP_PORT = 80;
const DNS_PORT = 53;

const isText = (value: unknown): boolean => typeof value === 'string';

type Address = Pick<UpstreamServer, 'text' | 'host' | 'port' | 'isUnix'>;

const NO_ADDRESS: UpstreamAddress = { host: '', isUnix: false, port: undefined, uri: '' };

const ADDRESS: Kind<Address> = scalar<Address>({
  words: '`HOST`, `HOST:PORT` or `unix:PATH`',
  schema: { type: 'string' },
  parse: (value) => {
    const address = typeof value === 'string' ? readUpstreamAddress(value) : failure('');
    return address.ok
      ? success(addressOfServer(address.value, HTTP_PORT))
      : failure(
          `${describe(value)} is not an address of a server. Write "10.0.0.1:8000", "app.internal:8000" or "unix:/run/app.sock"; a scheme stands in "proxy"`,
        );
  },
  render: ({ text }) => text,
});

/** A stream has no usual port. SRV records say theirs themselves. */
const ADDRESS_WITH_PORT: Kind<Address> = scalar<Address>({
  words: '`HOST:PORT` or `unix:PATH`',
  schema: { type: 'string' },
  parse: (value) => {
    const address = typeof value === 'string' ? readUpstreamAddress(value) : failure('');
    return address.ok && address.value.uri === ''
      ? success(addressOfServer(address.value, 0))
      : failure(
          `${describe(value)} is not an address of a server. Write "10.0.0.11:5432", "db.internal:5432" or "unix:/run/db.sock"`,
        );
  },
  render: ({ text }) => text,
});

export type WrittenServer = Omit<UpstreamServer, keyof Address> & { readonly address: Address };

const SERVER: Fields<WrittenServer> = {
  address: required<Address>(
    'address',
    ADDRESS,
    addressOfServer(NO_ADDRESS, 0),
    'Where it is; a name stands for all of its addresses. Without a port: 80.',
  ),
  weight: field<number>('weight', integer(1), 1, 'How many requests it gets for one of another server.'),
  connectionsMax: field<number>(
    'max-connections',
    integer(0),
    0,
    'Requests that it may have at one time; 0: any number.',
  ),
  failsMax: field<number>(
    'max-fails',
    integer(0),
    1,
    'After so many failures within `fail-timeout` it is left alone for as long; 0: never.',
  ),
  failTimeoutMs: field<number>(
    'fail-timeout',
    DURATION,
    10_000,
    'Within which time failures are counted, and how long the server is left alone.',
  ),
  slowStartMs: field<number>(
    'slow-start',
    DURATION,
    0,
    'How long a server that has come back gets less than its share.',
  ),
  isBackup: field<boolean>('backup', FLAG, false, 'It is asked when the others are dead.'),
  isDown: field<boolean>('down', FLAG, false, 'It is not asked.'),
  isDraining: field<boolean | undefined>('draining', FLAG, undefined, 'Only clients come that `sticky` sends there.'),
  resolves: field<boolean>('resolve', FLAG, false, 'Look its name up again while the server runs.'),
  service: field<string>(
    'service',
    TEXT,
    '',
    'Take addresses and ports from SRV records: `http` for `_http._tcp.NAME`.',
  ),
  route: field<string>('route', TEXT, '', 'Its name in `sticky`.'),
};

const SERVERS = serversOf(SERVER);

/** Of streams. */
export function serversWithPort(): Kind<readonly UpstreamServer[]> {
  const address = required<Address>(
    'address',
    ADDRESS_WITH_PORT,
    addressOfServer(NO_ADDRESS, 0),
    'Where it is; a name stands for all of its addresses.',
  );
  return serversOf({ ...SERVER, address }, ({ text, port, isUnix, service }) =>
    port === 0 && !isUnix && service === '' ? `"${text}" has no port` : undefined,
  );
}

function serversOf(
  fields: Fields<WrittenServer>,
  faultOf: (server: UpstreamServer) => string | undefined = () => undefined,
): Kind<readonly UpstreamServer[]> {
  const kind = list(
    table<WrittenServer>(fields, { short: { name: 'address', isShort: isText } }),
    'a list of addresses, or of tables',
  );
  return {
    ...kind,
    read: (value, path, reading) => {
      const read = kind.read(value, path, reading, undefined);
      const servers = read === FAULTY ? FAULTY : read.map(({ address, ...rest }) => ({ ...address, ...rest }));
      for (const fault of servers === FAULTY ? [] : servers.flatMap((server) => faultOf(server) ?? [])) {
        reading.report(path, fault);
      }
      return servers;
    },
    write: (servers) =>
      kind.write(
        servers.map(({ text, host, port, isUnix, ...rest }) => ({ address: { text, host, port, isUnix }, ...rest })),
        undefined,
      ),
  };
}

export const BALANCING: Kind<Balancing> = scalar<Balancing>({
  words:
    '`round-robin`, `least-conn`, `ip-hash`, `hash TEXT` (`consistent` behind it), `least-time header` or `last-byte` (`inflight` behind it), `random` (`least-conn`, `least-time=header` behind it)',
  schema: { type: 'string' },
  parse: (value) => (isTextValue(value) ? parseBalancing(value) : failure(`${describe(value)} is not a text`)),
  render: renderBalancing,
  note: (balancing, path, reading) => {
    if (balancing.kind === 'hash') noteTemplate(balancing.key, path, reading);
  },
});

function isTextValue(value: unknown): value is string {
  return typeof value === 'string';
}

/** Without a word connections are kept. */
export const USUAL_KEEP_ALIVE: UpstreamKeepAlive = {
  connectionsMax: 32,
  requestsMax: 1000,
  timeMs: 3_600_000,
  timeoutMs: 60_000,
};

export const KEEP_ALIVE: Kind<UpstreamKeepAlive> = table<UpstreamKeepAlive>(
  {
    connectionsMax: field<number>(
      'connections',
      integer(1),
      USUAL_KEEP_ALIVE.connectionsMax,
      'Idle connections that each thread of the edge keeps.',
    ),
    requestsMax: field<number>('requests', integer(1), USUAL_KEEP_ALIVE.requestsMax, 'Requests of one connection.'),
    timeMs: field<number>('time', DURATION, USUAL_KEEP_ALIVE.timeMs, 'How old it may become.'),
    timeoutMs: field<number>('timeout', DURATION, USUAL_KEEP_ALIVE.timeoutMs, 'How long it may be idle.'),
  },
  { short: { name: 'connections', isShort: (value) => typeof value === 'number' } },
);

type StickyOf<K extends Sticky['kind']> = Omit<Extract<Sticky, { kind: K }>, 'kind'>;

const COOKIE: Fields<StickyOf<'cookie'>> = {
  name: required<string>('name', TEXT, '', 'Its name.'),
  expires: field<StickyOf<'cookie'>['expires']>(
    'expires',
    scalar<number | 'max'>({
      words: 'a time, or `max`',
      schema: { type: ['number', 'string'] },
      parse: (value) => {
        if (value === 'max') {
          return success<number | 'max'>('max');
        }
        const time = parseDuration(0)(typeof value === 'string' || typeof value === 'number' ? String(value) : '');
        return time.ok ? success(Math.floor(time.value / 1000)) : time;
      },
      render: (value) => value,
    }),
    undefined,
    'How long browsers keep it; without it, as long as they run.',
  ),
  domain: field<Template>('domain', TEMPLATE, '', 'Its domain.'),
  path: field<string>('path', TEXT, '', 'Its path.'),
  flags: field<readonly string[]>('flags', list(TEXT), [], '`secure`, `httponly` and their kin.'),
  sameSite: field<Template | undefined>(
    'same-site',
    TEMPLATE,
    undefined,
    '`strict`, `lax` or `none`; what variables make of it that is none of these is `strict`.',
  ),
};

const VARIABLE: Kind<string> = scalar<string>({
  words: 'a variable',
  schema: { type: 'string', pattern: '^\\$\\w+$' },
  parse: (value) =>
    typeof value === 'string' && /^\$\w+$/.test(value)
      ? success(value.slice(1))
      : failure(`${describe(value)} is not a variable. Write "$cookie_name"`),
  render: (name) => `$${name}`,
  note: (name, path, reading) => reading.uses('variable', name, path),
});

const LEARN: Fields<StickyOf<'learn'>> = {
  create: required<readonly string[]>(
    'create',
    list(VARIABLE),
    [],
    'Where a server says that it has made a session: `$upstream_cookie_id`.',
  ),
  lookup: required<readonly string[]>(
    'lookup',
    list(VARIABLE),
    [],
    'Where a client says which session it has: `$cookie_id`.',
  ),
  zone: required<string>('name', TEXT, '', 'What the memory of them is called.'),
  bytes: field<number>('size', SIZE, 2 ** 20, 'How much memory it has.'),
  timeoutMs: field<number>('timeout', DURATION, 600_000, 'How long a session is remembered that nobody asks for.'),
  atHeader: field<boolean>('at-header', FLAG, false, 'Remember it at the head of the response, and not at its end.'),
};

interface WrittenSticky {
  readonly cookie: StickyOf<'cookie'> | undefined;
  readonly route: readonly string[] | undefined;
  readonly learn: StickyOf<'learn'> | undefined;
}

const STICKY_TABLE: Kind<WrittenSticky> = table<WrittenSticky>(
  {
    cookie: field<WrittenSticky['cookie']>(
      'cookie',
      table<StickyOf<'cookie'>>(COOKIE, { short: { name: 'name', isShort: isText } }),
      undefined,
      'A cookie of ours names the server.',
    ),
    route: field<WrittenSticky['route']>(
      'route',
      list(VARIABLE),
      undefined,
      'The first of these that has a value names the `route` of a server.',
    ),
    learn: field<WrittenSticky['learn']>(
      'learn',
      table(LEARN),
      undefined,
      'Sessions that servers make are remembered.',
    ),
  },
  {
    check: ({ cookie, route, learn }, path, reading) => {
      if ([cookie, route, learn].filter((each) => each !== undefined).length !== 1) {
        reading.report(path, 'one of "cookie", "route" and "learn" says how a client finds its server again');
      }
    },
  },
);

const STICKY: Kind<Sticky> = {
  words: STICKY_TABLE.words,
  schema: STICKY_TABLE.schema,
  parts: STICKY_TABLE.parts ?? [],
  read: (value, path, reading) => {
    const read = STICKY_TABLE.read(value, path, reading, undefined);
    if (read === FAULTY) {
      return FAULTY;
    }
    const { cookie, route, learn } = read;
    if (cookie !== undefined) return { kind: 'cookie', ...cookie };
    if (learn !== undefined) return { kind: 'learn', ...learn };
    return { kind: 'route', variables: route ?? [] };
  },
  write: (sticky) => {
    const none: WrittenSticky = { cookie: undefined, route: undefined, learn: undefined };
    switch (sticky.kind) {
      case 'cookie':
        return STICKY_TABLE.write({ ...none, cookie: sticky }, undefined);
      case 'route':
        return STICKY_TABLE.write({ ...none, route: sticky.variables }, undefined);
      default:
        return STICKY_TABLE.write({ ...none, learn: sticky }, undefined);
    }
  },
};

const NAME_SERVER: Kind<string> = scalar<string>({
  words: 'an address',
  schema: { type: 'string' },
  parse: (value) => {
    const address = typeof value === 'string' ? readUpstreamAddress(value) : failure('');
    return address.ok && !address.value.isUnix
      ? success(`${address.value.host}:${address.value.port ?? DNS_PORT}`)
      : failure(`${describe(value)} is not the address of a name server. Write "127.0.0.53"`);
  },
  render: (address) => address.replace(/:53$/, ''),
});

export const RESOLVER: Kind<Resolver> = table<Resolver>(
  {
    servers: required<readonly string[]>('servers', list(NAME_SERVER), [], 'Addresses of name servers.'),
    validMs: field<number | undefined>(
      'valid',
      DURATION,
      undefined,
      'How long answers are kept; without it, as long as they say.',
    ),
    asksIpv4: field<boolean>('ipv4', FLAG, true, 'Ask for addresses of IPv4.'),
    asksIpv6: field<boolean>('ipv6', FLAG, true, 'Ask for addresses of IPv6.'),
    timeoutMs: field<number>('timeout', DURATION, 30_000, 'How long looking up a name may take.'),
  },
  { short: { name: 'servers', isShort: (value) => isText(value) || Array.isArray(value) } },
);

interface Queue {
  readonly requestsMax: number;
  readonly timeoutMs: number;
}

/** `resolver` in place of its number. */
export type WrittenUpstream = Omit<Upstream, 'isImplicit' | 'resolver'> & { readonly resolver?: Resolver };

export const UPSTREAM_FIELDS: Fields<WrittenUpstream> = {
  name: required<string>('name', TEXT, '', 'The name by which `proxy` says it.'),
  servers: required<readonly UpstreamServer[]>('servers', SERVERS, [], 'The servers.'),
  balancing: field<Balancing>('balance', BALANCING, { kind: 'round-robin' }, 'Which of them gets the next request.'),
  keepAlive: {
    ...field<Upstream['keepAlive']>(
      'keep-alive',
      KEEP_ALIVE,
      USUAL_KEEP_ALIVE,
      'Connections that are used again; `false`: none is.',
    ),
    canBeOff: true,
  },
  zone: field<string | undefined>('zone', TEXT, undefined, "The name of nginx's `zone`, for who looks it up."),
  sticky: field<Upstream['sticky']>('sticky', STICKY, undefined, 'A client stays with its server.'),
  healthCheck: field<Upstream['healthCheck']>(
    'health-check',
    HEALTH_CHECK,
    undefined,
    'Requests of our own by which a server shows that it is well.',
  ),
  queue: field<Queue | undefined>(
    'queue',
    table<Queue>({
      requestsMax: required<number>('requests', integer(1), 1, 'How many requests may wait.'),
      timeoutMs: field<number>('timeout', DURATION, 60_000, 'How long each of them may.'),
    }),
    undefined,
    'Requests wait until a server may take one more (`max-connections`).',
  ),
  resolver: field<Resolver | undefined>(
    'resolver',
    RESOLVER,
    undefined,
    'Who is asked for the names of servers with `resolve`.',
  ),
};

export function checkUpstream(
  { name, servers }: Pick<WrittenUpstream, 'name' | 'servers'>,
  path: Path,
  reading: Reading,
): void {
  if (name === '' || /[/?:$\s]/.test(name)) {
    reading.report(
      [...path, 'name'],
      `${describe(name)} is no name: it may have letters, digits, dots, hyphens and underscores`,
    );
  }
  if (servers.every(({ isBackup }) => isBackup)) {
    reading.report(
      [...path, 'servers'],
      servers.length === 0 ? 'there is no server' : 'all servers are "backup"; one at least has to be none',
    );
  }
}

export const UPSTREAM: Kind<WrittenUpstream> = table<WrittenUpstream>(UPSTREAM_FIELDS, { check: checkUpstream });
