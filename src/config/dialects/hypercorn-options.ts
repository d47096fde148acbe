/** Every option of hypercorn (hypercorn/__main__.py) and every key of its configuration (hypercorn/config.py), one row each. */

import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { AccessFormat } from '../access-format/access-format.ts';
import { checkAccessFormat } from '../access-format/parse-access-format.ts';
import type { BindAddress } from '../bind-address.ts';
import { parseBindAddress } from '../bind-address.ts';
import { parseRootPath } from '../proxy-settings.ts';
import { parseText } from '../setting-values.ts';
import { HYPERCORN_TLS_OPTIONS } from './hypercorn-tls-options.ts';
import type { Draft, Option } from './option.ts';
import { meaningless, setting, settingOfEach, unsupported } from './option.ts';
import {
  readBoolean,
  readFractionalSeconds,
  readHeadBytes,
  readInteger,
  readLogLevel,
  readSocketPath,
  WORKERS_MAX,
} from './option-values.ts';

const BACKLOG_MAX = 65_535;
const UMASK_MAX = 0o777;
const HTTP2 = 'HTTP/2 is to come; HTTP/1.1 is spoken';
const LOG_CONFIG =
  'call logging.config in the application. What it writes to standard error gets into the log as it is';
const STATSD = 'there is no statsd here. The access log has every request with its status and time';
const OWNER = 'PORTICO_USER and PORTICO_GROUP make the whole server, and its sockets, that of a user';

const ADDRESS_OPTIONS: readonly Option[] = [
  {
    names: ['-b', '--bind'],
    key: 'bind',
    value: 'BINDS',
    isRepeatable: true,
    doc: 'Where to listen: HOST:PORT, HOST or unix:PATH.',
    fallbackText: '127.0.0.1:8000',
    treatment: settingOfEach(readBind, (binds) => ({ binds })),
  },
  {
    names: ['--insecure-bind'],
    key: 'insecure_bind',
    value: 'INSECURE_BINDS',
    isRepeatable: true,
    doc: 'Where to listen without TLS, beside --bind.',
    treatment: settingOfEach(readBind, (insecureBinds) => ({ insecureBinds })),
  },
  {
    names: ['--quic-bind'],
    key: 'quic_bind',
    value: 'QUIC_BINDS',
    isRepeatable: true,
    doc: 'Where to listen for HTTP/3.',
    treatment: unsupported('HTTP/3 is not spoken. Leave it out'),
  },
  {
    names: ['--backlog'],
    key: 'backlog',
    value: 'BACKLOG',
    doc: 'Connections that the kernel keeps waiting.',
    fallbackText: '100',
    treatment: setting(readInteger(1, BACKLOG_MAX), (backlog) => ({ backlog })),
  },
  {
    names: ['-m', '--umask'],
    key: 'umask',
    value: 'UMASK',
    doc: 'What is taken from the permissions of Unix sockets and new files, as a decimal number.',
    treatment: setting(readUmask, (draft) => draft),
  },
  {
    names: ['-u', '--user'],
    key: 'user',
    value: 'USER',
    doc: 'Who owns Unix sockets.',
    treatment: unsupported(OWNER),
  },
  {
    names: ['-g', '--group'],
    key: 'group',
    value: 'GROUP',
    doc: 'The group that owns Unix sockets.',
    treatment: unsupported(OWNER),
  },
  {
    names: ['--server-name'],
    key: 'server_names',
    value: 'SERVER_NAMES',
    isRepeatable: true,
    doc: 'The hosts that are served.',
    treatment: unsupported(
      'have the application refuse other hosts (Django: ALLOWED_HOSTS; Starlette: TrustedHostMiddleware)',
    ),
  },
];

const PROCESS_OPTIONS: readonly Option[] = [
  {
    names: ['-w', '--workers'],
    key: 'workers',
    value: 'WORKERS',
    doc: 'Processes that run the application.',
    fallbackText: '1',
    treatment: setting(readInteger(1, WORKERS_MAX), (workers) => ({ workers })),
  },
  {
    names: ['-k', '--worker-class'],
    key: 'worker_class',
    value: 'WORKER_CLASS',
    doc: 'The event loop: asyncio or uvloop.',
    fallbackText: 'asyncio',
    treatment: setting(readWorkerClass, (loop) => ({ loop })),
  },
  {
    names: ['--max-requests'],
    key: 'max_requests',
    value: 'MAX_REQUESTS',
    doc: 'Replace a worker after so many requests.',
    treatment: setting(readInteger(1), (maxRequests) => ({ maxRequests })),
  },
  {
    names: ['--max-requests-jitter'],
    key: 'max_requests_jitter',
    value: 'MAX_REQUESTS_JITTER',
    doc: 'Up to so many more, by chance.',
    fallbackText: '0',
    treatment: setting(readInteger(0), (maxRequestsJitter) => ({ maxRequestsJitter })),
  },
  {
    names: ['-D', '--daemon'],
    key: 'daemon',
    doc: 'How workers are tied to their parent.',
    treatment: meaningless('workers always end with the server, and the server stays in the foreground'),
  },
  {
    names: ['-p', '--pid'],
    key: 'pid_path',
    value: 'PID',
    doc: 'A file for the process number.',
    treatment: setting(parseText, (pidFile) => ({ pidFile })),
  },
  {
    names: ['--reload'],
    key: 'use_reloader',
    doc: 'Load the application again when its files change.',
    treatment: setting(readBoolean, (reloadOnChange) => ({ reloadOnChange })),
  },
  {
    names: ['--debug'],
    key: 'debug',
    doc: "The event loop's debug mode.",
    treatment: setting(readBoolean, (isOn) => (isOn ? { env: new Map([['PYTHONASYNCIODEBUG', '1']]) } : {})),
  },
  {
    names: ['--root-path'],
    key: 'root_path',
    value: 'ROOT_PATH',
    doc: 'The root_path of ASGI.',
    treatment: setting(parseRootPath, (rootPath) => ({ rootPath })),
  },
  {
    names: ['-c', '--config'],
    value: 'CONFIG',
    doc: 'A configuration file, TOML.',
    treatment: setting(readConfigPath, () => ({})),
  },
];

