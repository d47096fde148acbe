// Connections of nginx's files: how often and how long they are used, and how long their heads may be.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { findPort } from './free-port.ts';
import { makeFolder, PORTICO, Server, START_MS } from './server.ts';

const configuration = (
  folder: string,
  port: number,
): string => `daemon off; pid ${folder}/nginx.pid; error_log stderr notice; events {}
http {
  access_log off; keepalive_requests 2; keepalive_timeout 20s 17s;
  server { listen 127.0.0.1:${port}; root ${folder}/www; client_header_timeout 1s; large_client_header_buffers 2 2k; server_tokens off; }
  server { listen 127.0.0.1:${port}; server_name double; merge_slashes off; root ${folder}/www; location //x { return 200 double; } location / { return 200 single; } location /fields { return 200 "$http_x_user.$http_y"; } }
}`;

/** What the server answers until it closes the connection. */
async function answers(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.setEncoding('latin1').on('data', (data: string) => {
    answer += data;
  });
  socket.write(text);
  await once(socket, 'close');
  return answer;
}

test('a connection has the rules of its file', async () => {
  const folder = makeFolder();
  // Started by root, the server becomes nobody.
  chmodSync(folder, 0o777);
  mkdirSync(join(folder, 'www'));
  writeFileSync(join(folder, 'www/a.txt'), 'hello');
  const port = await findPort();
  writeFileSync(join(folder, 'nginx.conf'), configuration(folder, port));
  const child = spawn(PORTICO, ['nginx', '-p', folder, '-c', 'nginx.conf'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await using server = new Server(child, folder);
  await server.logged(/start worker processes/, START_MS);
  const get = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n${more}\r\n`;
  const statuses = (answer: string): string[] => answer.match(/HTTP\/1\.1 \d+/g) ?? [];

  const late = answers(port, 'GET /a.txt HTTP/1.1\r\nHo');
  const twice = await answers(port, get('/a.txt').repeat(3));
  assert.deepEqual(statuses(twice), ['HTTP/1.1 200', 'HTTP/1.1 200'], 'the third request is one too many');
  assert.match(twice, /\r\nConnection: keep-alive\r\nKeep-Alive: timeout=17\r\n.*\r\nConnection: close\r\n/s);

  const head = 'x'.repeat(1900);
  assert.match(await answers(port, get(`/${head}`, 'Connection: close\r\n')), /^HTTP\/1\.1 404 /);
  assert.match(await answers(port, get(`/${head}${head}`)), /^HTTP\/1\.1 414 /);
  assert.match(await answers(port, get('/a.txt', `A: ${head}\r\nB: ${head}\r\nC: ${head}\r\n`)), /^HTTP\/1\.1 400 /);

  const named = (path: string, host: string): Promise<string> =>
    answers(port, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  assert.match(await named('//x', 'double'), /double$/);
  assert.match(await named('/x', 'double'), /single$/);
  assert.match(await named('//a.txt', 'other'), /hello$/);
  const fields = 'X_User: root\r\nY: 1\r\nConnection: close\r\n';
  assert.match(await answers(port, `GET /fields HTTP/1.1\r\nHost: double\r\n${fields}\r\n`), /\r\n\r\n\.1$/);
  assert.equal(await late, '', 'as with nginx, a head that is late is not answered');
  server.signal('SIGTERM');
  await server.exit;
});
