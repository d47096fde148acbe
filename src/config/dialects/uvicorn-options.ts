/** Every option of uvicorn (uvicorn/main.py), one row each. */

import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import { parseRootPath } from '../proxy-settings.ts';
import { parseResponseField } from '../response-field.ts';
import { parseChoice, parsePeers, parseText } from '../setting-values.ts';
import { readCertReqs } from './client-certificates.ts';
import type { Draft, Option } from './option.ts';
import { meaningless, setting, settingOfEach, unsupported } from './option.ts';
import {
  readBoolean,
  readFractionalSeconds,
  readHeadBytes,
  readHost,
  readInteger,
  readLogLevel,
  readPort,
  readSeconds,
  readSocketPath,
  WORKERS_MAX,
  WSGI_THREADS,
} from './option-values.ts';

const BACKLOG_MAX = 65_535;
/** The versions of Python's ssl by which both sides take the newest that they know. */
const NEGOTIATED_VERSIONS: readonly number[] = [2, 17];

/** A row whose variable follows from its name, as in uvicorn. */
interface Row extends Omit<Option, 'names' | 'variable'> {
  readonly name: string;
  /** The parameter's name in uvicorn, where it differs from the option's. */
  readonly parameter?: string;
}

const ADDRESS_ROWS: readonly Row[] = [
  {
    name: 'host',
    value: 'TEXT',
    doc: 'The address to listen on.',
    fallbackText: '127.0.0.1',
    treatment: setting(readHost, (host) => ({ host })),
  },
  {
    name: 'port',
    value: 'INTEGER',
    doc: 'The port to listen on; 0 is any that is free.',
    fallbackText: '8000',
    treatment: setting(readPort, (port) => ({ port })),
  },
  {
    name: 'uds',
    value: 'TEXT',
    doc: 'A Unix socket to listen on instead.',
    treatment: setting(readSocketPath, (address) => ({ addresses: [address] })),
  },
  {
    name: 'fd',
    value: 'INTEGER',
    doc: 'An inherited socket to listen on instead.',
    treatment: unsupported(
      'Portico makes its sockets itself and keeps them open over reloads. Name the address with --host and --port, or --uds',
    ),
  },
  {
    name: 'backlog',
    value: 'INTEGER',
    doc: 'Connections that the kernel keeps waiting.',
    fallbackText: '2048',
    treatment: setting(readInteger(1, BACKLOG_MAX), (backlog) => ({ backlog })),
  },
];

const APPLICATION_ROWS: readonly Row[] = [
  {
    name: 'factory',
    doc: 'APP is a function that makes the application.',
    treatment: setting(readBoolean, (isFactory) => ({ isFactory })),
  },
  {
    name: 'app-dir',
    value: 'TEXT',
    doc: 'A folder to find APP in; the current one is searched first.',
    treatment: setting(parseText, (appFolder) => ({ appFolder })),
  },
  {
    name: 'interface',
    value: '[auto|asgi3|asgi2|wsgi]',
    doc: 'How the application is called.',
    fallbackText: 'auto: ASGI 3 or 2',
    treatment: setting(parseChoice('auto', 'asgi3', 'asgi2', 'wsgi'), (kind) =>
      kind === 'wsgi' ? { interface: 'wsgi', threads: WSGI_THREADS } : { interface: 'asgi' },
    ),
  },
  {
    name: 'env-file',
    value: 'PATH',
    doc: 'Environment variables for the application; those that are set already stay.',
    treatment: setting(parseText, (envFile) => ({ envFile })),
  },
  {
    name: 'root-path',
    value: 'TEXT',
    doc: 'The root_path of ASGI.',
    treatment: setting(parseRootPath, (rootPath) => ({ rootPath })),
  },
  {
    name: 'lifespan',
    value: '[auto|on|off]',
    doc: 'Startup and shutdown events.',
    fallbackText: 'auto',
    treatment: setting(parseChoice('auto', 'on', 'off'), (lifespan) => ({ lifespan })),
  },
  {
    name: 'reset-contextvars',
    doc: 'Run each request in an empty context.',
    treatment: unsupported(
      'each request runs in its own copy of the context of startup. Do not set context variables in the lifespan',
    ),
  },
  {
    name: 'loop',
    value: '[auto|asyncio|uvloop]',
    doc: 'The event loop.',
    fallbackText: 'auto',
    treatment: setting(readLoop, (loop) => ({ loop })),
  },
  {
    name: 'workers',
    value: 'INTEGER',
    doc: 'Processes that run the application.',
    fallbackText: '$WEB_CONCURRENCY or 1',
    treatment: setting(readInteger(1, WORKERS_MAX), (workers) => ({ workers })),
  },
];

