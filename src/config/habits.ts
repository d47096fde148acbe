/**
 * What people write who come from another server, and what it is here: rows of a table. Nothing of it is obeyed. It is told, with the whole
 * command as it is to be written, so that everybody who reads a unit or a script later finds one language in it.
 */

import { GUNICORN_HABITS, LOGGING } from './gunicorn-habits.ts';
import type { Habit } from './habit.ts';

const GUNICORN = 'gunicorn';
const UVICORN = 'uvicorn';
const UWSGI = 'uWSGI';
const FLASK = 'Flask';

const NO_FILE =
  'there is no file of settings: each is a flag, or a variable (PORTICO_WORKERS for --workers), as the page on moving from gunicorn says';
const HEAD_BYTES = 'a head may have 32 KB';
const BY_ITSELF = 'it is so anyway';

export const HABITS: readonly Habit[] = [
  { names: ['--host'], of: `${UVICORN} and ${FLASK}`, value: 'HOST', becomes: 'host {}' },
  { names: ['--port'], of: `${UVICORN} and ${FLASK}`, value: 'PORT', becomes: 'port {}' },
  { names: ['-p'], of: FLASK, value: 'PORT', when: /^\d+$/, becomes: 'port {}', why: '-p is the pid file here' },
  { names: ['--uds'], of: UVICORN, value: 'PATH', becomes: '--bind unix:{}' },
  { names: ['--http', '--http-socket'], of: UWSGI, value: 'ADDRESS', when: /[:.]|^\d+$/, becomes: '--bind {}' },
  { names: ['--listen'], of: 'waitress', value: 'ADDRESS', when: /:/, becomes: '--bind {}' },
  { names: ['--listen'], of: UWSGI, value: 'COUNT', becomes: '--backlog {}' },
  {
    names: ['--socket', '--uwsgi-socket', '-s'],
    of: UWSGI,
    value: 'ADDRESS',
    when: /\//,
    becomes: '--bind unix:{}',
    why: 'HTTP is spoken there: have nginx say proxy_pass, not uwsgi_pass',
  },
  {
    names: ['--socket', '--uwsgi-socket', '-s'],
    of: UWSGI,
    value: 'ADDRESS',
    becomes: '--bind {}',
    why: 'HTTP is spoken there: have nginx say proxy_pass, not uwsgi_pass',
  },

  { names: ['--app', '-A'], of: FLASK, value: 'APP', becomes: 'app {}' },
  { names: ['--wsgi-file', '--file'], of: UWSGI, value: 'FILE', becomes: 'app {}' },
  {
    names: ['--proxy-protocol'],
    of: GUNICORN,
    value: 'VERSION',
    when: /^off$/,
    becomes: '',
    why: 'it is off unless it is asked for',
  },
  {
    names: ['--proxy-protocol'],
    of: GUNICORN,
    value: 'VERSION',
    when: /^(v1|v2|auto)$/,
    becomes: '--proxy-protocol',
    why: 'either version is read',
  },
  { names: ['--proxy-allow-from'], of: GUNICORN, value: 'IP,…', becomes: '--proxy-allow-ips {}' },
  { names: ['-m'], of: GUNICORN, value: 'OCTAL', when: /^(0o?)?[0-7]{1,4}$/, becomes: '--umask {}' },
  { names: ['--module', '--wsgi', '-m'], of: UWSGI, value: 'MODULE', becomes: 'app {}' },
  {
    names: ['-w'],
    of: UWSGI,
    value: 'MODULE',
    when: /^[A-Za-z_][\w.]*[.:]\w+/,
    becomes: 'app {}',
    why: '-w is the number of workers here',
  },
  { names: ['--callable'], of: UWSGI, value: 'NAME', becomes: 'callable {}' },
  { names: ['--factory', '--call'], of: `${UVICORN} and waitress`, becomes: 'factory' },
  {
    names: ['--app-dir', '--pythonpath', '--pp', '--python-path'],
    of: `${UVICORN}, ${GUNICORN} and ${UWSGI}`,
    value: 'FOLDER',
    becomes: '--env PYTHONPATH={}',
  },
  { names: ['--virtualenv', '--venv', '--home', '-H'], of: UWSGI, value: 'FOLDER', becomes: '--python {}/bin/python' },
  { names: ['--debug'], of: FLASK, becomes: '--reload' },

  {
    names: ['-w', '--workers'],
    of: GUNICORN,
    value: 'COUNT',
    when: /^auto$/i,
    becomes: '',
    why: 'a worker for each core is what you get without it',
  },
  { names: ['--processes'], of: UWSGI, value: 'COUNT', becomes: '--workers {}' },
  {
    names: ['-k', '--worker-class'],
    of: GUNICORN,
    value: 'KIND',
    when: /^(gthread|thread)$/,
    becomes: '',
    why: 'threads are what --threads says, and need no other class',
  },
  {
    names: ['-k', '--worker-class'],
    of: GUNICORN,
    value: 'KIND',
    when: /uvicorn|asgi|hypercorn/i,
    becomes: '',
    why: 'ASGI applications are known as such, and run on an event loop',
  },
  {
    names: ['-k', '--worker-class'],
    of: GUNICORN,
    value: 'KIND',
    when: /eventlet|gevent_|ggevent|GeventWorker/,
    becomes: '--worker-class gevent',
  },
  { names: ['--gevent'], of: UWSGI, value: 'COUNT', becomes: '--worker-class gevent --worker-connections {}' },
  { names: ['--lazy-apps', '--lazy'], of: UWSGI, becomes: '--no-preload' },
  { names: ['--limit-concurrency'], of: UVICORN, value: 'COUNT', becomes: '--worker-connections {}' },
  { names: ['--limit-max-requests'], of: UVICORN, value: 'COUNT', becomes: '--max-requests {}' },
  { names: ['--harakiri'], of: UWSGI, value: 'SECONDS', becomes: '--timeout {}' },
  {
    names: ['--timeout-keep-alive', '--keepalive', '--http-keepalive'],
    of: `${UVICORN} and ${GUNICORN}`,
    value: 'SECONDS',
    becomes: '--keep-alive {}',
  },
  { names: ['--timeout-graceful-shutdown'], of: UVICORN, value: 'SECONDS', becomes: '--graceful-timeout {}' },
  { names: ['--reload-on-rss', '--evil-reload-on-rss'], of: UWSGI, value: 'MEGABYTES', becomes: '--max-memory {}' },
  { names: ['--reload-extra-file'], of: GUNICORN, value: 'FILE', becomes: '--reload-include {}' },
  { names: ['--py-autoreload', '--python-autoreload'], of: UWSGI, value: 'SECONDS', becomes: '--reload' },
  { names: ['--check-config'], of: GUNICORN, becomes: '--check' },
  { names: ['--asgi-loop'], of: GUNICORN, value: 'NAME', becomes: '--loop {}' },
  { names: ['--asgi-lifespan'], of: GUNICORN, value: 'MODE', becomes: '--lifespan {}' },
  { names: ['--websocket-max-message-size'], of: GUNICORN, value: 'BYTES', becomes: '--ws-max-size {}' },

  {
    names: ['--pid', '--pidfile', '--pidfile2'],
    of: `${GUNICORN} and ${UWSGI}`,
    value: 'FILE',
    becomes: '--pid-file {}',
  },
  { names: ['--uid'], of: UWSGI, value: 'NAME', becomes: '--user {}' },
  { names: ['--gid'], of: UWSGI, value: 'NAME', becomes: '--group {}' },
  { names: ['--ssl-certfile'], of: UVICORN, value: 'FILE', becomes: '--certfile {}' },
  { names: ['--ssl-keyfile'], of: UVICORN, value: 'FILE', becomes: '--keyfile {}' },
  { names: ['--cert'], of: FLASK, value: 'FILE', becomes: '--certfile {}' },
  { names: ['--key'], of: FLASK, value: 'FILE', becomes: '--keyfile {}' },
  { names: ['--static-map'], of: UWSGI, value: 'URL=FOLDER', becomes: '--static {}' },

  { names: ['--access-logfile'], of: GUNICORN, value: 'FILE', becomes: '--access-log {}' },
  { names: ['--access-logformat'], of: GUNICORN, value: 'FORMAT', becomes: '--access-log-format {}' },
  {
    names: ['--error-logfile', '--errorlog', '--logto', '--logto2'],
    of: `${GUNICORN} and ${UWSGI}`,
    value: 'FILE',
    becomes: '--log-file {}',
  },
  {
    names: ['--daemonize', '-d'],
    of: UWSGI,
    value: 'FILE',
    becomes: '--log-file {}',
    why: 'the server stays in the foreground: have systemd start it, or put & behind the command',
  },
  {
    names: ['--daemon', '-D'],
    of: GUNICORN,
    becomes: '',
    why: 'the server stays in the foreground: have systemd start it, or put & behind the command',
  },

  { names: ['-c', '--config'], of: GUNICORN, value: 'FILE', becomes: '', why: NO_FILE },
  { names: ['--ini', '--yaml', '--yml', '--xml', '--json'], of: UWSGI, value: 'FILE', becomes: '', why: NO_FILE },
  {
    names: ['--emperor'],
    of: UWSGI,
    value: 'FOLDER',
    becomes: '',
    why: 'one server is one site: have systemd start each',
  },
  { names: ['--http'], of: UVICORN, value: 'NAME', becomes: '', why: "HTTP is Portico's own" },
  { names: ['--ws'], of: UVICORN, value: 'NAME', becomes: '', why: "WebSockets are Portico's own" },
  {
    names: ['--name', '-n', '--procname'],
    of: GUNICORN,
    value: 'NAME',
    becomes: '',
    why: 'ps shows "portico serve" with the name of the application',
  },
  {
    names: ['--worker-tmp-dir'],
    of: GUNICORN,
    value: 'FOLDER',
    becomes: '',
    why: 'workers write no files to show that they live',
  },
  { names: ['--buffer-size'], of: UWSGI, value: 'BYTES', becomes: '', why: HEAD_BYTES },
  // Sizes that people write: other numbers may be ports.
  { names: ['-b'], of: UWSGI, value: 'BYTES', when: /^(?:16384|32768|6553[56])$/, becomes: '', why: HEAD_BYTES },
  { names: ['--plugin', '--plugins'], of: UWSGI, value: 'NAME', becomes: '', why: 'there are no plugins' },
  { names: ['--reload-engine'], of: GUNICORN, value: 'NAME', becomes: '', why: 'the kernel tells of changes' },
  {
    names: [
      '--master',
      '-M',
      '--enable-threads',
      '--single-interpreter',
      '--need-app',
      '--thunder-lock',
      '--vacuum',
      '--die-on-term',
      '--strict',
      '--no-orphans',
    ],
    of: UWSGI,
    becomes: '',
    why: BY_ITSELF,
  },
  {
    names: [
      '--reuse-port',
      '--capture-output',
      '--enable-stdio-inheritance',
      '-R',
      '--initgroups',
      '--do-handshake-on-connect',
      '--suppress-ragged-eofs',
    ],
    of: GUNICORN,
    becomes: '',
    why: BY_ITSELF,
  },
  {
    names: ['--proxy-headers', '--no-access-log', '--use-colors', '--no-use-colors'],
    of: UVICORN,
    becomes: '',
    why: BY_ITSELF,
  },
  {
    names: ['--log-config'],
    of: `${UVICORN} and ${GUNICORN}`,
    value: 'FILE',
    becomes: '',
    why: LOGGING,
  },
  ...GUNICORN_HABITS,
  { names: ['--with-threads'], of: FLASK, becomes: '', why: 'threads are what --threads says' },
];

/** First words that are no commands here, and the flags of `portico serve` that mean the same. */
export const FOREIGN_COMMANDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['gunicorn', []],
  ['uwsgi', []],
  ['waitress-serve', []],
  ['granian', []],
  ['run', []],
  ['start', []],
  ['dev', ['--reload']],
  ['runserver', ['--reload']],
]);
/** Words that stand before those, as in `portico flask run`. */
export const FOREIGN_PROGRAMS: ReadonlySet<string> = new Set([
  'flask',
  'fastapi',
  'django',
  'manage.py',
  'python',
  'python3',
]);
