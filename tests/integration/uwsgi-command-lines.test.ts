// Command lines and files of uWSGI start servers that behave as uWSGI would, behind nginx's uwsgi_pass as well.

import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { Client } from './client.ts';
import { findPort } from './free-port.ts';
import { makeFolder, PORTICO, Server } from './server.ts';
import { until } from './waiting.ts';

const NGINX = '/usr/sbin/nginx';
const START_MS = 30_000;
/** As uWSGI's own documentation has it. */
const FOOBAR = `
def application(env, start_response):
    start_response('200 OK', [('Content-Type', 'text/html')])
    return [b'Hello World']
`;
const SEEN = `
import json, os

def application(env, start_response):
    start_response('200 OK', [('Content-Type', 'application/json')])
    names = ('SCRIPT_NAME', 'PATH_INFO', 'REMOTE_ADDR', 'HTTP_X_FORWARDED_FOR')
    seen = {name: env.get(name) for name in names}
    return [json.dumps({**seen, 'cwd': os.getcwd(), 'stage': os.environ.get('STAGE')}).encode()]
app = application
`;

const fronts: ChildProcess[] = [];
after(async () => {
  for (const nginx of fronts) {
    const ended = once(nginx, 'exit');
    nginx.kill('SIGTERM');
    await ended;
  }
});

interface Site {
  readonly files: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly folder?: string;
}

