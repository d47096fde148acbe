// portico status, reload, stop, scale and logs: by the control socket of a running server.

import assert from 'node:assert/strict';
import { lstatSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { portico } from './commands.ts';
import { launch, makeFolder, serve } from './server.ts';
import { until } from './waiting.ts';

const app = (answer: string): string =>
  `def application(environ, start):\n    print('asked', flush=True)\n    start('200 OK', [])\n    return [b'${answer}']\n`;

const sockets = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith('.sock'));

test('status shows the one server of the folder, and that none runs when it has stopped', async () => {
  await using server = await serve({ app: app('one'), args: ['--workers', '2'] });
  const [socket = ''] = sockets(server.folder);
  assert.equal(socket, `${server.pid}.sock`);
  assert.equal(lstatSync(join(server.folder, socket)).mode & 0o777, 0o600);
  const shown = await portico(server.folder, ['status']);
  assert.equal(shown.code, 0, shown.error);
  assert.match(shown.out, new RegExp(`portico serve app:application, process ${server.pid}, Portico `));
  assert.match(shown.out, /ready, since .*\n/);
  assert.match(shown.out, new RegExp(`http://127\\.0\\.0\\.1:${server.port}`));
  assert.match(shown.out, /WSGI, Python 3\.\d+\.\d+; 2 of 2 workers ready/);
  const { pid, apps } = JSON.parse((await portico(server.folder, ['status', '--json'])).out) as {
    readonly pid: number;
    readonly apps: readonly { readonly workersReady: number }[];
  };
  assert.deepEqual([pid, apps[0]?.workersReady], [server.pid, 2]);
  const stopped = await portico(server.folder, ['stop']);
  assert.deepEqual([stopped.code, stopped.out], [0, `portico stop: process ${server.pid} has stopped.\n`]);
  assert.equal(await server.exit, 0);
  assert.deepEqual(sockets(server.folder), []);
  const none = await portico(server.folder, ['status']);
  assert.equal(none.code, 3);
  assert.match(none.error, /no server of this user runs/);
});

test('a server that was killed is told of as such, and its socket is removed by the next', async () => {
  const folder = makeFolder();
  await using killed = await serve({ app: app('one'), folder });
  killed.signal('SIGKILL');
  await killed.exit;
  const said = await portico(folder, ['status']);
  assert.equal(said.code, 3);
  assert.match(said.error, /no server of this user runs; one has left its socket when it was killed/);
  assert.equal((await portico(folder, ['status', '--pid', String(killed.pid)])).code, 3);
  await using next = await serve({ app: app('two'), folder });
  assert.deepEqual(sockets(folder), [`${next.pid}.sock`]);
  assert.equal((await portico(folder, ['status'])).code, 0);
});

test('of several servers one is to be named', async () => {
  const folder = makeFolder();
  await using one = await serve({ app: app('one'), folder, args: ['--pid-file', 'pid'] });
  await using other = await serve({ app: app('one'), folder });
  const asked = await portico(folder, ['stop']);
  assert.equal(asked.code, 2);
  assert.match(asked.error, new RegExp(`which server\\? Several run: .*${one.pid} portico serve`));
  assert.match(asked.error, new RegExp(`${other.pid} portico serve`));
  for (const name of [
    ['--pid', String(other.pid)],
    ['--socket', join(folder, `${other.pid}.sock`)],
  ]) {
    assert.match((await portico(folder, ['status', ...name])).out, new RegExp(`process ${other.pid},`));
  }
  assert.match((await portico(folder, ['status', '-p', join(folder, 'pid')])).out, new RegExp(`process ${one.pid},`));
});

test('reload shows the traceback of what cannot be loaded, and status remembers it', async () => {
  await using server = await serve({ app: app('one') });
  writeFileSync(join(server.folder, 'app.py'), 'import nothing_of_the_sort\n');
  const failed = await portico(server.folder, ['reload']);
  assert.equal(failed.code, 1);
  assert.match(failed.error, /the application cannot be loaded, and the version before it serves on\.\n/);
  assert.match(failed.error, /app\.py", line 1, in <module>/);
  assert.match(failed.error, /ModuleNotFoundError: No module named 'nothing_of_the_sort'/);
  assert.match((await portico(server.folder, ['status'])).out, /last reload +failed after .*nothing_of_the_sort/);
  const { result } = JSON.parse((await portico(server.folder, ['reload', '--json'])).out) as { result: string };
  assert.equal(result, 'failed');
  writeFileSync(join(server.folder, 'app.py'), app('two'));
  const done = await portico(server.folder, ['reload']);
  assert.deepEqual([done.code, done.out], [0, 'portico reload: the new version serves.\n']);
  assert.equal((await server.ask('/')).body, 'two');
  assert.match((await portico(server.folder, ['status'])).out, /last reload +done after /);
});

test('scale waits until so many workers serve', async () => {
  await using server = await serve({ app: app('one') });
  const more = await portico(server.folder, ['scale', '3']);
  assert.deepEqual([more.code, more.out], [0, 'portico scale: 3 workers serve (before: 1).\n']);
  assert.equal(server.workerPids.length, 3);
  assert.equal((await portico(server.folder, ['scale', '3'])).out, 'portico scale: 3 workers serve.\n');
  assert.equal((await portico(server.folder, ['scale', '1', '--app', 'site'])).code, 0);
  await until('the others have ended', () => server.workerPids.length === 1);
  for (const [args, code, words] of [
    [['scale', '9999'], 1, /there is room for \d+ workers at the most/],
    [['scale', '0'], 2, /is no number of workers/],
    [['scale'], 2, /says what can be written/],
    [['scale', '2', '--app', 'other'], 1, /there is no application other, but site/],
  ] as const) {
    const said = await portico(server.folder, args);
    assert.equal(said.code, code);
    assert.match(said.error, words);
  }
});

test('logs shows the last lines, wherever the log goes, and follows', async () => {
  await using server = await serve({ app: app('one'), args: ['--log-file', 'log'] });
  await server.ask('/');
  const { out } = await portico(server.folder, ['logs', '-n', '1']);
  assert.match(out, /^\S+ \S+ \S+ \[\d+\] OUTPUT w1: asked\n$/);
  const objects = await portico(server.folder, ['logs', '--json', '-n', '2']);
  assert.equal((JSON.parse(objects.out.trim().split('\n').at(-1) ?? '') as { message: string }).message, 'asked');
});

test('a server that stops ends what waits for it', async () => {
  await using server = launch({ app: `import time\ntime.sleep(60)\n` });
  await until('there is a socket', () => sockets(server.folder).length > 0);
  const reload = portico(server.folder, ['reload']);
  const scale = await portico(server.folder, ['scale', '2']);
  assert.match(scale.error, /the server is starting/);
  assert.equal((await portico(server.folder, ['stop', '--now'])).code, 0);
  const { code, error } = await reload;
  assert.equal(code, 1);
  assert.match(error, /it was given up|has ended meanwhile/);
});
