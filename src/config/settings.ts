/**
 * Every setting of `portico serve`, one row each. Flags, environment names, checks, help, the reference page and the defaults are
 * derived from this table; nothing else knows a setting's name.
 */

import type { Outcome } from '../kernel/outcome.ts';
import { failure, success } from '../kernel/outcome.ts';
import { ASYNC_SETTINGS } from './async-settings.ts';
import type { BindAddress } from './bind-address.ts';
import { DEFAULT_PORT, parseBindAddress, parseServeBind } from './bind-address.ts';
import { BUDGET_SETTINGS } from './budget-settings.ts';
import { COMPRESSION_SETTINGS } from './compression-settings.ts';
import { DEVELOPMENT_SETTINGS } from './development-settings.ts';
import { LOG_SETTINGS } from './log-settings.ts';
import { PROXY_SETTINGS } from './proxy-settings.ts';
import { parseResponseField } from './response-field.ts';
import type { PreloadMode, ServeOptions } from './serve-options.ts';
import type { Machine, Setting } from './setting.ts';
import { always, each, last } from './setting.ts';
import {
  parseAssignment,
  parseCount,
  parseDuration,
  parseOctal,
  parseSize,
  parseSwitch,
  parseText,
} from './setting-values.ts';
import { STATIC_SETTINGS } from './static-settings.ts';
import { STATS_SETTINGS } from './stats-settings.ts';
import { SUPERVISION_SETTINGS } from './supervision-settings.ts';
import { TLS_SETTINGS } from './tls-settings.ts';

/** More processes than this on one machine is a slip of the finger. */
const WORKERS_MAX = 512;
const THREADS_MAX = 256;
const EDGE_THREADS_MAX = 64;
/** In measurements more edge threads than four did not serve more requests: by then the workers are the limit. */
const EDGE_THREADS_BY_DEFAULT_MAX = 4;
const COUNT_MAX = 1_000_000_000;
const GIB = 2 ** 30;

