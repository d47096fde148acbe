// Django by the command lines and the file that uWSGI's documentation has, in front of it a browser or nginx's uwsgi_pass.

import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Client } from '../integration/client.ts';
import { findPort } from '../integration/free-port.ts';
import { makeFolder, PORTICO, Server } from '../integration/server.ts';
import { until } from '../integration/waiting.ts';
import { PYTHON } from './example.ts';

const START_MS = 30_000;
const EXAMPLE = join(import.meta.dirname, '../../examples/django');
const VIRTUALENV = join(PYTHON, '../..');

const fronts: ChildProcess[] = [];
after(async () => {
  for (const nginx of fronts) {
    const ended = once(nginx, 'exit');
    nginx.kill('SIGTERM');
    await ended;
  }
});

function newProject(): string {
  const folder = join(makeFolder(), 'myproject');
  cpSync(EXAMPLE, folder, { recursive: true });
  execFileSync(PYTHON, ['manage.py', 'prepare'], { cwd: folder, stdio: 'pipe' });
  return folder;
}

async function start(folder: string, args: readonly string[]): Promise<Server> {
  const { PATH, HOME } = process.env;
  const child = spawn(PORTICO, ['uwsgi', ...args], {
    cwd: join(folder, '..'),
    env: { PATH, HOME, TMPDIR: folder, PORTICO_CONTROL_SOCKET: folder, PORTICO_EDGE_THREADS: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const server = new Server(child, join(folder, '..'));
  await server.logged(/is ready \(/, START_MS);
  return server;
}

/** The body that nginx answers with which passes all on to this port by uwsgi. */
async function throughNginx(port: number): Promise<string> {
  const folder = join(makeFolder(), 'nginx');
  mkdirSync(folder);
  const socket = join(folder, 'front.sock');
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; master_process off; pid ${join(folder, 'nginx.pid')}; events {}
http {
  access_log off;
  ${paths.map((name) => `${name}_temp_path ${join(folder, name)};`).join(' ')}
  server {
    listen unix:${socket};
    location / {
        include /etc/nginx/uwsgi_params;
        uwsgi_pass 127.0.0.1:${port};
    }
  }
}`,
  );
  fronts.push(
    spawn('/usr/sbin/nginx', ['-p', folder, '-e', join(folder, 'error.log'), '-c', join(folder, 'nginx.conf')]),
  );
  await until('nginx is ready', () => existsSync(join(folder, 'nginx.pid')));
  using client = await Client.open({ path: socket });
  client.send('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  const { status, body } = await client.read();
  assert.equal(status, 200, body);
  return body;
}

test('the command line for Django, behind nginx', async () => {
  const project = newProject();
  const port = await findPort();
  const args = `--socket 127.0.0.1:${port} --chdir ${project}/ --wsgi-file mysite/wsgi.py --master --processes 4 --threads 2 --stats 127.0.0.1:${await findPort()}`;
  await using server = await start(project, [...args.split(' '), '--home', VIRTUALENV]);
  assert.match(await throughNginx(port), /csrfmiddlewaretoken/);
  assert.equal(server.workerPids.length, 4);
});

test('the file for Django, behind nginx', async () => {
  const project = newProject();
  const port = await findPort();
  const text = `[uwsgi]
socket = 127.0.0.1:${port}
chdir = ${project}/
wsgi-file = mysite/wsgi.py
processes = 4
threads = 2
stats = 127.0.0.1:${await findPort()}
virtualenv = ${VIRTUALENV}
`;
  const file = join(project, '../django.ini');
  writeFileSync(file, text);
  await using server = await start(project, [file]);
  assert.match(await throughNginx(port), /csrfmiddlewaretoken/);
  assert.equal(server.workerPids.length, 4);
});

test('Django by HTTP, with harakiri', async () => {
  const project = newProject();
  const args = `--http 127.0.0.1:0 --chdir ${project} --module mysite.wsgi --harakiri 30 --env DJANGO_SETTINGS_MODULE=mysite.settings --env ALLOWED_HOSTS=site.test`;
  await using server = await start(project, [...args.split(' '), '-H', VIRTUALENV, '-M', '-p', '2']);
  const { status, body } = await server.ask('/');
  assert.equal(status, 200, body);
  assert.match(body, /csrfmiddlewaretoken/);
});
