// Commands of gunicorn from tutorials and Dockerfiles, with `portico` in front, and a project as `django-admin startproject` makes it.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { before, test } from 'node:test';
import { makeFolder, PORTICO, Server, START_MS } from '../integration/server.ts';
import { PYTHON } from './example.ts';

const PROJECT = 'myproject';
/** In place of the port of the command, which may be in use. */
const ADDRESS = '127.0.0.1:0';

let folder = '';
before(() => {
  folder = makeFolder();
  execFileSync(PYTHON, ['-m', 'django', 'startproject', PROJECT, folder], { stdio: 'pipe' });
});

const COMMANDS: readonly (readonly [what: string, command: readonly string[], more: string])[] = [
  ['of a tutorial', ['gunicorn', 'myproject.wsgi:application'], `--bind ${ADDRESS}`],
  ['with an address', ['gunicorn', 'myproject.wsgi:application', '--bind', ADDRESS], ''],
  ['with workers and threads', ['gunicorn', 'myproject.wsgi', '-b', ADDRESS, '-w', '2', '--threads', '2'], ''],
  [
    'of a container',
    [
      'gunicorn',
      '--bind',
      ADDRESS,
      '--worker-tmp-dir',
      '/dev/shm',
      '--log-file',
      '-',
      '--access-logfile',
      '-',
      'myproject.wsgi:application',
    ],
    '',
  ],
  ['for ASGI', ['gunicorn', 'myproject.asgi:application', '-k', 'uvicorn.workers.UvicornWorker', '-b', ADDRESS], ''],
];

for (const [what, command, more] of COMMANDS) {
  test(`a command ${what} serves Django`, async () => {
    const { PATH, HOME } = process.env;
    const env = {
      PATH,
      HOME,
      TMPDIR: folder,
      PORTICO_EDGE_THREADS: '1',
      PORTICO_PYTHON: PYTHON,
      GUNICORN_CMD_ARGS: more,
    };
    const stdio = ['ignore', 'pipe', 'pipe'] as const;
    await using server = new Server(
      spawn(PORTICO, [...command], { cwd: folder, env, stdio: [...stdio] }),
      makeFolder(),
    );
    await server.logged(/is ready \(/, START_MS);
    const page = await fetch(`http://localhost:${server.port}/`);
    assert.match(await page.text(), /The install worked successfully/);
  });
}
