/** Options of uWSGI about its logs. */

import { parseText } from '../../setting-values.ts';
import type { Option } from '../option.ts';
import { setting } from '../option.ts';
import { flag, row } from './option-row.ts';
import { readLogger, readLogPath } from './uwsgi-values.ts';

export const LOG_OPTIONS: readonly Option[] = [
  row(
    'logto logto2',
    'FILE',
    'The log, with the lines of requests.',
    setting(readLogPath, (logFile) => ({ logFile })),
  ),
  row(
    'logger log-socket worker-logger',
    'LOGGER',
    'The log: file:PATH or stdio.',
    setting(readLogger, (logger) =>
      logger.kind === 'file'
        ? { logFile: logger.path === '-' ? '' : logger.path }
        : { notes: ['the log goes to standard error, which journald, a container or a supervisor takes'] },
    ),
  ),
  row(
    'logger-req req-logger worker-logger-req',
    'LOGGER',
    'The lines of requests: file:PATH, rsyslog:HOST:PORT,NAME or stdio.',
    setting(readLogger, (requestLog) => ({
      requestLog,
      ...(requestLog.kind === 'journal'
        ? { notes: ['lines of requests go to standard output, which journald, a container or a supervisor takes'] }
        : {}),
    })),
  ),
  row(
    'log-format logformat',
    'FORMAT',
    "What a line of a request is, in names of uWSGI: %(method) %(uri) %(status). A name of the application's own is a dash.",
    setting(parseText, (lineFormat) => ({ lineFormat })),
  ),
  row(
    'L disable-logging',
    undefined,
    'Requests are not logged, but those of --log-4xx and --log-5xx.',
    flag((isUnlogged) => ({ isUnlogged })),
  ),
  row(
    'log-4xx',
    undefined,
    'Requests that are answered with 4xx are logged in any case.',
    flag((logs4xx) => ({ logs4xx })),
  ),
  row(
    'log-5xx',
    undefined,
    'Requests that are answered with 5xx are logged in any case.',
    flag((logs5xx) => ({ logs5xx })),
  ),
  row(
    'log-x-forwarded-for',
    undefined,
    'The address in a line is what X-Forwarded-For says.',
    flag((logsForwarded) => ({ logsForwarded })),
  ),
];