export const SETTINGS: { readonly [K in keyof ServeOptions]: Setting<ServeOptions[K]> } = {
  binds: {
    flag: 'bind',
    short: 'b',
    value: 'ADDRESS',
    isRepeatable: true,
    separator: /[\s,]+/,
    group: 'Addresses',
    doc: 'Where to listen: HOST:PORT, :PORT, PORT, [::1]:PORT or unix:PATH. :PORT is all of IPv4, [::]:PORT of both IPv4 and IPv6. uwsgi://HOST:PORT or uwsgi:/PATH speaks the uwsgi protocol with a server in front. May be repeated.',
    fallbackText: `127.0.0.1:${DEFAULT_PORT}, or 0.0.0.0:$PORT where PORT is set; with sockets of systemd these alone`,
    fallback: bindsByDefault,
    parse: each(parseServeBind),
  },
  backlog: {
    flag: 'backlog',
    value: 'COUNT',
    group: 'Addresses',
    doc: 'Connections that the kernel keeps waiting for each socket. It never keeps more than net.core.somaxconn.',
    fallbackText: '2048',
    fallback: always(2048),
    parse: last(parseCount(1, 65_535)),
  },
  ...PROXY_SETTINGS,
  ...TLS_SETTINGS,
  workers: {
    flag: 'workers',
    short: 'w',
    value: 'COUNT',
    group: 'Processes',
    doc: 'Processes that run the application.',
    fallbackText: 'one for each core, or $WEB_CONCURRENCY',
    fallback: workersByDefault,
    parse: last(parseCount(1, WORKERS_MAX)),
  },
  workersMin: {
    flag: 'workers-min',
    value: 'COUNT',
    group: 'Processes',
    doc: 'The least of them: as many run as there is work for, and --workers at most. 0: always --workers.',
    fallbackText: '0',
    fallback: always(0),
    parse: last(parseCount(0, WORKERS_MAX)),
  },
  idleMs: {
    flag: 'idle',
    value: 'TIME',
    group: 'Processes',
    doc: 'Without a request for so long all workers are let go; the next request has them started, and waits for them. 0: never.',
    fallbackText: '0',
    fallback: always(0),
    parse: last(parseDuration(0)),
  },
  threads: {
    flag: 'threads',
    value: 'COUNT',
    group: 'Processes',
    doc: 'Threads of each worker, hence requests that one worker runs at a time.',
    fallbackText: '1',
    fallback: always(1),
    parse: last(parseCount(1, THREADS_MAX)),
  },
  edgeThreads: {
    flag: 'edge-threads',
    value: 'COUNT',
    group: 'Processes',
    doc: 'Threads that speak HTTP with clients.',
    fallbackText: 'half the cores, 1 to 4',
    fallback: ({ coreCount }) => success(Math.min(EDGE_THREADS_BY_DEFAULT_MAX, Math.max(1, Math.floor(coreCount / 2)))),
    parse: last(parseCount(1, EDGE_THREADS_MAX)),
  },
  preload: {
    flag: 'preload',
    isNegatable: true,
    group: 'Processes',
    doc: 'Load the application once and fork the workers from it, which shares memory and starts them faster.',
    fallbackText:
      'as far as it is safe: not if loading it starts threads, or leaves connections or files open (docs/guide/workers.md)',
    fallback: always('auto'),
    parse: last(parsePreload),
  },
  python: {
    flag: 'python',
    value: 'PATH',
    group: 'Application',
    doc: 'The Python that runs the application, 3.9 or later.',
    fallbackText:
      'that of the environment that is active, or belongs to the folder of the application, else python3 (docs/guide/application.md)',
    fallback: always(''),
    parse: last(parseText),
  },
  chdir: {
    flag: 'chdir',
    value: 'FOLDER',
    group: 'Application',
    doc: 'The folder that the application runs in and is imported from.',
    fallbackText: 'the current folder',
    fallback: always(''),
    parse: last(parseText),
  },
  envFile: {
    flag: 'env-file',
    value: 'FILE',
    group: 'Application',
    doc: 'Environment variables for the application, written as python-dotenv reads them (.env). They win over the environment of the server. Read again at each reload.',
    fallbackText: 'none',
    fallback: always(''),
    parse: last(parseText),
  },
  env: {
    flag: 'env',
    short: 'e',
    value: 'KEY=VALUE',
    isRepeatable: true,
    separator: /\s+/,
    group: 'Application',
    doc: 'An environment variable for the application; it wins over the file. May be repeated.',
    fallbackText: 'none',
    fallback: always(new Map()),
    parse: parseEnv,
  },
  timeoutMs: {
    flag: 'timeout',
    short: 't',
    value: 'TIME',
    group: 'Timeouts',
    doc: 'The longest that a request may run, or that the event loop of an ASGI application may stand still. Then the client is answered 504, the log gets the traceback, and the worker is replaced.',
    fallbackText: '30 seconds',
    fallback: always(30_000),
    parse: last(parseDuration(1)),
  },
  gracefulTimeoutMs: {
    flag: 'graceful-timeout',
    value: 'TIME',
    group: 'Timeouts',
    doc: 'How long requests that run may go on when the server stops or a worker is replaced, together with the threads, executors and exit handlers of the worker.',
    fallbackText: '30 seconds',
    fallback: always(30_000),
    parse: last(parseDuration(0)),
  },
  ...SUPERVISION_SETTINGS,
  keepAliveMs: {
    flag: 'keep-alive',
    value: 'TIME',
    group: 'Timeouts',
    doc: 'How long the connection of a client is kept open between requests. 0: each carries one request.',
    fallbackText: '75 seconds',
    fallback: always(75_000),
    parse: last(parseDuration(0)),
  },
  maxRequests: {
    flag: 'max-requests',
    value: 'COUNT',
    group: 'Recycling workers',
    doc: 'Replace a worker after so many requests. 0: never.',
    fallbackText: '0',
    fallback: always(0),
    parse: last(parseCount(0, COUNT_MAX)),
  },
  maxRequestsJitter: {
    flag: 'max-requests-jitter',
    value: 'COUNT',
    group: 'Recycling workers',
    doc: 'Up to so many requests more, by chance, so that workers are not replaced all at once.',
    fallbackText: '0',
    fallback: always(0),
    parse: last(parseCount(0, COUNT_MAX)),
  },
  maxAgeMs: {
    flag: 'max-age',
    value: 'TIME',
    group: 'Recycling workers',
    doc: 'Replace a worker after so long (a tenth earlier or less, by chance). 0: never.',
    fallbackText: '0',
    fallback: always(0),
    parse: last(parseDuration(0)),
  },
  memoryBytesMax: {
    flag: 'max-memory',
    value: 'MEGABYTES',
    group: 'Recycling workers',
    doc: 'Replace a worker that uses more memory than this (its proportional share where the kernel tells). 0: never.',
    fallbackText: '0',
    fallback: always(0),
    parse: last(parseSize('m')),
  },
  responseFields: {
    flag: 'header',
    value: 'NAME:VALUE',
    isRepeatable: true,
    separator: /\s*\n\s*/,
    group: 'Responses',
    doc: 'A field for every response, beside those of the application. May be repeated.',
    fallbackText: 'none',
    fallback: always([]),
    parse: each(parseResponseField),
  },
  bodyBytesMax: {
    flag: 'max-body',
    value: 'SIZE',
    group: 'Limits',
    doc: 'The largest request body; a larger one is refused with 413. 0: no limit.',
    fallbackText: '1G',
    fallback: always(GIB),
    parse: last(parseSize('')),
  },
  ...BUDGET_SETTINGS,
  connectionsMax: {
    flag: 'max-connections',
    value: 'COUNT',
    group: 'Limits',
    doc: 'Client connections open at one time. 0: no limit but that of open files.',
    fallbackText: '0',
    fallback: always(0),
    parse: last(parseCount(0, COUNT_MAX)),
  },
  connectionsPerAddressMax: {
    flag: 'max-connections-per-address',
    value: 'COUNT',
    group: 'Limits',
    doc: 'Client connections open at one time from one IP address. 0: no limit.',
    fallbackText: '0',
    fallback: always(0),
    parse: last(parseCount(0, COUNT_MAX)),
  },
  queueDepthMax: {
    flag: 'queue',
    value: 'COUNT',
    group: 'Limits',
    doc: 'Requests that may wait for a worker; one more is answered 503.',
    fallbackText: '1024',
    fallback: always(1024),
    parse: last(parseCount(0, 1_000_000)),
  },
  queueTimeoutMs: {
    flag: 'queue-timeout',
    value: 'TIME',
    group: 'Limits',
    doc: 'How long a request may wait for a worker before it is answered 503.',
    fallbackText: '30 seconds',
    fallback: always(30_000),
    parse: last(parseDuration(1)),
  },
  ...COMPRESSION_SETTINGS,
  ...STATIC_SETTINGS,
  user: {
    flag: 'user',
    short: 'u',
    value: 'NAME',
    group: 'Privileges',
    doc: 'Once the sockets are bound, become this user (name or number), with its groups. Only root can.',
    fallbackText: 'who starts it',
    fallback: always(''),
    parse: last(parseText),
  },
  group: {
    flag: 'group',
    short: 'g',
    value: 'NAME',
    group: 'Privileges',
    doc: 'Once the sockets are bound, become this group (name or number).',
    fallbackText: 'the group of --user',
    fallback: always(''),
    parse: last(parseText),
  },
  umask: {
    flag: 'umask',
    value: 'OCTAL',
    group: 'Privileges',
    doc: 'What is taken from the permissions of new files and of Unix sockets.',
    fallbackText: 'as it is; Unix sockets are open to all (0666)',
    fallback: always(undefined),
    parse: last(parseOctal),
  },
  pidFile: {
    flag: 'pid-file',
    short: 'p',
    value: 'FILE',
    group: 'Privileges',
    doc: 'Write the process number of the server to this file, for signals.',
    fallbackText: 'none',
    fallback: always(''),
    parse: last(parseText),
  },
  controlSocket: {
    flag: 'control-socket',
    value: 'PATH',
    group: 'Privileges',
    doc: 'Where "portico status", "portico workers", "portico logs" and their like reach the server: a socket for the user alone who has started it. off: nowhere.',
    fallbackText: "a place of that user's own",
    fallback: always(''),
    parse: last(parseText),
  },
  ...LOG_SETTINGS,
  ...STATS_SETTINGS,
  ...DEVELOPMENT_SETTINGS,
  ...ASYNC_SETTINGS,
  edgeProgram: {
    flag: 'edge-program',
    value: 'PATH',
    group: 'Development',
    isHidden: true,
    doc: 'The script of the edge, for tests.',
    fallbackText: 'ours',
    fallback: always(''),
    parse: last(parseText),
  },
  zygoteProgram: {
    flag: 'zygote-program',
    value: 'PATH',
    group: 'Development',
    isHidden: true,
    doc: 'The script of the zygote, for tests.',
    fallbackText: 'ours',
    fallback: always(''),
    parse: last(parseText),
  },
};

