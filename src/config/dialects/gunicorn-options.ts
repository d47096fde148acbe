/** Every option of gunicorn's command line (gunicorn/config.py), one row each. */

import { parseRootPath } from '../proxy-settings.ts';
import { parseAssignment, parseChoice, parsePeers, parseText } from '../setting-values.ts';
import { GUNICORN_LOG_OPTIONS } from './gunicorn-log-options.ts';
import { GUNICORN_SETTINGS } from './gunicorn-settings.ts';
import { GUNICORN_TLS_OPTIONS } from './gunicorn-tls-options.ts';
import {
  draftOfBinds,
  readBind,
  readForwarderHeaders,
  readHeaderMap,
  readHeadLimit,
  readProtocol,
  readProtocols,
  readProxyProtocol,
  readPythonPath,
  readSchemeFields,
  readTimeout,
  readUmask,
  readWorkerClass,
} from './gunicorn-values.ts';
import type { Option } from './option.ts';
import { meaningless, setting, settingOfEach, unsupported } from './option.ts';
import { readBoolean, readInteger, readSeconds, WORKERS_MAX } from './option-values.ts';

const BACKLOG_MAX = 65_535;
const THREADS_MAX = 256;
const HTTP1 = 'HTTP/1.1 is spoken';
const STRICT = 'what is ambiguous is refused. Leave it out';
const NO_POOL = 'there is no pool for blocking work; take a task queue';

const ADDRESS_OPTIONS: readonly Option[] = [
  {
    names: ['-b', '--bind'],
    value: 'ADDRESS',
    isRepeatable: true,
    doc: 'Where to listen: HOST, HOST:PORT, unix:PATH, or fd://N for a socket of systemd.',
    fallbackText: '127.0.0.1:8000, or 0.0.0.0:$PORT where PORT is set',
    treatment: settingOfEach(readBind, draftOfBinds),
  },
  {
    names: ['--backlog'],
    value: 'INT',
    doc: 'Connections that the kernel keeps waiting.',
    fallbackText: '2048',
    treatment: setting(readInteger(1, BACKLOG_MAX), (backlog) => ({ backlog })),
  },
  { names: ['--reuse-port'], doc: 'SO_REUSEPORT.', treatment: meaningless('each edge thread has a socket of its own') },
];

const WORKER_OPTIONS: readonly Option[] = [
  {
    names: ['-w', '--workers'],
    value: 'INT',
    doc: 'Processes that run the application.',
    fallbackText: '1, or $WEB_CONCURRENCY',
    treatment: setting(readInteger(1, WORKERS_MAX), (workers) => ({ workers })),
  },
  {
    names: ['-k', '--worker-class'],
    value: 'STRING',
    doc: 'What a worker is: sync, gthread, gevent, asgi or uvicorn.workers.UvicornWorker.',
    fallbackText: 'sync',
    treatment: setting(readWorkerClass, (draft) => draft),
  },
  {
    names: ['--threads'],
    value: 'INT',
    doc: 'Threads of each worker.',
    fallbackText: '1',
    treatment: setting(readInteger(1, THREADS_MAX), (threads) => ({ threads })),
  },
  {
    names: ['--worker-connections'],
    value: 'INT',
    doc: 'Requests that one worker of gevent or ASGI runs at a time.',
    treatment: setting(readInteger(1), (workerConnections) => ({ workerConnections })),
  },
  {
    names: ['--max-requests'],
    value: 'INT',
    doc: 'Replace a worker after so many requests.',
    fallbackText: '0',
    treatment: setting(readInteger(0), (maxRequests) => ({ maxRequests })),
  },
  {
    names: ['--max-requests-jitter'],
    value: 'INT',
    doc: 'Up to so many more, by chance.',
    fallbackText: '0',
    treatment: setting(readInteger(0), (maxRequestsJitter) => ({ maxRequestsJitter })),
  },
  {
    names: ['-t', '--timeout'],
    value: 'INT',
    doc: 'Seconds that a request may run.',
    fallbackText: '30',
    treatment: setting(readTimeout, (draft) => draft),
  },
  {
    names: ['--graceful-timeout'],
    value: 'INT',
    doc: 'Seconds that requests may go on when the server stops.',
    fallbackText: '30',
    treatment: setting(readSeconds(0), (gracefulTimeoutMs) => ({ gracefulTimeoutMs })),
  },
  {
    names: ['--keep-alive'],
    value: 'INT',
    doc: 'Seconds that a connection is kept between requests.',
    fallbackText: '2',
    treatment: setting(readSeconds(0), (keepAliveMs) => ({ keepAliveMs })),
  },
  {
    names: ['--asgi-loop'],
    value: 'STRING',
    doc: 'The event loop: auto, asyncio or uvloop.',
    fallbackText: 'auto',
    treatment: setting(parseChoice('auto', 'asyncio', 'uvloop'), (loop) => ({ loop })),
  },
  {
    names: ['--asgi-lifespan'],
    value: 'STRING',
    doc: 'The lifespan of ASGI: auto, on or off.',
    fallbackText: 'auto',
    treatment: setting(parseChoice('auto', 'on', 'off'), (lifespan) => ({ lifespan })),
  },
  {
    names: ['--asgi-disconnect-grace-period'],
    value: 'INT',
    doc: 'Seconds until a task is cancelled whose client has gone.',
    treatment: meaningless('an application is told that its client has gone, and not cancelled for it'),
  },
  {
    names: ['--websocket-max-message-size'],
    value: 'INT',
    doc: 'The largest message of a WebSocket.',
    fallbackText: '16777216',
    treatment: setting(readInteger(1), (wsMessageBytesMax) => ({ wsMessageBytesMax })),
  },
  {
    names: ['--root-path'],
    value: 'STRING',
    doc: 'The root_path of ASGI.',
    treatment: setting(parseRootPath, (rootPath) => ({ rootPath })),
  },
];

