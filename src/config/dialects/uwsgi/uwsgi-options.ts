/** Options of uWSGI 2.0, one row each, its synonyms in it. */

import type { Option } from '../option.ts';
import { meaningless, setting, unsupported } from '../option.ts';
import { ADDRESS_OPTIONS } from './address-options.ts';
import { APPLICATION_OPTIONS } from './application-options.ts';
import { FILE_OPTIONS } from './file-options.ts';
import { LIFECYCLE_OPTIONS } from './lifecycle-options.ts';
import { LOG_OPTIONS } from './log-options.ts';
import { flag, row } from './option-row.ts';
import { OTHER_OPTIONS } from './other-options.ts';
import { PROCESS_OPTIONS } from './process-options.ts';
import { readMasterHook, readStatsAddress } from './uwsgi-values.ts';
import { WORKER_OPTIONS } from './worker-options.ts';

const OWN = 'it is always so here';

/** What needs no setting, and what is missing. */
const REST: readonly Option[] = [
  row('M master', undefined, 'A master process.', meaningless(`there is one: ${OWN}`)),
  row(
    'T enable-threads',
    undefined,
    'Threads of the application.',
    meaningless(`applications may start threads: ${OWN}`),
  ),
  row('i single-interpreter', undefined, 'One interpreter in a process.', meaningless(OWN)),
  row(
    'need-app',
    '[SWITCH]',
    'No start without an application.',
    meaningless(`a server whose application cannot be loaded does not start: ${OWN}`),
  ),
  row('vacuum', undefined, 'Sockets are removed at the end.', meaningless(OWN)),
  row('no-orphans', undefined, 'Workers end with their master.', meaningless(OWN)),
  row('strict', undefined, 'Unknown options are errors.', meaningless(OWN)),
  row(
    'thunder-lock',
    undefined,
    'One worker accepts at a time.',
    meaningless('workers do not accept connections here'),
  ),
  row('plugins plugin', 'NAMES', 'Plugins.', meaningless('Python and HTTP need none, and there are no others')),
  row(
    'post-buffering',
    'BYTES',
    'Bodies are read before the application runs.',
    meaningless(`bodies are taken in first: ${OWN}`),
  ),
  row('close-on-exec', undefined, 'Children do not get the sockets.', meaningless(OWN)),
  row(
    'offload-threads offload-thread',
    'COUNT',
    'Threads that send files.',
    meaningless('files are sent without workers'),
  ),
  row(
    'stats stats-server',
    'ADDRESS',
    'Where workers and requests are told of, as JSON.',
    setting(readStatsAddress, (stats) => ({ stats })),
  ),
  row(
    'stats-http',
    undefined,
    'It is an answer to HTTP requests.',
    flag((statsHttp) => ({ statsHttp })),
  ),
  row(
    'stats-minified stats-min',
    undefined,
    'Without spaces and ends of lines.',
    flag((statsMinified) => ({ statsMinified })),
  ),
  row(
    'stats-no-cores',
    undefined,
    'Without the threads of workers.',
    flag((statsNoCores) => ({ statsNoCores })),
  ),
  row(
    'hook-master-start',
    'ACTION',
    'That SIGTERM ends the server when requests are answered: unix_signal:15 gracefully_kill_them_all. No other command is run.',
    setting(readMasterHook, () => ({ termStops: 'gently' })),
  ),
  row(
    'emperor',
    'FOLDER',
    'A server for each file of a folder.',
    unsupported(
      'there is no emperor. Run one server for each file: a unit of systemd with %i in it, ExecStart=portico uwsgi --ini /etc/uwsgi/vassals/%i.ini',
    ),
  ),
];

export const UWSGI_OPTIONS: readonly Option[] = [
  ...ADDRESS_OPTIONS,
  ...APPLICATION_OPTIONS,
  ...WORKER_OPTIONS,
  ...LIFECYCLE_OPTIONS,
  ...FILE_OPTIONS,
  ...LOG_OPTIONS,
  ...PROCESS_OPTIONS,
  ...REST,
  ...OTHER_OPTIONS,
];
