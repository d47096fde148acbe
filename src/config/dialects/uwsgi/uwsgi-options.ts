/** Options of uWSGI 2.0, one row each, its synonyms in it. */

import type { Outcome } from '../../../kernel/outcome.ts';
import { success } from '../../../kernel/outcome.ts';
import { parseAssignment, parseOctal, parseText, parseUrlFolder } from '../../setting-values.ts';
import type { Draft, Option, Treatment } from '../option.ts';
import { meaningless, setting, settingOfEach, unsupported } from '../option.ts';
import { readInteger, readSeconds, WORKERS_MAX } from '../option-values.ts';
import { OTHER_OPTIONS } from './other-options.ts';
import { readAddress, readSocketProtocol, told } from './uwsgi-values.ts';

const BACKLOG_MAX = 65_535;
const MEGABYTE = 1_048_576;
const OWN = 'it is always so here';

function row(names: string, value: string | undefined, doc: string, treatment: Treatment): Option {
  const all = names.split(' ').map((name) => (name.length === 1 ? `-${name}` : `--${name}`));
  return { names: all, ...(value === undefined ? {} : { value }), doc, treatment };
}

function each<T>(
  names: string,
  [value, doc]: readonly [string, string],
  [parse, draft]: readonly [(text: string) => Outcome<T>, (values: readonly T[]) => Draft],
): Option {
  return { ...row(names, value, doc, settingOfEach(parse, draft)), isRepeatable: true };
}

function flag(draft: (isOn: boolean) => Draft): Treatment {
  return { kind: 'setting', read: (texts) => success(draft(texts.at(-1) !== 'false')) };
}

const readWorkers = readInteger(1, WORKERS_MAX);
const readCount = readInteger(0);