const PROCESS_OPTIONS: readonly Option[] = [
  {
    names: ['-c', '--config'],
    value: 'CONFIG',
    doc: 'A configuration file: PATH, file:PATH or python:MODULE.',
    fallbackText: './gunicorn.conf.py where that is',
    treatment: setting(parseText, () => ({})),
  },
  {
    names: ['--check-config'],
    doc: 'Load the application, say what was found, and end.',
    treatment: setting(readBoolean, (checkOnly) => ({ checkOnly })),
  },
  {
    names: ['--print-config'],
    doc: 'Write all settings, and end.',
    treatment: setting(readBoolean, () => ({})),
  },
  {
    names: ['--preload'],
    doc: 'Load the application once, before workers are forked.',
    fallbackText: 'where that is safe',
    treatment: setting(readBoolean, (isOn) => (isOn ? { preload: 'always' } : {})),
  },
  {
    names: ['--chdir'],
    value: 'STRING',
    doc: 'The folder of the application.',
    fallbackText: 'the current folder',
    treatment: setting(parseText, (chdir) => ({ chdir })),
  },
  {
    names: ['--pythonpath'],
    value: 'STRING',
    doc: 'Folders where modules are found, separated by commas.',
    treatment: setting(readPythonPath, (draft) => draft),
  },
  {
    names: ['-e', '--env'],
    value: 'ENV',
    isRepeatable: true,
    doc: 'A variable for the application, KEY=VALUE.',
    treatment: settingOfEach(parseAssignment, (pairs) => ({ env: new Map(pairs) })),
  },
  {
    names: ['-p', '--pid'],
    value: 'FILE',
    doc: 'A file for the process number.',
    treatment: setting(parseText, (pidFile) => ({ pidFile })),
  },
  {
    names: ['-u', '--user'],
    value: 'USER',
    doc: 'Who the server becomes.',
    fallbackText: 'who starts it',
    treatment: setting(parseText, (user) => ({ user })),
  },
  {
    names: ['-g', '--group'],
    value: 'GROUP',
    doc: 'The group that it becomes.',
    fallbackText: 'the group of --user',
    treatment: setting(parseText, (group) => ({ group })),
  },
  {
    names: ['-m', '--umask'],
    value: 'INT',
    doc: 'What is taken from the permissions of new files.',
    fallbackText: 'as it is',
    treatment: setting(readUmask, (umask) => ({ umask })),
  },
  { names: ['--initgroups'], doc: 'The groups of the user.', treatment: meaningless('a user always gets its groups') },
  {
    names: ['-D', '--daemon'],
    doc: 'Leave the terminal.',
    treatment: setting(readBoolean, (isDaemon) => ({ isDaemon })),
  },
  {
    names: ['-R', '--enable-stdio-inheritance'],
    doc: 'Standard output of a daemon.',
    treatment: meaningless('what the application writes is in the log'),
  },
  {
    names: ['-n', '--name'],
    value: 'STRING',
    doc: 'The name in the list of processes: gunicorn: master [NAME].',
    fallbackText: 'that of the application',
    treatment: setting(parseText, () => ({})),
  },
  {
    names: ['--worker-tmp-dir'],
    value: 'DIR',
    doc: 'Where workers show that they live.',
    treatment: meaningless('workers write no files to show that they live'),
  },
  { names: ['--no-sendfile'], doc: 'Files without sendfile().', treatment: meaningless('the edge sends the files') },
  {
    names: ['--reload'],
    doc: 'Load the application again when its files change.',
    treatment: setting(readBoolean, (reloadOnChange) => ({ reloadOnChange })),
  },
  {
    names: ['--reload-engine'],
    value: 'STRING',
    doc: 'How files are watched.',
    treatment: meaningless('the kernel tells of changes'),
  },
  {
    names: ['--reload-extra-file'],
    value: 'FILES',
    isRepeatable: true,
    doc: 'What is watched as well.',
    treatment: settingOfEach(parseText, (reloadIncludes) => ({ reloadIncludes })),
  },
  {
    names: ['--spew'],
    doc: 'Every line that runs.',
    treatment: unsupported('python -m trace --trace shows the lines that run'),
  },
  {
    names: ['--paste', '--paster'],
    value: 'STRING',
    doc: 'The application, as a PasteDeploy file has it: FILE or FILE#NAME.',
    treatment: setting(parseText, (paste) => ({ paste, target: paste })),
  },
  {
    names: ['--paste-global'],
    value: 'CONF',
    isRepeatable: true,
    doc: 'A variable of that file, KEY=VALUE.',
    treatment: settingOfEach(parseText, () => ({})),
  },
];

