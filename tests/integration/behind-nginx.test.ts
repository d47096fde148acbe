// Behind nginx as every guide has it: it sets X-Forwarded-For and X-Forwarded-Proto, and hands on what else the client has sent.

import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Answer } from './client.ts';
import { Client } from './client.ts';
import type { Server } from './server.ts';
import { serve } from './server.ts';
import { until } from './waiting.ts';

const NGINX = '/usr/sbin/nginx';
const APP = `
import json

def application(environ, start):
    start('200 OK', [])
    return [json.dumps({key: value for key, value in environ.items() if isinstance(value, str)}).encode()]
`;
const HEADERS = `
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme;`;

let site: Server;
let nginx: ChildProcess;
let socket = '';
before(async () => {
  site = await serve({ app: APP, args: ['--root-path', 'app/'] });
  const folder = join(site.folder, 'nginx');
  mkdirSync(folder);
  socket = join(folder, 'front.sock');
  writeFileSync(join(folder, 'nginx.conf'), configuration(folder, site.port));
  nginx = spawn(NGINX, ['-p', folder, '-e', join(folder, 'error.log'), '-c', join(folder, 'nginx.conf')]);
  // nginx writes its pid file when it listens.
  await until('nginx is ready', () => existsSync(join(folder, 'nginx.pid')));
});
after(async () => {
  const ended = once(nginx, 'exit');
  nginx.kill('SIGTERM');
  await ended;
  await site[Symbol.asyncDispose]();
});

/** Clients come over a Unix socket whose name nginx takes for their address. A PROXY header says who they are. */
function configuration(folder: string, port: number): string {
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
daemon off;
master_process off;
pid ${join(folder, 'nginx.pid')};
events {}
http {
  access_log off;
  ${paths.map((name) => `${name}_temp_path ${join(folder, name)};`).join('\n  ')}
  server {
    listen unix:${socket} proxy_protocol;
    set_real_ip_from unix:;
    real_ip_header proxy_protocol;
    location / {
      proxy_pass http://127.0.0.1:${port};${HEADERS}
    }
    location /app/ {
      proxy_pass http://127.0.0.1:${port}/;${HEADERS}
    }
  }
}
`;
}

/** A request of the client 192.0.2.7 to nginx. */
async function ask(fields: string, path = '/'): Promise<Answer> {
  using client = await Client.open({ path: socket });
  client.send(`PROXY TCP4 192.0.2.7 192.0.2.1 4711 80\r\nGET ${path} HTTP/1.1\r\nHost: site.test\r\n${fields}\r\n`);
  return await client.read();
}

test('the client is whom nginx names, whatever the client says of itself', async () => {
  for (const forged of [
    'Forwarded: for=6.6.6.6;proto=https',
    'Forwarded: proto=https',
    'X-Forwarded-For: 6.6.6.6',
    'X-Forwarded-For: 127.0.0.1',
    'X-Forwarded-Proto: https',
    'X_Forwarded_Proto: https',
  ]) {
    const { status, body } = await ask(`${forged}\r\n`);
    assert.equal(status, 200, forged);
    const environ = JSON.parse(body) as Record<string, string>;
    assert.equal(environ['REMOTE_ADDR'], '192.0.2.7', forged);
    assert.equal(environ['wsgi.url_scheme'], 'http', forged);
    assert.equal(environ['HTTP_X_FORWARDED_PROTO'], 'http', forged);
    assert.equal(environ['HTTP_FORWARDED'], undefined, forged);
  }
});

test('a scheme that the client says beside that of nginx is refused', async () => {
  for (const forged of ['X-Forwarded-Ssl: on', 'X-Forwarded-Protocol: https', 'Front-End-Https: on', 'X-Scheme: https'])
    assert.equal((await ask(`${forged}\r\n`)).status, 400, forged);
});

test('the path that nginx has taken away is SCRIPT_NAME', async () => {
  const environ = JSON.parse((await ask('', '/app/caf%C3%A9?a=b')).body) as Record<string, string>;
  assert.deepEqual(
    [environ['SCRIPT_NAME'], environ['PATH_INFO'], environ['QUERY_STRING']],
    ['/app', '/caf\xc3\xa9', 'a=b'],
  );
});