const RELOAD_ROWS: readonly Row[] = [
  {
    name: 'reload',
    doc: 'Load the application again when its files change.',
    treatment: setting(readBoolean, (reloadOnChange) => ({ reloadOnChange })),
  },
  {
    name: 'reload-dir',
    parameter: 'reload_dirs',
    value: 'PATH',
    isRepeatable: true,
    doc: 'A folder to watch.',
    fallbackText: 'the current folder',
    treatment: settingOfEach(parseText, (reloadFolders) => ({ reloadFolders })),
  },
  {
    name: 'reload-include',
    parameter: 'reload_includes',
    value: 'TEXT',
    isRepeatable: true,
    doc: 'Files to watch beside Python files, templates, translations, .toml and .env.',
    treatment: settingOfEach(parseText, (reloadIncludes) => ({ reloadIncludes })),
  },
  {
    name: 'reload-exclude',
    parameter: 'reload_excludes',
    value: 'TEXT',
    isRepeatable: true,
    doc: 'Files or folders not to watch.',
    treatment: settingOfEach(parseText, (reloadExcludes) => ({ reloadExcludes })),
  },
  {
    name: 'reload-delay',
    value: 'FLOAT',
    doc: 'How often to look.',
    treatment: meaningless('the kernel tells of a change at once'),
  },
];