const PROTOCOL_OPTIONS: readonly Option[] = [
  {
    names: ['--limit-request-line'],
    value: 'INT',
    doc: 'The longest first line of a request.',
    treatment: setting(readHeadLimit(8192, 'bytes'), (draft) => draft),
  },
  {
    names: ['--limit-request-fields'],
    value: 'INT',
    doc: 'The most fields of a request.',
    treatment: setting(readHeadLimit(200, 'fields'), (draft) => draft),
  },
  {
    names: ['--limit-request-field_size'],
    value: 'INT',
    doc: 'The longest field of a request.',
    treatment: setting(readHeadLimit(32_768, 'bytes for all fields together'), (draft) => draft),
  },
  {
    names: ['--http-parser'],
    value: 'STRING',
    doc: 'The parser of HTTP.',
    treatment: meaningless("HTTP is Portico's own"),
  },
  {
    names: ['--header-map'],
    value: 'STRING',
    doc: 'Fields with an underscore in their name: drop.',
    fallbackText: 'drop',
    treatment: setting(readHeaderMap, (draft) => draft),
  },
  { names: ['--permit-obsolete-folding'], doc: 'A looser parser.', treatment: unsupported(STRICT) },
  { names: ['--permit-unconventional-http-method'], doc: 'A looser parser.', treatment: unsupported(STRICT) },
  { names: ['--permit-unconventional-http-version'], doc: 'A looser parser.', treatment: unsupported(STRICT) },
  { names: ['--strip-header-spaces'], doc: 'A looser parser.', treatment: unsupported(STRICT) },
  { names: ['--casefold-http-method'], doc: 'A looser parser.', treatment: unsupported(STRICT) },
  {
    names: ['--forwarder-headers'],
    value: 'STRING',
    doc: 'Fields with an underscore that a trusted proxy may send: SCRIPT_NAME, the path at which it has mounted the application.',
    fallbackText: 'SCRIPT_NAME,PATH_INFO',
    treatment: setting(readForwarderHeaders, (draft) => draft),
  },
  {
    names: ['--forwarded-allow-ips'],
    value: 'STRING',
    doc: 'Proxies that may say who the client is.',
    fallbackText: '127.0.0.1,::1, or $FORWARDED_ALLOW_IPS',
    treatment: setting(parsePeers, (forwardedAllowIps) => ({ forwardedAllowIps })),
  },
  {
    names: ['--proxy-protocol'],
    value: 'MODE',
    impliedValue: 'auto',
    doc: 'Connections begin with the header of the PROXY protocol: off, v1, v2 or auto.',
    fallbackText: 'off',
    treatment: setting(readProxyProtocol, (proxyProtocol) => ({ proxyProtocol })),
  },
  {
    names: ['--proxy-allow-from'],
    value: 'STRING',
    doc: 'Who may send it.',
    fallbackText: '127.0.0.1,::1',
    treatment: setting(parsePeers, (proxyAllowIps) => ({ proxyAllowIps })),
  },
  {
    names: ['--protocol'],
    value: 'STRING',
    doc: 'What is spoken: http or uwsgi.',
    fallbackText: 'http',
    treatment: setting(readProtocol, (draft) => draft),
  },
  {
    names: ['--uwsgi-allow-from'],
    value: 'STRING',
    doc: 'Who may speak the uwsgi protocol.',
    fallbackText: '127.0.0.1,::1',
    treatment: setting(parsePeers, (uwsgiAllowIps) => ({ uwsgiAllowIps })),
  },
  {
    names: ['--http-protocols'],
    value: 'STRING',
    doc: 'The versions of HTTP; h1 has to be one of them.',
    fallbackText: 'h1',
    treatment: setting(readProtocols, (draft) => draft),
  },
  { names: ['--http2-cleartext'], value: 'STRING', doc: 'HTTP/2 without TLS.', treatment: meaningless(HTTP1) },
  { names: ['--http2-max-concurrent-streams'], value: 'INT', doc: 'A limit of HTTP/2.', treatment: meaningless(HTTP1) },
  { names: ['--http2-initial-window-size'], value: 'INT', doc: 'A limit of HTTP/2.', treatment: meaningless(HTTP1) },
  { names: ['--http2-max-frame-size'], value: 'INT', doc: 'A limit of HTTP/2.', treatment: meaningless(HTTP1) },
  { names: ['--http2-max-header-list-size'], value: 'INT', doc: 'A limit of HTTP/2.', treatment: meaningless(HTTP1) },
];

