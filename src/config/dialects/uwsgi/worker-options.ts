/** Options of uWSGI about workers: how many, how long, and as whom. */

import { parseOctal, parseText } from '../../setting-values.ts';
import type { Option } from '../option.ts';
import { setting } from '../option.ts';
import { readInteger, readSeconds, WORKERS_MAX } from '../option-values.ts';
import { row } from './option-row.ts';
import { readLogPath } from './uwsgi-values.ts';

const MEGABYTE = 1_048_576;
const THREADS_MAX = 1024;

export const WORKER_OPTIONS: readonly Option[] = [
  row(
    'p processes workers',
    'COUNT',
    'Worker processes; 1 if it is not said.',
    setting(readInteger(1, WORKERS_MAX), (workers) => ({ workers })),
  ),
  row(
    'threads',
    'COUNT',
    'Threads in each worker; 1 if it is not said.',
    setting(readInteger(1, THREADS_MAX), (threads) => ({ threads })),
  ),
  row(
    'gevent',
    'COUNT',
    'Greenlets in each worker.',
    setting(readInteger(1), (workerConnections) => ({ workerClass: 'gevent', workerConnections })),
  ),
  row(
    't harakiri http-harakiri',
    'SECONDS',
    'The longest that a request may take.',
    setting(readSeconds(0), (timeoutMs) => ({ timeoutMs })),
  ),
  row(
    'worker-reload-mercy reload-mercy',
    'SECONDS',
    'How long a worker that is replaced may take to end; 60 if it is not said.',
    setting(readSeconds(0), (gracefulTimeoutMs) => ({ gracefulTimeoutMs })),
  ),
  row(
    'R max-requests',
    'COUNT',
    'A worker is replaced after so many requests.',
    setting(readInteger(0), (maxRequests) => ({ maxRequests })),
  ),
  row(
    'max-requests-delta',
    'COUNT',
    'Up to so many more, by chance, so that workers are not replaced all at once.',
    setting(readInteger(0), (maxRequestsJitter) => ({ maxRequestsJitter })),
  ),
  row(
    'max-worker-lifetime',
    'SECONDS',
    'A worker is replaced after that time.',
    setting(readSeconds(0), (maxAgeMs) => ({ maxAgeMs })),
  ),
  row(
    'reload-on-rss evil-reload-on-rss',
    'MEGABYTES',
    'A worker is replaced that has more memory.',
    setting(readInteger(0), (count) => ({ memoryBytesMax: count * MEGABYTE })),
  ),
  row(
    'py-autoreload py-auto-reload python-autoreload python-auto-reload',
    'SECONDS',
    'Workers are replaced when a file changes.',
    setting(readInteger(0), (seconds) => ({ reloadOnChange: seconds > 0 })),
  ),
  row(
    'uid immediate-uid',
    'USER',
    'The user that the server becomes.',
    setting(parseText, (user) => ({ user })),
  ),
  row(
    'gid immediate-gid',
    'GROUP',
    'The group that the server becomes.',
    setting(parseText, (group) => ({ group })),
  ),
  row(
    'umask',
    'MODE',
    'The mask of the modes of files.',
    setting(parseOctal, (umask) => ({ umask })),
  ),
  row(
    'pidfile safe-pidfile pidfile2 safe-pidfile2',
    'FILE',
    'Where the number of the process is written.',
    setting(parseText, (pidFile) => ({ pidFile })),
  ),
  row(
    'd daemonize daemonize2',
    'FILE',
    'Run in the background, with the log in the file.',
    setting(readLogPath, (logFile) => ({ isDaemon: true, logFile })),
  ),
  row(
    'procname procname-master',
    'NAME',
    'What the list of processes shows of the server.',
    setting(parseText, (title) => ({ title })),
  ),
];
