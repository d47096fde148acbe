/** Options of gunicorn that have no counterpart here: what there is in their place. Further rows of the table of habits. */

import type { Habit } from './habit.ts';

type Row = Pick<Habit, 'names' | 'value' | 'when'> & { readonly why: string };

export const LOGGING = 'call logging.config in the application; --log-format json makes the log of the server JSON';
const SYSLOG = 'standard error is taken by journald, or by a pipe to logger';
const STATSD = 'there is no statsd here; the access log has every request with its status and times';
const HTTP1 = 'HTTP/1.1 is spoken';
export const NO_POOL = 'there is no pool for blocking work; take a task queue';

const ROWS: readonly Row[] = [
  {
    names: ['--paste', '--paster'],
    value: 'FILE',
    why: "name a module that says application = paste.deploy.loadapp('config:/srv/site/production.ini')",
  },
  { names: ['--paste-global'], value: 'KEY=VALUE', why: 'these are arguments of loadapp()' },
  { names: ['--print-config'], why: 'the summary at the start says what was decided' },
  { names: ['--spew'], why: 'python -m trace --trace shows the lines that run' },
  { names: ['--log-config-json'], value: 'FILE', why: LOGGING },
  { names: ['--logger-class'], value: 'CLASS', why: LOGGING },
  { names: ['--log-syslog', '--disable-redirect-access-to-syslog'], why: SYSLOG },
  { names: ['--log-syslog-to', '--log-syslog-prefix', '--log-syslog-facility'], value: 'TEXT', why: SYSLOG },
  { names: ['--statsd-host', '--statsd-prefix', '--dogstatsd-tags'], value: 'TEXT', why: STATSD },
  { names: ['--enable-backlog-metric'], why: STATSD },
  {
    names: ['--limit-request-line', '--limit-request-fields', '--limit-request-field_size'],
    value: 'NUMBER',
    why: 'a head may have 32 KB and 200 fields, its first line 8 KB',
  },
  { names: ['--http-parser'], value: 'NAME', why: "HTTP is Portico's own" },
  { names: ['--header-map'], value: 'MODE', why: 'names with an underscore never reach the application' },
  {
    names: [
      '--permit-obsolete-folding',
      '--permit-unconventional-http-method',
      '--permit-unconventional-http-version',
      '--strip-header-spaces',
      '--casefold-http-method',
    ],
    why: 'what is ambiguous is refused',
  },
  { names: ['--no-sendfile'], why: 'the edge sends the files' },
  {
    names: ['--forwarder-headers'],
    value: 'NAME,…',
    why: 'no field sets SCRIPT_NAME; --root-path says what the proxy takes away',
  },
  { names: ['--protocol'], value: 'NAME', why: 'HTTP is spoken; have nginx say proxy_pass, not uwsgi_pass' },
  { names: ['--uwsgi-allow-from'], value: 'IP,…', why: 'HTTP is spoken; have nginx say proxy_pass, not uwsgi_pass' },
  {
    names: ['--asgi-disconnect-grace-period'],
    value: 'SECONDS',
    why: 'an application is told that its client has gone, and not cancelled for it',
  },
  { names: ['--ssl-version'], value: 'VERSION', why: 'TLS 1.2 and 1.3 are spoken' },
  {
    names: [
      '--http-protocols',
      '--http2-cleartext',
      '--http2-max-concurrent-streams',
      '--http2-initial-window-size',
      '--http2-max-frame-size',
      '--http2-max-header-list-size',
    ],
    value: 'VALUE',
    why: HTTP1,
  },
  {
    names: ['--control-socket-mode'],
    value: 'VALUE',
    why: 'the control socket is for the user alone who has started the server',
  },
  { names: ['--no-control-socket'], why: '--control-socket off is the word for it' },
  {
    names: ['--dirty-app', '--dirty-workers', '--dirty-timeout', '--dirty-threads', '--dirty-graceful-timeout'],
    value: 'VALUE',
    why: NO_POOL,
  },
];

export const GUNICORN_HABITS: readonly Habit[] = ROWS.map((row) => ({ ...row, of: 'gunicorn', becomes: '' }));
