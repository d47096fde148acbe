/** The server as a whole, as portico.toml has it. Its defaults are those of `portico serve`. */

import { failure, success } from '../../../kernel/outcome.ts';
import type { ConnectionRules } from '../../model/connection.ts';
import type { Development, EdgeLimits, Forwarding, ProcessSettings } from '../../model/server-model.ts';
import { describe } from '../kind.ts';
import { choice, DURATION, FLAG, integer, PATH, SIZE, scalar, TEXT } from '../scalars.ts';
import type { Fields } from '../table.ts';
import { field, list } from '../table.ts';
import { ERROR_LOG } from './log-fields.ts';

export const PROCESS_FIELDS: Fields<Omit<ProcessSettings, 'manner' | 'title' | 'edgeProgram' | 'zygoteProgram'>> = {
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
  connectionsMax: field<number>(
    'connections',
    integer(0),
    0,
    'How many connections may be open; 0: any number.',
    'edge',
  ),
  connectionsPerAddressMax: field<number>(
    'connections-per-address',
    integer(0),
    0,
    'How many of them from one address.',
    'edge',
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
};

export const DEVELOPMENT_FIELDS: Fields<Development> = {
  folders: field<readonly string[]>('folders', list(PATH), [], "What is watched; empty: the applications' folders."),
  includes: field<readonly string[]>('include', list(TEXT), [], 'Globs of further files.'),
  excludes: field<readonly string[]>('exclude', list(TEXT), [], 'Globs, or folders, that are not watched.'),
};

export const CONNECTION_FIELDS: Fields<ConnectionRules> = {
  headTimeoutMs: field<number | undefined>(
    'head-timeout',
    DURATION,
    undefined,
    'How long the head of a request may take.',
  ),
  lineBytesMax: field<number | undefined>('line-size', SIZE, undefined, 'The longest request line or field.'),
  headBytesMax: field<number | undefined>('head-size', SIZE, undefined, 'The longest head.'),
  fieldsMax: field<number | undefined>('fields', integer(1), undefined, 'How many fields it may have.'),
  keepAliveMs: field<number>('keep-alive', DURATION, 75_000, 'How long an idle connection is kept; 0: not at all.'),
  keepAliveFieldS: field<number | undefined>(
    'keep-alive-field',
    integer(0),
    undefined,
    'Seconds that the field `Keep-Alive` names.',
  ),
  keepAliveRequestsMax: field<number | undefined>(
    'keep-alive-requests',
    integer(1),
    undefined,
    'Requests of one connection.',
  ),
  keepAliveTimeMs: field<number | undefined>('keep-alive-time', DURATION, undefined, 'How old it may become.'),
  keepAliveDisabledFor: field<readonly string[] | undefined>(
    'keep-alive-disable',
    list(TEXT),
    undefined,
    'Browsers whose connections are not kept: `msie6`, `safari`.',
  ),
  takesLineFeeds: field<boolean | undefined>(
    'bare-line-feeds',
    FLAG,
    undefined,
    'Take LF alone for the end of a line in the head of a request, and cut a fragment off its target, as nginx does.',
  ),
  mergesSlashes: field<boolean | undefined>('merge-slashes', FLAG, undefined, 'Take several slashes for one.'),
  dropsInvalidFields: field<boolean | undefined>(
    'ignore-invalid-fields',
    FLAG,
    undefined,
    'Drop fields with characters that none should have, instead of refusing the request.',
  ),
  takesUnderscores: field<boolean | undefined>(
    'underscores',
    FLAG,
    undefined,
    'Take fields with an underscore in their names.',
  ),
  lingering: field<ConnectionRules['lingering']>(
    'lingering',
    choice('off', 'on', 'always'),
    undefined,
    'Whether what a client still sends is read before its connection is closed.',
  ),
  lingeringTimeMs: field<number | undefined>('lingering-time', DURATION, undefined, 'For how long.'),
  lingeringTimeoutMs: field<number | undefined>(
    'lingering-timeout',
    DURATION,
    undefined,
    'How long nothing may come meanwhile.',
  ),
  resetsTimedOut: field<boolean | undefined>(
    'reset-timed-out',
    FLAG,
    undefined,
    'Reset connections that have timed out.',
  ),
  isChunkedOn: field<boolean | undefined>('chunked', FLAG, undefined, 'Use chunks for bodies without a length.'),
};