const TIME_OPTIONS: readonly Option[] = [
  {
    names: ['--graceful-timeout'],
    key: 'graceful_timeout',
    value: 'GRACEFUL_TIMEOUT',
    doc: 'Seconds that requests may go on when the server stops.',
    fallbackText: '3',
    treatment: setting(readFractionalSeconds(0), (gracefulTimeoutMs) => ({ gracefulTimeoutMs })),
  },
  {
    names: ['--keep-alive'],
    key: 'keep_alive_timeout',
    value: 'KEEP_ALIVE',
    doc: 'Seconds that a connection is kept between requests.',
    fallbackText: '5',
    treatment: setting(readFractionalSeconds(0), (keepAliveMs) => ({ keepAliveMs })),
  },
  {
    names: ['--read-timeout'],
    key: 'read_timeout',
    value: 'READ_TIMEOUT',
    doc: 'Seconds that a client may be silent.',
    treatment: meaningless(
      'heads and bodies that come too slowly are always cut off, and silent WebSockets are found by pings',
    ),
  },
  {
    names: ['--websocket-ping-interval'],
    key: 'websocket_ping_interval',
    value: 'WEBSOCKET_PING_INTERVAL',
    doc: 'Seconds between pings; 0 is never.',
    fallbackText: '0',
    treatment: setting(readFractionalSeconds(0), (wsPingIntervalMs) => ({ wsPingIntervalMs })),
  },
  {
    names: [],
    key: 'startup_timeout',
    value: 'SECONDS',
    doc: 'Seconds that a worker may take to start.',
    fallbackText: '60',
    treatment: setting(readFractionalSeconds(100), (startTimeoutMs) => ({ startTimeoutMs })),
  },
  {
    names: [],
    key: 'shutdown_timeout',
    value: 'SECONDS',
    doc: "Seconds for the application's shutdown.",
    treatment: meaningless('--graceful-timeout is for all that has to end'),
  },
];

const LIMIT_OPTIONS: readonly Option[] = [
  {
    names: [],
    key: 'websocket_max_message_size',
    value: 'BYTES',
    doc: 'The largest message of a client.',
    fallbackText: '16777216',
    treatment: setting(readInteger(1), (wsMessageBytesMax) => ({ wsMessageBytesMax })),
  },
  {
    names: [],
    key: 'wsgi_max_body_size',
    value: 'BYTES',
    doc: 'The largest body of a request, to ASGI applications as well.',
    fallbackText: '1073741824',
    treatment: setting(readInteger(1, 2 ** 40), (bodyBytesMax) => ({ bodyBytesMax })),
  },
  {
    names: [],
    key: 'h11_max_incomplete_size',
    value: 'BYTES',
    doc: 'The longest head of a request.',
    treatment: setting(readHeadBytes, (notes) => ({ notes })),
  },
  {
    names: [],
    key: 'h11_pass_raw_headers',
    doc: 'Names of fields as the client wrote them.',
    treatment: unsupported('ASGI wants the names of fields in lower case. Leave it out'),
  },
  ...['h2_max_concurrent_streams', 'h2_max_header_list_size', 'h2_max_inbound_frame_size'].map((key) => ({
    names: [],
    key,
    value: 'NUMBER',
    doc: 'A limit of HTTP/2.',
    treatment: meaningless(HTTP2),
  })),
  {
    names: [],
    key: 'keep_alive_max_requests',
    value: 'NUMBER',
    doc: 'Requests on one connection.',
    treatment: meaningless('a connection may bring as many requests as it likes, one after another'),
  },
  {
    names: [],
    key: 'max_app_queue_size',
    value: 'NUMBER',
    doc: 'Events that wait for the application.',
    treatment: meaningless('what waits for the application is bounded in bytes: 256 KiB, or one message'),
  },
];