function bindsByDefault({ env, hasSockets = false }: Machine): Outcome<readonly BindAddress[]> {
  if (hasSockets) {
    return success([]);
  }
  const port = env['PORT'];
  const parsed = parseBindAddress(port ? `0.0.0.0:${port}` : `127.0.0.1:${DEFAULT_PORT}`);
  return parsed.ok ? success([parsed.value]) : failure(`PORT: "${port}" is not a port`);
}

function workersByDefault({ env, coreCount }: Machine): Outcome<number> {
  const asked = env['WEB_CONCURRENCY'];
  if (!asked) {
    return success(coreCount);
  }
  const parsed = parseCount(1, WORKERS_MAX)(asked);
  return parsed.ok ? parsed : failure(`WEB_CONCURRENCY: ${parsed.fault}`);
}

function parsePreload(text: string): Outcome<PreloadMode> {
  if (text.toLowerCase() === 'auto') {
    return success('auto');
  }
  const parsed = parseSwitch(text);
  return parsed.ok ? success(parsed.value ? 'always' : 'never') : parsed;
}

function parseEnv(texts: readonly string[]): Outcome<ReadonlyMap<string, string>> {
  const parsed = each(parseAssignment)(texts);
  return parsed.ok ? success(new Map(parsed.value)) : parsed;
}