const PROTOCOL_ROWS: readonly Row[] = [
  {
    name: 'http',
    value: 'TEXT',
    doc: 'The implementation of HTTP.',
    treatment: meaningless("HTTP is Portico's own"),
  },
  {
    name: 'http2',
    doc: 'HTTP/2.',
    treatment: unsupported('HTTP/2 is to come. Leave it out, and HTTP/1.1 is spoken'),
  },
  {
    name: 'ws',
    value: 'TEXT',
    doc: 'The implementation of WebSockets.',
    treatment: { kind: 'setting', read: readWebSocket },
  },
  {
    name: 'ws-max-size',
    value: 'INTEGER',
    doc: 'The largest message of a client, in bytes.',
    fallbackText: '16777216',
    treatment: setting(readInteger(1), (wsMessageBytesMax) => ({ wsMessageBytesMax })),
  },
  {
    name: 'ws-max-queue',
    value: 'INTEGER',
    doc: 'Messages that wait for the application.',
    treatment: meaningless('what waits for the application is bounded in bytes: 256 KiB, or one message'),
  },
  {
    name: 'ws-ping-interval',
    value: 'FLOAT',
    doc: 'Seconds between pings; 0 is never.',
    fallbackText: '20',
    treatment: setting(readFractionalSeconds(0), (wsPingIntervalMs) => ({ wsPingIntervalMs })),
  },
  {
    name: 'ws-ping-timeout',
    value: 'FLOAT',
    doc: 'Seconds that a client may take to answer one.',
    fallbackText: '20',
    treatment: setting(readFractionalSeconds(1), (wsPingTimeoutMs) => ({ wsPingTimeoutMs })),
  },
  {
    name: 'ws-per-message-deflate',
    value: 'BOOLEAN',
    doc: 'Compress messages.',
    fallbackText: 'true',
    treatment: setting(readBoolean, (wsCompression) => ({ wsCompression })),
  },
  {
    name: 'proxy-headers',
    negation: '--no-proxy-headers',
    doc: 'Take the client and the scheme from X-Forwarded-For and X-Forwarded-Proto.',
    fallbackText: 'on',
    treatment: setting(readBoolean, (readsProxyFields) => ({ readsProxyFields })),
  },
  {
    name: 'forwarded-allow-ips',
    value: 'TEXT',
    doc: 'Peers that are believed: addresses, networks, or *.',
    fallbackText: '$FORWARDED_ALLOW_IPS or 127.0.0.1,::1',
    treatment: setting(parsePeers, (forwardedAllowIps) => ({ forwardedAllowIps })),
  },
  {
    name: 'server-header',
    negation: '--no-server-header',
    doc: 'A Server field.',
    fallbackText: 'off',
    treatment: meaningless('no Server field is sent; the application may send one'),
  },
  {
    name: 'date-header',
    negation: '--no-date-header',
    doc: 'A Date field.',
    fallbackText: 'on',
    treatment: setting(readBoolean, (isSent) =>
      isSent ? {} : { notes: ['a Date field is sent all the same: a server that has a clock must (RFC 9110 6.6.1)'] },
    ),
  },
  {
    name: 'header',
    parameter: 'headers',
    value: 'TEXT',
    isRepeatable: true,
    doc: 'A field for every response.',
    treatment: settingOfEach(parseResponseField, (responseFields) => ({ responseFields })),
  },
  {
    name: 'h11-max-incomplete-event-size',
    value: 'INTEGER',
    doc: 'The longest head of a request.',
    treatment: setting(readHeadBytes, (notes) => ({ notes })),
  },
];

const LIMIT_ROWS: readonly Row[] = [
  {
    name: 'limit-concurrency',
    value: 'INTEGER',
    doc: 'Requests and WebSockets that a worker runs at a time; one more is answered 503.',
    treatment: setting(readInteger(1, 65_535), (workerConnections) => ({ workerConnections, queueDepthMax: 0 })),
  },
  {
    name: 'limit-max-requests',
    value: 'INTEGER',
    doc: 'Replace a worker after so many requests.',
    treatment: setting(readInteger(1), (maxRequests) => ({ maxRequests })),
  },
  {
    name: 'limit-max-requests-jitter',
    value: 'INTEGER',
    doc: 'Up to so many more, by chance.',
    fallbackText: '0',
    treatment: setting(readInteger(0), (maxRequestsJitter) => ({ maxRequestsJitter })),
  },
  {
    name: 'timeout-keep-alive',
    value: 'INTEGER',
    doc: 'Seconds that a connection is kept between requests.',
    fallbackText: '5',
    treatment: setting(readSeconds(0), (keepAliveMs) => ({ keepAliveMs })),
  },
  {
    name: 'timeout-graceful-shutdown',
    value: 'INTEGER',
    doc: 'Seconds that requests may go on when the server stops.',
    fallbackText: '30',
    treatment: setting(readSeconds(0), (gracefulTimeoutMs) => ({ gracefulTimeoutMs })),
  },
  {
    name: 'timeout-worker-healthcheck',
    value: 'INTEGER',
    doc: 'Seconds that a worker may take to answer its manager.',
    treatment: meaningless(
      'a worker whose event loop stands still is replaced after PORTICO_TIMEOUT, which is 30 seconds if nothing is said',
    ),
  },
];

