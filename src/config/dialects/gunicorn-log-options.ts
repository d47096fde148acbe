/** What gunicorn has for logs, one row each. */

import type { Outcome } from '../../kernel/outcome.ts';
import { success } from '../../kernel/outcome.ts';
import type { AccessFormat } from '../access-format/access-format.ts';
import { checkAccessFormat } from '../access-format/parse-access-format.ts';
import { parseText } from '../setting-values.ts';
import type { Option, Treatment } from './option.ts';
import { meaningless, setting, unsupported } from './option.ts';
import { readBoolean, readLogLevel } from './option-values.ts';

/** Those of gunicorn itself. */
const DEFAULT_LOGGERS: ReadonlySet<string> = new Set([
  'gunicorn.glogging.Logger',
  'simple',
  'egg:gunicorn#simple',
  'gunicorn.instrument.statsd.Statsd',
  '',
]);

/** Obeyed in Python. */
const FOR_PYTHON: Treatment = { kind: 'setting', read: () => success({}) };
/** The same, and lines of the access log are its as well. */
const IN_PYTHON: Treatment = { kind: 'setting', read: () => success({ logsInPython: true }) };

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
  {
    names: ['--logger-class'],
    value: 'STRING',
    doc: 'The class of server.log and worker.log, which writes the lines of the access log as well.',
    fallbackText: 'gunicorn.glogging.Logger',
    treatment: setting(parseText, (name) => (DEFAULT_LOGGERS.has(name) ? {} : { logsInPython: true })),
  },
  { names: ['--log-config'], value: 'FILE', doc: "Python's loggers, as an ini file has them.", treatment: IN_PYTHON },
  {
    names: ['--log-config-json'],
    value: 'FILE',
    doc: "Python's loggers, as a JSON file has them.",
    treatment: IN_PYTHON,
  },
  {
    names: [],
    key: 'logconfig_dict',
    value: 'DICT',
    doc: "Python's loggers, as a dictionary.",
    treatment: setting(parseText, (text) => (text === '{}' ? {} : { logsInPython: true })),
  },
  {
    names: ['--log-syslog'],
    doc: 'What server.log and worker.log write goes to syslog, and the access log.',
    treatment: setting(readBoolean, (logsToSyslog) => ({ logsToSyslog })),
  },
  {
    names: ['--log-syslog-to'],
    value: 'SYSLOG_ADDR',
    doc: 'Where syslog is: unix://PATH, udp://HOST:PORT or tcp://HOST:PORT.',
    treatment: FOR_PYTHON,
  },
  {
    names: ['--log-syslog-prefix'],
    value: 'SYSLOG_PREFIX',
    doc: 'The beginning of lines there.',
    treatment: FOR_PYTHON,
  },
  { names: ['--log-syslog-facility'], value: 'SYSLOG_FACILITY', doc: 'Their facility.', treatment: FOR_PYTHON },
  {
    names: ['--disable-redirect-access-to-syslog'],
    doc: 'The access log does not go to syslog.',
    treatment: setting(readBoolean, (keepsAccessLog) => ({ keepsAccessLog })),
  },
  {
    names: ['--statsd-host'],
    value: 'STATSD_ADDR',
    doc: 'Where requests are counted: HOST:PORT, or unix://PATH.',
    treatment: FOR_PYTHON,
  },
  {
    names: ['--statsd-prefix'],
    value: 'STATSD_PREFIX',
    doc: 'The beginning of the names there.',
    treatment: FOR_PYTHON,
  },
  {
    names: ['--dogstatsd-tags'],
    value: 'DOGSTATSD_TAGS',
    doc: 'Tags of each, separated by commas.',
    treatment: FOR_PYTHON,
  },
  {
    names: ['--enable-backlog-metric'],
    doc: 'The length of the queue of connections is counted.',
    treatment: unsupported('leave it out: portico status shows what waits'),
  },
];

function readAccessFormat(text: string): Outcome<AccessFormat> {
  return checkAccessFormat({ words: 'gunicorn', text });
}
