/** An application, as portico.toml has it. Its defaults are those of `portico serve`. */

import { resolve } from 'node:path';
import { failure, success } from '../../../kernel/outcome.ts';
import type { App, AppTimeouts, Recycling, WebSockets } from '../../model/app.ts';
import type { UrlFolder } from '../../model/folders.ts';
import type { Kind } from '../kind.ts';
import { describe } from '../kind.ts';
import { choice, DURATION, FLAG, integer, PATH, SIZE, scalar, TEXT } from '../scalars.ts';
import type { Fields } from '../table.ts';
import { field, list, record, required, table } from '../table.ts';

const TIMEOUTS: Fields<AppTimeouts> = {
  requestMs: field<number>(
    'request',
    DURATION,
    30_000,
    'A request that has been with a worker for so long is answered with 504.',
    'app',
  ),
  gracefulMs: field<number>('graceful', DURATION, 30_000, 'How long a worker may take to finish what it has.', 'app'),
  startMs: field<number>('start', DURATION, 60_000, 'How long the application may take to load.', 'app'),
  drainMs: field<number>(
    'drain',
    DURATION,
    0,
    'How long streams and WebSockets may go on in a worker that is replaced.',
    'app',
  ),
};

const RECYCLING: Fields<Recycling> = {
  requestsMax: field<number>('requests', integer(0), 0, 'Replace a worker after so many requests; 0: never.', 'app'),
  requestsJitter: field<number>(
    'requests-jitter',
    integer(0),
    0,
    'A number up to this is added to it by chance.',
    'app',
  ),
  ageMsMax: field<number>('age', DURATION, 0, 'Replace a worker after so long.', 'app'),
  memoryBytesMax: field<number>('memory', SIZE, 0, 'Replace a worker that uses more.', 'app'),
};

const QUEUE: Fields<App['queue']> = {
  depthMax: field<number>('depth', integer(1), 2048, 'How many requests may wait for a worker.'),
  timeoutMs: field<number>('timeout', DURATION, 30_000, 'How long each of them may.'),
};

const WEB_SOCKETS: Fields<WebSockets> = {
  isOn: field<boolean>(
    'on',
    FLAG,
    true,
    'Handshakes of WebSockets are answered; otherwise they are requests like others.',
  ),
  messageBytesMax: field<number>('message-size', SIZE, 16 * 2 ** 20, 'The longest message of a client.'),
  messagesPerSecondMax: field<number>('message-rate', integer(0), 0, 'Messages of a client a second; 0: any number.'),
  pingIntervalMs: field<number>('ping', DURATION, 20_000, 'How often clients are pinged; 0: never.'),
  pingTimeoutMs: field<number>('ping-timeout', DURATION, 20_000, 'How long they may take to answer.'),
  deflates: field<boolean>('compress', FLAG, true, 'Agree to permessage-deflate.'),
};

const NAMED_FOLDER: Kind<UrlFolder> = scalar<UrlFolder>({
  words: '`/url/=/folder`, or `/folder`',
  schema: { type: 'string' },
  parse: (value, folder) => {
    const [, url = '', root] = typeof value === 'string' ? (/^(?:(\/[^=]*\/)=)?(.+)$/.exec(value) ?? []) : [];
    return root === undefined
      ? failure(`${describe(value)} is not a folder`)
      : success({ url, root: resolve(folder, root) });
  },
  render: ({ url, root }) => (url === '' ? root : `${url}=${root}`),
});

export const APP_FIELDS: Fields<Omit<App, 'id' | 'uwsgi' | 'gunicorn' | 'scaling'>> = {
  target: required<string>('module', TEXT, '', '`module:callable`, a module, or a path.'),
  interface: field<App['interface']>('interface', choice('auto', 'wsgi', 'asgi'), 'auto', 'How it is called.', 'app'),
  workers: field<number>('workers', integer(1), 1, 'How many processes run it.', 'app'),
  workersMin: field<number>(
    'workers-min',
    integer(0),
    0,
    'The least of them: as many run as there is work for. 0: always all.',
    'app',
  ),
  idleMs: field<number>(
    'idle',
    DURATION,
    0,
    'Without a request for so long they are let go, until there is one; 0: never.',
    'app',
  ),
  threads: field<number>('threads', integer(1), 1, 'How many threads each of them has (WSGI).', 'app'),
  workerConnections: field<number>(
    'worker-connections',
    integer(1),
    1000,
    'Requests and WebSockets that one worker runs at a time (ASGI, gevent).',
    'app',
  ),
  workerClass: field<App['workerClass']>(
    'worker-class',
    choice('sync', 'gevent'),
    'sync',
    'How a worker runs requests (WSGI).',
    'app',
  ),
  python: field<string>(
    'python',
    TEXT,
    '',
    "The Python to run it with, or its virtual environment; empty: the site's own.",
    'app',
  ),
  chdir: field<string>('folder', PATH, '', 'The folder it runs in.', 'app'),
  env: field<App['env']>('env', record(TEXT, 'a table: name = value'), {}, 'Environment variables.', 'app'),
  envFile: field<string>('env-file', PATH, '', 'A file of them.', 'app'),
  preload: field<App['preload']>(
    'preload',
    choice('auto', 'always', 'never'),
    'auto',
    'Load it once, and fork the workers.',
    'app',
  ),
  lifespan: field<App['lifespan']>('lifespan', choice('auto', 'on', 'off'), 'auto', "ASGI's lifespan.", 'app'),
  loop: field<App['loop']>('loop', choice('auto', 'asyncio', 'uvloop'), 'auto', 'The event loop (ASGI).', 'app'),
  rootPath: field<string>(
    'root-path',
    TEXT,
    '',
    'The path that requests have lost on their way to this server.',
    'app',
  ),
  timeouts: field<AppTimeouts>(
    'timeouts',
    table(TIMEOUTS),
    { requestMs: 30_000, gracefulMs: 30_000, startMs: 60_000, drainMs: 0 },
    'Times.',
    'app',
  ),
  recycling: field<Recycling>(
    'recycle',
    table(RECYCLING),
    { requestsMax: 0, requestsJitter: 0, ageMsMax: 0, memoryBytesMax: 0 },
    'When workers are replaced.',
    'app',
  ),
  queue: field<App['queue']>('queue', table(QUEUE), { depthMax: 2048, timeoutMs: 30_000 }, 'Requests that wait.'),
  webSockets: field<WebSockets>(
    'websockets',
    table(WEB_SOCKETS, { short: { name: 'on', isShort: (value) => typeof value === 'boolean' } }),
    {
      isOn: true,
      messageBytesMax: 16 * 2 ** 20,
      messagesPerSecondMax: 0,
      pingIntervalMs: 20_000,
      pingTimeoutMs: 20_000,
      deflates: true,
    },
    'WebSockets.',
  ),
  namedFolders: field<readonly UrlFolder[]>(
    'send-files-from',
    list(NAMED_FOLDER),
    [],
    'Folders whose files it may name in `X-Accel-Redirect` (`/url/=/folder`) or `X-Sendfile` (`/folder`).',
  ),
};

export const APP: Kind<Omit<App, 'id' | 'uwsgi' | 'gunicorn'>> = table(APP_FIELDS, {
  short: { name: 'module', isShort: (value) => typeof value === 'string' },
});
