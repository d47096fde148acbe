/** The server as a whole, as portico.toml has it. Its defaults are those of `portico serve`. */

import { resolve } from 'node:path';
import { failure, success } from '../../../kernel/outcome.ts';
import type { BindAddress } from '../../bind-address.ts';
import type { Development, EdgeLimits, Forwarding, ProcessSettings, StatsServer } from '../../model/server-model.ts';
import { parseStatsAddress, renderStatsAddress } from '../../stats-settings.ts';
import type { Kind } from '../kind.ts';
import { describe } from '../kind.ts';
import { choice, DURATION, FLAG, integer, PATH, PATH_OR_OFF, SIZE, scalar, TEXT } from '../scalars.ts';
import type { Fields } from '../table.ts';
import { field, list, required, table } from '../table.ts';
import { ERROR_LOG } from './log-fields.ts';

const STATS: Kind<StatsServer> = table<StatsServer>(
  {
    address: required<BindAddress>(
      'address',
      scalar<BindAddress>({
        words: 'an address',
        schema: { type: ['string', 'integer'] },
        parse: (value, folder) => {
          const address =
            typeof value === 'string' || typeof value === 'number'
              ? parseStatsAddress(String(value))
              : failure(`${describe(value)} is not an address`);
          return address.ok ? success(inFolder(address.value, folder)) : address;
        },
        render: renderStatsAddress,
      }),
      { kind: 'unix', path: '' },
      'A path, `@NAME` in the abstract namespace of Linux, or `HOST:PORT`.',
    ),
    isHttp: field<boolean>('http', FLAG, false, 'It is an answer to HTTP requests.'),
    isMinified: field<boolean>('minified', FLAG, false, 'Without spaces and ends of lines.'),
    hasCores: field<boolean>('cores', FLAG, true, 'With the threads of workers, and the requests that run.'),
  },
  { short: { name: 'address', isShort: (value) => typeof value !== 'object' } },
);

function inFolder(address: BindAddress, folder: string): BindAddress {
  return address.kind === 'unix' && !address.path.startsWith('@')
    ? { kind: 'unix', path: resolve(folder, address.path) }
    : address;
}

export const PROCESS_FIELDS: Fields<
  Omit<ProcessSettings, 'manner' | 'triggers' | 'title' | 'edgeProgram' | 'zygoteProgram'>
> = {
  user: field<string>('user', TEXT, '', 'Who edge and applications run as, where root has started the server.', 'edge'),
  group: field<string>('group', TEXT, '', 'The group; empty: that of the user.', 'edge'),
  umask: field<number | undefined>(
    'umask',
    scalar<number>({
      words: 'an octal number, as a text',
      schema: { type: 'string', pattern: '^[0-7]{1,4}$' },
      parse: (value) =>
        typeof value === 'string' && /^[0-7]{1,4}$/.test(value)
          ? success(Number.parseInt(value, 8))
          : failure(`${describe(value)} is not a mask. Write it as a text, as in "027"`),
      render: (mask) => mask.toString(8).padStart(3, '0'),
    }),
    undefined,
    'Permissions that new files do not have.',
    'edge',
  ),
  pidFile: field<string>('pid-file', PATH, '', 'Holds the number of the process.'),
  controlSocket: field<string>(
    'control-socket',
    PATH_OR_OFF,
    '',
    "Where `portico status` and its like reach the server; empty: a place of the user's own; `off`: nowhere.",
  ),
  isDaemon: field<boolean>('daemon', FLAG, false, 'Run in the background.'),
  logFile: field<string>('log-file', PATH, '', 'The log of the server; empty: standard error.'),
  logFormat: field<ProcessSettings['logFormat']>('log-format', choice('text', 'json'), 'text', 'What it looks like.'),
  logLevel: field<ProcessSettings['logLevel']>(
    'log-level',
    choice('debug', 'info', 'warning', 'error'),
    'info',
    'The least that is logged.',
  ),
  errorLogs: field<ProcessSettings['errorLogs']>(
    'error-log',
    list(ERROR_LOG),
    [],
    "Logs in nginx's form, in the place of `log-file`.",
    'edge',
  ),
  stats: field<ProcessSettings['stats']>(
    'stats',
    STATS,
    undefined,
    "Where workers and requests are told of, in uWSGI's JSON: `PATH`, `@NAME`, `HOST:PORT`.",
    'edge',
  ),
  filesMax: field<number>(
    'open-files',
    integer(0),
    0,
    'How many files and sockets may be open; 0: as many as the system gives.',
    'edge',
  ),
};

export const EDGE_FIELDS: Fields<EdgeLimits> = {
  threads: field<number>('threads', integer(1, 256), 1, 'How many threads speak with clients.', 'edge'),
  connectionsMax: field<number>('connections', integer(0), 0, 'How many connections may be open; 0: any number.'),
  connectionsPerAddressMax: field<number>(
    'connections-per-address',
    integer(0),
    0,
    'How many of them from one address.',
  ),
  spoolBytesMax: field<number>(
    'spool',
    SIZE,
    0,
    'Disk for bodies on their way; 0: a part of their file system.',
    'edge',
  ),
  bodyMemoryBytesMax: field<number>('body-memory', SIZE, 0, 'Memory for bodies on their way.', 'edge'),
  wsMemoryBytesMax: field<number>(
    'websocket-memory',
    SIZE,
    0,
    'Memory for messages of WebSockets on their way.',
    'edge',
  ),
  startMs: field<number>('start-timeout', DURATION, 60_000, 'How long the edge may take to be ready.', 'edge'),
  silenceMs: field<number>(
    'timeout',
    DURATION,
    30_000,
    'How long the edge may be silent before it is replaced.',
    'edge',
  ),
  gracefulMs: field<number>('graceful-timeout', DURATION, 30_000, 'How long requests may go on when the server stops.'),
};

export const FORWARDING_FIELDS: Fields<Forwarding> = {
  fields: field<Forwarding['fields']>(
    'fields',
    choice('x-forwarded', 'forwarded', 'none'),
    'x-forwarded',
    'By which fields trusted proxies tell of their clients.',
  ),
  allowIps: field<readonly string[]>(
    'from',
    list(TEXT),
    ['127.0.0.1', '::1'],
    'Which proxies are trusted: addresses, CIDR blocks, or `*`.',
  ),
  proxyAllowIps: field<readonly string[] | undefined>(
    'proxy-protocol-from',
    list(TEXT),
    undefined,
    'Which balancers may send the header of the PROXY protocol to addresses that say `proxy-protocol`: whom it names is the client. Without it any may, and `real-ip` says who is believed.',
  ),
  uwsgiPacketBytesMax: field<number | undefined>(
    'uwsgi-buffer-size',
    integer(1, 65_535),
    undefined,
    'The largest packet of variables, in bytes, that is taken at addresses that say `uwsgi`. A larger one is answered 431.',
  ),
};

export const DEVELOPMENT_FIELDS: Fields<Development> = {
  folders: field<readonly string[]>('folders', list(PATH), [], "What is watched; empty: the applications' folders."),
  includes: field<readonly string[]>('include', list(TEXT), [], 'Globs of further files.'),
  excludes: field<readonly string[]>('exclude', list(TEXT), [], 'Globs, or folders, that are not watched.'),
};