const LOG_ROWS: readonly Row[] = [
  {
    name: 'log-config',
    value: 'PATH',
    doc: 'A configuration of Python logging.',
    treatment: unsupported(
      'call logging.config in the application. What it writes to standard error gets into the log as it is',
    ),
  },
  {
    name: 'log-level',
    value: '[critical|error|warning|info|debug|trace]',
    doc: 'The least that is logged; above info there is no access log.',
    fallbackText: 'info',
    treatment: setting(readLogLevel, (logLevel) => ({ logLevel })),
  },
  {
    name: 'access-log',
    negation: '--no-access-log',
    doc: 'A line for each request on standard output, in the combined format.',
    fallbackText: 'on',
    treatment: setting(readBoolean, (isOn) => ({ accessLog: isOn ? '-' : '' })),
  },
  {
    name: 'use-colors',
    negation: '--no-use-colors',
    doc: 'Colours in the log.',
    treatment: meaningless('the log has no colours'),
  },
];

const TLS_ROWS: readonly Row[] = [
  {
    name: 'ssl-certfile',
    value: 'TEXT',
    doc: 'Speak TLS, with this certificate: PEM, its own first, then those that signed it.',
    treatment: setting(parseText, (certFile) => ({ certFile })),
  },
  {
    name: 'ssl-keyfile',
    value: 'TEXT',
    doc: 'Its private key, PEM.',
    fallbackText: 'in the file of the certificate',
    treatment: setting(parseText, (keyFile) => ({ keyFile })),
  },
  {
    name: 'ssl-keyfile-password',
    value: 'TEXT',
    doc: 'What the private key is encrypted with.',
    treatment: setting(parseText, (keyPassword) => ({ keyPassword })),
  },
  {
    name: 'ssl-version',
    value: 'INTEGER',
    doc: 'The version of TLS: 17 or 2, which stand for the newest that both sides know.',
    fallbackText: '17',
    treatment: setting(readTlsVersion, () => ({})),
  },
  {
    name: 'ssl-cert-reqs',
    value: 'INTEGER',
    doc: 'Whether clients need a certificate: 0 is no, 1 is a good one or none, 2 is yes.',
    fallbackText: '0',
    treatment: setting(readCertReqs, (certReqs) => ({ certReqs })),
  },
  {
    name: 'ssl-ca-certs',
    value: 'TEXT',
    doc: 'Who signs the certificates of clients, PEM. --ssl-cert-reqs asks for one.',
    treatment: setting(parseText, (caCerts) => ({ caCerts })),
  },
  {
    name: 'ssl-ciphers',
    value: 'TEXT',
    doc: "Cipher suites of TLS 1.2, in OpenSSL's words.",
    fallbackText: 'ECDHE with AES-GCM or ChaCha20-Poly1305',
    treatment: setting(parseText, (ciphers) => ({ ciphers })),
  },
];

export const UVICORN_OPTIONS: readonly Option[] = [
  ...ADDRESS_ROWS,
  ...APPLICATION_ROWS,
  ...RELOAD_ROWS,
  ...PROTOCOL_ROWS,
  ...LIMIT_ROWS,
  ...LOG_ROWS,
  ...TLS_ROWS,
].map(({ name, parameter = name.replaceAll('-', '_'), ...row }) => ({
  ...row,
  names: [`--${name}`],
  variable: `UVICORN_${parameter.toUpperCase()}`,
}));

function readLoop(text: string): Outcome<'auto' | 'asyncio' | 'uvloop'> {
  const loop = parseChoice('auto', 'asyncio', 'uvloop')(text);
  return loop.ok ? loop : failure(`the event loop "${text}" is not supported. Use auto, asyncio or uvloop`);
}

function readWebSocket(texts: readonly string[]): Outcome<Draft> {
  return success(texts.at(-1) === 'none' ? { webSockets: false } : { notes: ["WebSockets are Portico's own"] });
}

function readTlsVersion(text: string): Outcome<number> {
  const version = readInteger(0)(text);
  return !version.ok || NEGOTIATED_VERSIONS.includes(version.value)
    ? version
    : failure('TLS 1.2 and 1.3 are spoken, and clients choose. Leave it out');
}