const LOG_OPTIONS: readonly Option[] = [
  {
    names: ['--access-log', '--access-logfile'],
    key: 'accesslog',
    value: 'ACCESS_LOGFILE',
    doc: 'A file for a line for each request; - is standard output.',
    fallbackText: 'off',
    treatment: setting(parseText, (accessLog) => ({ accessLog })),
  },
  {
    names: ['--access-logformat'],
    key: 'access_log_format',
    value: 'ACCESS_LOGFORMAT',
    doc: 'Its format, in the atoms of hypercorn.',
    fallbackText: 'combined',
    treatment: setting(readAccessFormat, (accessLogFormat) => ({ accessLogFormat })),
  },
  {
    names: ['--error-log', '--log-file', '--error-logfile'],
    key: 'errorlog',
    value: 'ERROR_LOGFILE',
    doc: 'A file for the log; - is standard error.',
    fallbackText: '-',
    treatment: setting(parseText, (path) => ({ logFile: path === '-' ? '' : path })),
  },
  {
    names: ['--log-level'],
    key: 'loglevel',
    value: 'LOG_LEVEL',
    doc: 'The least that is logged; above info there is no access log.',
    fallbackText: 'info',
    treatment: setting(readLogLevel, (logLevel) => ({ logLevel })),
  },
  {
    names: ['--log-config'],
    key: 'logconfig',
    value: 'LOG_CONFIG',
    doc: 'A configuration of Python logging.',
    treatment: unsupported(LOG_CONFIG),
  },
  {
    names: ['--statsd-host'],
    key: 'statsd_host',
    value: 'STATSD_HOST',
    doc: 'Statsd.',
    treatment: unsupported(STATSD),
  },
  {
    names: ['--statsd-prefix'],
    key: 'statsd_prefix',
    value: 'STATSD_PREFIX',
    doc: 'Statsd.',
    treatment: unsupported(STATSD),
  },
  { names: [], key: 'dogstatsd_tags', value: 'TAGS', doc: 'Statsd.', treatment: unsupported(STATSD) },
];

const FIELD_OPTIONS: readonly Option[] = [
  {
    names: [],
    key: 'include_server_header',
    doc: 'A Server field.',
    fallbackText: 'false',
    treatment: meaningless('no Server field is sent; the application may send one'),
  },
  {
    names: [],
    key: 'include_date_header',
    doc: 'A Date field.',
    fallbackText: 'true',
    treatment: setting(readBoolean, (isSent) =>
      isSent ? {} : { notes: ['a Date field is sent all the same: a server that has a clock must (RFC 9110 6.6.1)'] },
    ),
  },
  {
    names: [],
    key: 'alt_svc_headers',
    value: 'FIELDS',
    isRepeatable: true,
    doc: 'Alt-Svc fields.',
    treatment: unsupported('add the field in the application, or in the proxy in front'),
  },
];

export const HYPERCORN_OPTIONS: readonly Option[] = [
  ...ADDRESS_OPTIONS,
  ...PROCESS_OPTIONS,
  ...TIME_OPTIONS,
  ...LIMIT_OPTIONS,
  ...LOG_OPTIONS,
  ...FIELD_OPTIONS,
  ...HYPERCORN_TLS_OPTIONS,
];

function readBind(text: string): Outcome<BindAddress> {
  if (text.startsWith('fd://')) {
    return failure(
      `"${text}" is not supported: Portico makes its sockets itself and keeps them open over reloads. Name the address`,
    );
  }
  if (text.startsWith('unix:')) {
    return readSocketPath(text.slice('unix:'.length));
  }
  // hypercorn takes an IPv6 address without brackets as well: the last part of the text is the port.
  const bare = /^([0-9a-fA-F:]*:[0-9a-fA-F:]*):(\d+)$/.exec(text);
  return parseBindAddress(bare ? `[${bare[1]}]:${bare[2]}` : text);
}

/** hypercorn's number is decimal, which is easily overlooked. */
function readUmask(text: string): Outcome<Draft> {
  const umask = readInteger(0, UMASK_MAX)(text);
  if (!umask.ok) {
    return umask;
  }
  const octal = umask.value.toString(8).padStart(3, '0');
  return success({ umask: umask.value, notes: [`${text} is a decimal number, as in hypercorn: 0o${octal}`] });
}

function readWorkerClass(text: string): Outcome<'asyncio' | 'uvloop'> {
  return text === 'asyncio' || text === 'uvloop'
    ? success(text)
    : failure(`"${text}" is not supported. Use asyncio or uvloop`);
}

function readConfigPath(path: string): Outcome<string> {
  return /^(python|file):/.test(path)
    ? failure(`a configuration in Python is not supported. Write it as TOML: --config hypercorn.toml`)
    : parseText(path);
}

function readAccessFormat(text: string): Outcome<AccessFormat> {
  return checkAccessFormat({ words: 'hypercorn', text });
}