export const UWSGI_OPTIONS: readonly Option[] = [
  each(
    'http httprouter http-socket http11-socket',
    ['ADDRESS', 'Where HTTP is spoken.'],
    [readAddress, (addresses) => ({ httpAddresses: addresses })],
  ),
  each(
    's socket uwsgi-socket',
    ['ADDRESS', 'Where the uwsgi protocol is spoken.'],
    [readAddress, (addresses) => ({ socketAddresses: addresses })],
  ),
  row(
    'protocol socket-protocol',
    'NAME',
    'What --socket speaks: uwsgi or http.',
    setting(readSocketProtocol, (socketProtocol) => ({ socketProtocol })),
  ),
  row(
    'l listen',
    'COUNT',
    'The length of the queue of connections.',
    setting(readInteger(1, BACKLOG_MAX), (backlog) => ({ backlog })),
  ),
  row(
    'w module wsgi',
    'MODULE',
    'The application: MODULE or MODULE:CALLABLE.',
    setting(parseText, (module) => ({ module })),
  ),
  row(
    'wsgi-file file',
    'FILE',
    'The application, in a file.',
    setting(parseText, (wsgiFile) => ({ wsgiFile })),
  ),
  row(
    'callable',
    'NAME',
    'Its name there.',
    setting(parseText, (callable) => ({ callable })),
  ),
  row(
    'mount',
    'URL=APP',
    'The application below a URL.',
    unsupported('applications below a URL are to come. Name one with --wsgi-file or --module, and leave the URL to it'),
  ),
  row(
    'manage-script-name',
    undefined,
    'SCRIPT_NAME follows --mount.',
    told('there is no --mount, so there is nothing to do'),
  ),
  row(
    'H home virtualenv venv pyhome',
    'FOLDER',
    'The virtual environment.',
    setting(parseText, (folder) => ({ python: `${folder}/bin/python` })),
  ),
  each(
    'pythonpath python-path pp',
    ['FOLDER', 'Where modules are found as well.'],
    [parseText, (pythonPaths) => ({ pythonPaths })],
  ),
  row(
    'chdir',
    'FOLDER',
    'The folder in which the application runs.',
    setting(parseText, (chdir) => ({ chdir })),
  ),
  each(
    'env',
    ['NAME=VALUE', 'A variable of the environment.'],
    [parseAssignment, (pairs) => ({ env: new Map(pairs) })],
  ),
  row(
    'p processes workers',
    'COUNT',
    'Worker processes.',
    setting(readWorkers, (workers) => ({ workers })),
  ),
  row(
    'threads',
    'COUNT',
    'Threads in each worker.',
    setting(readInteger(1, 1024), (threads) => ({ threads })),
  ),
  row(
    'gevent',
    'COUNT',
    'Greenlets in each worker.',
    setting(readInteger(1), (workerConnections) => ({ workerClass: 'gevent', workerConnections })),
  ),
  row(
    'lazy-apps lazy',
    undefined,
    'Each worker loads the application.',
    flag((isOn) => ({ preload: isOn ? 'never' : 'auto' })),
  ),
  row(
    't harakiri',
    'SECONDS',
    'The longest that a request may take.',
    setting(readSeconds(0), (timeoutMs) => ({ timeoutMs })),
  ),
  row(
    'worker-reload-mercy reload-mercy',
    'SECONDS',
    'How long a worker that is replaced may take to end.',
    setting(readSeconds(0), (gracefulTimeoutMs) => ({ gracefulTimeoutMs })),
  ),
  row(
    'R max-requests',
    'COUNT',
    'A worker is replaced after so many requests.',
    setting(readCount, (maxRequests) => ({ maxRequests })),
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
    setting(readCount, (count) => ({ memoryBytesMax: count * MEGABYTE })),
  ),
  row(
    'limit-post',
    'BYTES',
    'The largest body of a request.',
    setting(readCount, (bodyBytesMax) => ({ bodyBytesMax })),
  ),
  row(
    'b buffer-size',
    'BYTES',
    'The largest head of a request.',
    setting(readCount, () => ({ notes: ['the head of a request may have 32768 bytes here, whatever it says'] })),
  ),
  each('static-map', ['URL=FOLDER', 'Files below a URL.'], [parseUrlFolder, (staticFolders) => ({ staticFolders })]),
  row(
    'py-autoreload py-auto-reload python-autoreload python-auto-reload',
    'SECONDS',
    'Workers are replaced when a file changes.',
    setting(readCount, (seconds) => ({ reloadOnChange: seconds > 0 })),
  ),
  row(
    'pidfile safe-pidfile',
    'FILE',
    'Where the number of the process is written.',
    setting(parseText, (pidFile) => ({ pidFile })),
  ),
  row(
    'uid',
    'USER',
    'The user that the server becomes.',
    setting(parseText, (user) => ({ user })),
  ),
  row(
    'gid',
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
    'logto',
    'FILE',
    'The log.',
    setting(parseText, (logFile) => ({ logFile })),
  ),
  row(
    'L disable-logging',
    undefined,
    'Requests are not logged.',
    flag((isOn) => (isOn ? { accessLog: '' } : {})),
  ),
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
  row('die-on-term', undefined, 'SIGTERM ends the server.', meaningless(OWN)),
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
    'C chmod-socket chmod',
    '[MODE]',
    'The mode of Unix sockets.',
    told('the mode of a Unix socket follows the umask (--umask 000: everybody may connect)'),
  ),
  row(
    'stats stats-server',
    'ADDRESS',
    'Where the state is told.',
    told('nothing listens there, and uwsgitop has nothing to show'),
  ),
  row(
    'touch-reload',
    'FILE',
    'Workers are replaced when a file is touched.',
    told('nothing is watched. Send the server SIGHUP'),
  ),
  row(
    'd daemonize',
    'FILE',
    'Run in the background.',
    unsupported('leave it to a service manager, and say --logto for the file'),
  ),
  row(
    'https https-socket',
    'ADDRESS,CERT,KEY',
    'Where TLS is spoken.',
    unsupported('write PORTICO_CERTFILE and PORTICO_KEYFILE, and --http for the address'),
  ),
  ...OTHER_OPTIONS,
];
