/** What gunicorn has for logs, one row each. */

import type { Outcome } from '../../kernel/outcome.ts';
import type { AccessFormat } from '../access-format/access-format.ts';
import { checkAccessFormat } from '../access-format/parse-access-format.ts';
import { LOGGING } from '../gunicorn-habits.ts';
import { parseText } from '../setting-values.ts';
import type { Option } from './option.ts';
import { meaningless, setting, unsupported } from './option.ts';
import { readLogLevel } from './option-values.ts';

const SYSLOG = 'standard error is taken by journald, or by a pipe to logger';
const STATSD = 'there is no statsd here. The access log has every request with its status and times';

export const GUNICORN_LOG_OPTIONS: readonly Option[] = [
  {
    names: ['--access-logfile'],
    value: 'FILE',
    doc: 'A file for a line for each request; - is standard output.',
    fallbackText: 'off',
    treatment: setting(parseText, (accessLog) => ({ accessLog })),
  },
  {
    names: ['--access-logformat'],
    value: 'STRING',
    doc: 'Its format, in the atoms of gunicorn.',
    fallbackText: 'combined',
    treatment: setting(readAccessFormat, (accessLogFormat) => ({ accessLogFormat })),
  },
  {
    names: ['--error-logfile', '--log-file'],
    value: 'FILE',
    doc: 'A file for the log; - is standard error.',
    fallbackText: '-',
    treatment: setting(parseText, (path) => ({ logFile: path === '-' ? '' : path })),
  },
  {
    names: ['--log-level'],
    value: 'LEVEL',
    doc: 'The least that is logged.',
    fallbackText: 'info',
    treatment: setting(readLogLevel, (logLevel) => ({ logLevel })),
  },
  {
    names: ['--capture-output'],
    doc: 'What the application prints.',
    treatment: meaningless('what the application prints is always in the log'),
  },
  { names: ['--logger-class'], value: 'STRING', doc: 'Logging in Python.', treatment: unsupported(LOGGING) },
  { names: ['--log-config'], value: 'FILE', doc: 'Logging in Python.', treatment: unsupported(LOGGING) },
  { names: ['--log-config-json'], value: 'FILE', doc: 'Logging in Python.', treatment: unsupported(LOGGING) },
  { names: ['--log-syslog'], doc: 'Syslog.', treatment: unsupported(SYSLOG) },
  { names: ['--log-syslog-to'], value: 'SYSLOG_ADDR', doc: 'Syslog.', treatment: unsupported(SYSLOG) },
  { names: ['--log-syslog-prefix'], value: 'SYSLOG_PREFIX', doc: 'Syslog.', treatment: unsupported(SYSLOG) },
  { names: ['--log-syslog-facility'], value: 'SYSLOG_FACILITY', doc: 'Syslog.', treatment: unsupported(SYSLOG) },
  { names: ['--disable-redirect-access-to-syslog'], doc: 'Syslog.', treatment: meaningless(SYSLOG) },
  { names: ['--statsd-host'], value: 'STATSD_ADDR', doc: 'Statsd.', treatment: unsupported(STATSD) },
  { names: ['--statsd-prefix'], value: 'STATSD_PREFIX', doc: 'Statsd.', treatment: unsupported(STATSD) },
  { names: ['--dogstatsd-tags'], value: 'DOGSTATSD_TAGS', doc: 'Statsd.', treatment: unsupported(STATSD) },
  { names: ['--enable-backlog-metric'], doc: 'Statsd.', treatment: unsupported(STATSD) },
];

function readAccessFormat(text: string): Outcome<AccessFormat> {
  return checkAccessFormat({ words: 'gunicorn', text });
}
