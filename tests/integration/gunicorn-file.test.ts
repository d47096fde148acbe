// A gunicorn.conf.py, as people have them: evaluated by the site's Python, obeyed, read again at a reload, and told of when it is wrong.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { makeFolder, PORTICO, Server, START_MS } from './server.ts';
import { until } from './waiting.ts';

const SHOP = `
import os

def application(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [f"{os.environ.get('STAGE')} {os.getuid()} {environ['wsgi.multithread']}".encode()]
`;

type Files = Readonly<Record<string, string>>;

function site(files: Files): string {
  const folder = makeFolder();
  for (const [path, text] of Object.entries({ 'shop.py': SHOP, ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

function variables(folder: string, more: Files = {}): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, TMPDIR: folder, PORTICO_EDGE_THREADS: '1', ...more };
}

async function start(folder: string, args: readonly string[], env: Files = {}): Promise<Server> {
  const stdio = ['ignore', 'pipe', 'pipe'] as const;
  const child = spawn(PORTICO, ['gunicorn', ...args], { cwd: folder, env: variables(folder, env), stdio: [...stdio] });
  const server = new Server(child, folder);
  await server.logged(/is ready \(/, START_MS);
  return server;
}

function run(folder: string, args: readonly string[], env: Files = {}) {
  const all = { cwd: folder, env: variables(folder, env), encoding: 'utf8', timeout: START_MS } as const;
  const { status, stdout, stderr } = spawnSync(PORTICO, ['gunicorn', ...args], all);
  return { status, stdout, stderr };
}

test('the file of the folder is obeyed, whatever Python it is written in, and the command line wins', async () => {
  const folder = site({
    'defaults.py': "STAGE = 'live'\n",
    'gunicorn.conf.py': `
import multiprocessing
import os
from defaults import STAGE

print('the file may print')
bind = [f"127.0.0.1:{os.environ['SHOP_PORT']}"]
workers = min(multiprocessing.cpu_count() * 2 + 1, 3)
threads = 8
raw_env = ['STAGE=' + STAGE]
wsgi_app = 'shop:application'
loglevel = 'info'
accesslog = '-'

def post_fork(server, worker):
    pass
`,
  });
  await using server = await start(folder, ['-w', '2', '--threads', '2'], { SHOP_PORT: '0' });
  assert.match(server.log, /workers: 2, 2 threads each/);
  assert.match(server.log, /^the file may print$/m);
  const { body } = await server.ask('/');
  assert.equal(body, `live ${process.getuid?.()} True`);
});

test('HUP reads the file again; one that cannot be evaluated leaves everything as it was', async () => {
  const text = (workers: string) => `bind = '127.0.0.1:0'\nworkers = ${workers}\nraw_env = ['STAGE=${workers}']\n`;
  const folder = site({ 'conf/app.py': text('1') });
  await using server = await start(folder, ['-c', 'conf/app.py', 'shop:application']);
  assert.match((await server.ask('/')).body, /^1 /);
  writeFileSync(join(folder, 'conf/app.py'), text('2'));
  server.signal('SIGHUP');
  await server.logged(/the new configuration is served/);
  await until('there are two workers', () => server.workerPids.length === 2);
  assert.match((await server.ask('/')).body, /^2 /);
  writeFileSync(join(folder, 'conf/app.py'), `${text('3')}oops\n`);
  server.signal('SIGHUP');
  await server.logged(/the configuration file cannot be evaluated: NameError: name 'oops' is not defined/);
  assert.match((await server.ask('/')).body, /^2 /);
});

test('a module is a configuration as well, and GUNICORN_CMD_ARGS may name it', async () => {
  const folder = site({ 'conf/__init__.py': '', 'conf/live.py': "bind = '127.0.0.1:0'\nraw_env = ['STAGE=module']\n" });
  await using server = await start(folder, ['shop:application'], { GUNICORN_CMD_ARGS: '-c python:conf.live' });
  assert.match((await server.ask('/')).body, /^module /);
});

test('what is wrong is told with its place, and the exit code is 1; on the command line it is 2', () => {
  const said = (text: string, args: readonly string[] = ['shop:application']) =>
    run(site({ 'gunicorn.conf.py': text }), args);
  const raised = said('import os\n\ndef value():\n    return 1 / 0\n\nworkers = value()\n');
  assert.equal(raised.status, 1);
  assert.match(
    raised.stderr,
    /gunicorn\.conf\.py", line 6, in <module>\n.*\n(?:.*\n)?.*gunicorn\.conf\.py", line 4, in value/,
  );
  assert.match(
    raised.stderr,
    /^Error: the configuration file cannot be evaluated: ZeroDivisionError: division by zero\.$/m,
  );
  assert.doesNotMatch(raised.stderr, /read_config|importlib/);
  const invalid = said("import os\nworkers = 'many'\nworker_clas = 'sync'\n");
  assert.equal(invalid.status, 1);
  assert.match(invalid.stderr, /gunicorn\.conf\.py:2:1: workers: a number from 0 on is expected, and this is "many"/);
  assert.match(invalid.stderr, /warning: \S+gunicorn\.conf\.py:3:1: worker_clas: .*Did you mean worker_class\?/);
  assert.equal(said('import sys; sys.exit(3)').status, 1);
  assert.match(said('syntax error').stderr, /gunicorn\.conf\.py", line 1[\s\S]*SyntaxError/);
  assert.equal(said('', ['--nonsense', 'shop']).status, 2);
  const absent = run(site({}), ['-c', 'nowhere.py', 'shop']);
  assert.deepEqual([absent.status, /there is no file \S+nowhere\.py/.test(absent.stderr)], [1, true]);
});

test('--print-config shows every setting as gunicorn does', () => {
  const folder = site({ 'gunicorn.conf.py': "bind = 'unix:/run/a.sock'\ndef when_ready(server):\n    pass\n" });
  const { status, stdout } = run(folder, ['--print-config', '-w', '3', 'shop'], { FORWARDED_ALLOW_IPS: '*' });
  assert.equal(status, 0);
  const rows = new Map(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ += /, 2) as [string, string]),
  );
  assert.deepEqual(
    ['bind', 'workers', 'forwarded_allow_ips', 'when_ready', 'pidfile', 'reload', 'chdir'].map((name) =>
      rows.get(name),
    ),
    ["['unix:/run/a.sock']", '3', "['*']", '<when_ready()>', 'None', 'False', folder],
  );
});

const isRoot = process.getuid?.() === 0;

test('root has a file evaluated by the user that the server will be', {
  skip: !isRoot && 'only root can',
}, async () => {
  const folder = site({
    'gunicorn.conf.py': `
import os
with open('seen', 'w') as file:
    file.write(str(os.getuid()))
bind = '127.0.0.1:0'
user = 'nobody'
group = 65534
`,
  });
  chmodSync(folder, 0o755);
  chownSync(folder, 65_534, 65_534);
  await using server = await start(folder, ['shop:application']);
  assert.equal(readFileSync(join(folder, 'seen'), 'utf8'), '65534');
  assert.match((await server.ask('/')).body, / 65534 /);
});

test('root runs no file of others whose user it cannot see', { skip: !isRoot && 'only root can' }, () => {
  const folder = site({ 'gunicorn.conf.py': "import os\nuser = os.environ.get('X', 'nobody')\n" });
  chownSync(folder, 65_534, 65_534);
  const { status, stderr } = run(folder, ['shop:application']);
  assert.equal(status, 1);
  assert.match(stderr, /its "user" is computed, and others than root can change the file/);
});