async function uwsgi({ files, args, env = {}, folder = makeFolder() }: Site): Promise<Server> {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const { PATH, HOME } = process.env;
  const child = spawn(PORTICO, ['uwsgi', ...args], {
    cwd: folder,
    env: { PATH, HOME, TMPDIR: folder, PORTICO_CONTROL_SOCKET: folder, PORTICO_EDGE_THREADS: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const server = new Server(child, folder);
  await server.logged(/is ready \(/, START_MS);
  return server;
}

/** nginx with a `location /` of these words; the path of its socket. */
async function nginxBefore(location: string): Promise<string> {
  const folder = join(makeFolder(), 'nginx');
  mkdirSync(folder);
  const socket = join(folder, 'front.sock');
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const text = `
daemon off; master_process off; pid ${join(folder, 'nginx.pid')}; events {}
http {
  access_log off;
  ${paths.map((name) => `${name}_temp_path ${join(folder, name)};`).join(' ')}
  server { listen unix:${socket}; location / { include /etc/nginx/uwsgi_params; ${location} } }
}`;
  writeFileSync(join(folder, 'nginx.conf'), text);
  fronts.push(spawn(NGINX, ['-p', folder, '-e', join(folder, 'error.log'), '-c', join(folder, 'nginx.conf')]));
  await until('nginx is ready', () => existsSync(join(folder, 'nginx.pid')));
  return socket;
}

async function askNginx(path: string, target = '/'): Promise<string> {
  using client = await Client.open({ path });
  client.send(`GET ${target} HTTP/1.1\r\nHost: site.test\r\nConnection: close\r\n\r\n`);
  return (await client.read()).body;
}

function line(port: number, rest = ''): string[] {
  return `--http :${port} --wsgi-file foobar.py${rest}`.split(' ');
}

test('the command lines of the quickstart are answered by HTTP, and lines of requests are those of uWSGI', async () => {
  for (const rest of ['', ' --master --processes 4 --threads 2']) {
    await using server = await uwsgi({ files: { 'foobar.py': FOOBAR }, args: line(await findPort(), rest) });
    const { status, body } = await server.ask('/some?a=b');
    assert.deepEqual([status, body], [200, 'Hello World']);
    assert.equal(server.workerPids.length, rest === '' ? 1 : 4);
    await server.logged(
      /^\[pid: \d+\|app: -?\d+\|req: \d+\/\d+\] 127\.0\.0\.1 \(\) \{\d+ vars in \d+ bytes\} \[\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}\] GET \/some\?a=b => generated 11 bytes in \d+ msecs \(HTTP\/1\.1 200\) \d+ headers in \d+ bytes \(\d+ switches on core \d+\)$/m,
    );
  }
});

test('a file of options is a server behind nginx by uwsgi_pass', async () => {
  const port = await findPort();
  const folder = makeFolder();
  const text = `[uwsgi]
socket = 127.0.0.1:${port}
chdir = ${folder}/site/
wsgi-file = mysite/wsgi.py
processes = 4
threads = 2
env = STAGE=live
`;
  const files = { 'site/mysite/wsgi.py': SEEN, 'site.ini': text };
  await using server = await uwsgi({ files, args: ['site.ini'], folder });
  const front = await nginxBefore(`uwsgi_pass 127.0.0.1:${port};`);
  const seen = JSON.parse(await askNginx(front, '/a/b')) as Record<string, unknown>;
  assert.deepEqual([seen['PATH_INFO'], seen['stage']], ['/a/b', 'live']);
  assert.equal(seen['cwd'], join(folder, 'site'));
  assert.equal(server.workerPids.length, 4);
});

test('the same is said in YAML, JSON and XML, by variables, and by a section that inherits another', async () => {
  const files = {
    'foobar.py': FOOBAR,
    'a.yml': 'uwsgi:\n  http: 127.0.0.1:0\n  wsgi-file: foobar.py\n  processes: 2\n',
    'a.json': '{"uwsgi": {"http": "127.0.0.1:0", "wsgi-file": "foobar.py", "processes": 2}}',
    'a.xml': '<uwsgi><http>127.0.0.1:0</http><wsgi-file>foobar.py</wsgi-file><processes>2</processes></uwsgi>',
    'a.ini':
      '[uwsgi]\nini = :common\nprocesses = %(count)\n[common]\nset-placeholder = count=2\nhttp = $(ADDRESS)\nwsgi-file = %d/foobar.py\n',
  };
  const env = { ADDRESS: '127.0.0.1:0' };
  const variables = { UWSGI_HTTP: '127.0.0.1:0', UWSGI_WSGI_FILE: 'foobar.py', UWSGI_PROCESSES: '2' };
  for (const site of [
    { args: ['--yaml', 'a.yml'] },
    { args: ['a.json'] },
    { args: ['-x', 'a.xml'] },
    { args: ['--ini', 'a.ini'], env },
    { args: [], env: variables },
  ]) {
    await using server = await uwsgi({ files, ...site });
    assert.equal((await server.ask('/')).body, 'Hello World', site.args.join(' '));
    assert.equal(server.workerPids.length, 2);
  }
});

test('applications are below URLs, files are served, and what is missing is asked of the application', async () => {
  const files = {
    ...{ 'shop.py': SEEN, 'blog/wsgi.py': SEEN, 'assets/a.css': 'css', icon: 'icon', 'public/robots.txt': 'robots' },
  };
  const args = [
    '--http-socket',
    '127.0.0.1:0',
    '-w',
    'shop:app',
    '--manage-script-name',
    '--mount',
    '/blog=blog/wsgi.py',
  ];
  const more = ['--static-map', '/static=assets', '--static-map', '/favicon.ico=icon', '--check-static', 'public'];
  await using server = await uwsgi({ files, args: [...args, ...more, '--add-header', 'X-Served: yes'] });
  const seen = async (target: string) => JSON.parse((await server.ask(target)).body) as Record<string, string>;
  const places = await Promise.all(['/', '/blog', '/blog/x', '/blogs', '/static/none'].map(seen));
  assert.deepEqual(
    places.map(({ SCRIPT_NAME, PATH_INFO }) => `${SCRIPT_NAME} ${PATH_INFO}`),
    [' /', '/blog ', '/blog /x', ' /blogs', ' /static/none'],
  );
  const bodies = await Promise.all(
    ['/static/a.css', '/favicon.ico', '/robots.txt'].map(async (target) => (await server.ask(target)).body),
  );
  assert.deepEqual(bodies, ['css', 'icon', 'robots']);
  assert.equal((await server.ask('/static/a.css')).fields.get('x-served'), 'yes');
});

test('a Unix socket has the mode that is said, the log is in its file, and X-Forwarded-For in its lines', async () => {
  const args = ['-s', 'app.sock', '-C', '600', '--module', 'foobar', '--req-logger', 'file:requests.log'];
  const format = ['--log-format', '%(addr) "%(method) %(uri)" %(status) %(mine)', '--log-x-forwarded-for'];
  await using server = await uwsgi({
    files: { 'foobar.py': FOOBAR },
    args: [...args, ...format, '--http', '127.0.0.1:0', '--pidfile', 'server.pid', '--procname', 'shop'],
  });
  assert.equal(statSync(join(server.folder, 'app.sock')).mode & 0o777, 0o600);
  assert.equal(readFileSync(join(server.folder, 'server.pid'), 'utf8').trim(), String(server.pid));
  await server.ask('/x', { fields: 'X-Forwarded-For: 192.0.2.7\r\n' });
  const log = join(server.folder, 'requests.log');
  await until('the request is logged', () => readFileSync(log, 'utf8').includes('\n'));
  assert.equal(readFileSync(log, 'utf8'), '192.0.2.7 "GET /x" 200 -\n');
  const front = await nginxBefore(`uwsgi_pass unix:${join(server.folder, 'app.sock')};`);
  assert.equal(await askNginx(front), 'Hello World');
});

test('of requests that are not logged those are that went wrong', async () => {
  const app = FOOBAR.replace("'200 OK'", "env['PATH_INFO'][1:] + ' X'");
  await using server = await uwsgi({
    files: { 'foobar.py': app },
    args: ['--http', '127.0.0.1:0', '-w', 'foobar', '-L', '--log-5xx'],
  });
  for (const target of ['/200', '/404', '/503', '/200']) {
    await server.ask(target);
  }
  await server.logged(/GET \/503 =>/);
  assert.doesNotMatch(server.log, /GET \/(200|404) =>/);
});

test('a request that takes longer than --harakiri ends with its traceback', async () => {
  const app = `import time\n${FOOBAR.replace('    start_response', "    time.sleep(30) if env['PATH_INFO'] == '/slow' else None\n    start_response")}`;
  await using server = await uwsgi({
    files: { 'foobar.py': app },
    args: ['--http', '127.0.0.1:0', '--wsgi-file', 'foobar.py', '--harakiri', '1', '--threads', '2', '-M'],
  });
  const [slow, quick] = await Promise.all([server.ask('/slow'), server.ask('/')]);
  assert.deepEqual([slow.status, quick.status], [504, 200]);
  await server.logged(/foobar\.py", line \d+ in application/);
});

test('what is wrong in a file is told with its line, all at once, and the exit code is 2', async () => {
  const folder = makeFolder();
  writeFileSync(join(folder, 'a.ini'), '[uwsgi]\nhttp = :0\nmodul = a\nmodule = a\nroute = ^/x basicauth:a,b:c\n');
  const child = spawn(PORTICO, ['uwsgi', '--ini', 'a.ini'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const server = new Server(child, folder);
  assert.equal(await server.exit, 2);
  assert.match(server.log, /a\.ini:3:1: modul: uWSGI has no option "modul"\. Did you mean module\?/);
  assert.match(server.log, /a\.ini:5:1: route: .*"basicauth:a,b:c" is not supported/);
});

test('rules of routing lead elsewhere and refuse, in their order', async () => {
  const text = `[uwsgi]
http = 127.0.0.1:0
wsgi-file = foobar.py
route-if = startswith:\${PATH_INFO};/open last:
route = ^/secret break:403 Forbidden
route = ^/old/(.*)$ redirect-permanent:https://\${HTTP_HOST}/new/$1
route-user-agent = Bad break:404
`;
  await using server = await uwsgi({ files: { 'foobar.py': FOOBAR, 'a.ini': text }, args: ['a.ini'] });
  const answers = await Promise.all(['/', '/secret', '/old/x', '/open/secret'].map((target) => server.ask(target)));
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 403, 301, 200],
  );
  assert.equal(answers[2]?.fields.get('location'), 'https://site.test/new/x');
  assert.equal((await server.ask('/', { fields: 'User-Agent: Bad\r\n' })).status, 404);
});

test('the stats server of the command line tells of its workers', async () => {
  const stats = await findPort();
  const rest = ` --master --processes 4 --threads 2 --stats 127.0.0.1:${stats}`;
  await using server = await uwsgi({ files: { 'foobar.py': FOOBAR }, args: line(await findPort(), rest) });
  await server.ask('/');
  const told = JSON.parse(await text(connect(stats, '127.0.0.1'))) as { pid: number; workers: { cores: unknown[] }[] };
  assert.equal(told.pid, server.pid);
  assert.deepEqual(
    told.workers.map(({ cores }) => cores.length),
    [2, 2, 2, 2],
  );
});

test('a daemon leaves the terminal when it serves, with its log in the file, and ends by its pid file', async () => {
  const folder = makeFolder();
  const port = await findPort();
  writeFileSync(join(folder, 'foobar.py'), FOOBAR);
  const { PATH, HOME } = process.env;
  const args = [...line(port), '--daemonize', 'uwsgi.log', '--pidfile', 'uwsgi.pid'];
  const starter = spawn(PORTICO, ['uwsgi', ...args], {
    cwd: folder,
    env: { PATH, HOME, TMPDIR: folder, PORTICO_CONTROL_SOCKET: folder, PORTICO_EDGE_THREADS: '1' },
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  const [code] = (await once(starter, 'exit')) as [number];
  assert.equal(code, 0);
  const pid = Number(readFileSync(join(folder, 'uwsgi.pid'), 'utf8'));
  try {
    assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), 'Hello World');
    await until('the request is logged', () => readFileSync(join(folder, 'uwsgi.log'), 'utf8').includes('GET / =>'));
  } finally {
    process.kill(pid, 'SIGINT');
  }
  await until('the daemon has ended', () => !existsSync(`/proc/${pid}`));
});