const SIDE_OPTIONS: readonly Option[] = [
  {
    names: ['--control-socket'],
    value: 'PATH',
    doc: 'Where gunicornc reaches the server.',
    fallbackText: 'gunicorn.ctl in $XDG_RUNTIME_DIR or ~/.gunicorn',
    treatment: setting(parseText, () => ({})),
  },
  {
    names: ['--control-socket-mode'],
    value: 'INT',
    doc: 'Who may use it.',
    fallbackText: '0600',
    treatment: setting(readUmask, () => ({})),
  },
  { names: ['--no-control-socket'], doc: 'There is none.', treatment: setting(parseText, () => ({})) },
  {
    names: ['--dirty-app'],
    value: 'VALUE',
    isRepeatable: true,
    doc: 'The pool for blocking work.',
    treatment: unsupported(NO_POOL),
  },
  { names: ['--dirty-workers'], value: 'VALUE', doc: 'The pool for blocking work.', treatment: unsupported(NO_POOL) },
  { names: ['--dirty-timeout'], value: 'VALUE', doc: 'The pool for blocking work.', treatment: unsupported(NO_POOL) },
  { names: ['--dirty-threads'], value: 'VALUE', doc: 'The pool for blocking work.', treatment: unsupported(NO_POOL) },
  {
    names: ['--dirty-graceful-timeout'],
    value: 'VALUE',
    doc: 'The pool for blocking work.',
    treatment: unsupported(NO_POOL),
  },
];

/** What only a file can say. */
const FILE_OPTIONS: readonly Option[] = [
  {
    names: [],
    key: 'wsgi_app',
    value: 'STRING',
    doc: 'The application, where the command line names none.',
    treatment: setting(parseText, (target) => ({ target })),
  },
  {
    names: [],
    key: 'tmp_upload_dir',
    value: 'DIR',
    doc: 'Where bodies of requests are put.',
    treatment: unsupported('TMPDIR says where bodies are put that do not fit into memory'),
  },
  {
    names: [],
    key: 'secure_scheme_headers',
    value: 'DICT',
    doc: 'Fields by which a proxy says that a request came by TLS.',
    fallbackText: 'X-Forwarded-Protocol, X-Forwarded-Proto, X-Forwarded-Ssl',
    treatment: setting(readSchemeFields, (draft) => draft),
  },
];

const KEYS: ReadonlyMap<string, string> = new Map(
  GUNICORN_SETTINGS.flatMap(({ name, flag }) => (flag === undefined ? [] : [[flag, name] as const])),
);

export const GUNICORN_OPTIONS: readonly Option[] = [
  ...ADDRESS_OPTIONS,
  ...WORKER_OPTIONS,
  ...PROCESS_OPTIONS,
  ...PROTOCOL_OPTIONS,
  ...GUNICORN_TLS_OPTIONS,
  ...GUNICORN_LOG_OPTIONS,
  ...SIDE_OPTIONS,
  ...FILE_OPTIONS,
].map((option) => {
  const key = KEYS.get(option.names.at(-1) ?? '');
  return key === undefined ? option : { ...option, key };
});
