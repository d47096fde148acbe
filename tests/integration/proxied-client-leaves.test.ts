// A client that leaves while a server works for it, takes the server's connection with it, unless the server is to finish.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { isWhole, runBackend } from './backend.ts';
import { runNginx } from './nginx-server.ts';
import { until } from './waiting.ts';

const COUNT = 20;

function ask(port: number, head: string): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(head);
  return socket;
}

test('a client that leaves is waited for by nobody', async () => {
  const answers: (() => void)[] = [];
  await using backend = await runBackend((request, socket) => {
    if (request.startsWith('PUT /up')) {
      return undefined; // It reads on and on.
    }
    if (!isWhole(request)) {
      return undefined;
    }
    if (request.startsWith('GET /large')) {
      return `HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n${'x'.repeat(3_000_000)}`;
    }
    answers.push(() => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'));
    return '';
  });
  await using nginx = await runNginx(
    `location / { proxy_pass http://127.0.0.1:${backend.port}; }
     location /held { proxy_pass http://127.0.0.1:${backend.port}; proxy_buffering off; }
     location /large { proxy_pass http://127.0.0.1:${backend.port}; proxy_buffering off; }
     location /up { proxy_pass http://127.0.0.1:${backend.port}; proxy_request_buffering off; proxy_http_version 1.1; error_log up.log info; }
     location /kept { proxy_pass http://127.0.0.1:${backend.port}; error_log kept.log info; }
     location /goes-on { proxy_pass http://127.0.0.1:${backend.port}; proxy_ignore_client_abort on; }`,
    {},
    { http: `log_format left '$uri $status $upstream_status'; access_log left.log left;` },
  );
  const heads = [
    'GET /waiting HTTP/1.1\r\nHost: a\r\n\r\n',
    'GET /large HTTP/1.1\r\nHost: a\r\n\r\n',
    'PUT /up HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nabc',
  ];
  for (const head of heads) {
    const clients = Array.from({ length: COUNT }, () => ask(nginx.port, head));
    await until('all have come to the server', () => backend.open.size === COUNT);
    for (const [index, client] of clients.entries()) {
      if (index % 2 === 0) client.resetAndDestroy();
      else client.destroy();
    }
    await until('the server is left too', () => backend.open.size === 0);
  }
  const log = (): string => readFileSync(join(nginx.server.folder, 'left.log'), 'latin1');
  await until(
    'they are logged',
    () =>
      log()
        .split('\n')
        .filter((line) => line.startsWith('/up')).length === COUNT,
  );
  const told = (name: string, words: RegExp): number =>
    [...readFileSync(join(nginx.server.folder, name), 'latin1').matchAll(words)].length;
  const left =
    /\[info\] .* client prematurely closed connection while sending request to upstream, .*upstream: "http:/g;
  await until('the error log has the server that was being sent a body', () => told('up.log', left) === COUNT);
  const broken = ask(nginx.port, 'PUT /up HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n');
  await until('it is being sent on', () => backend.open.size === 1);
  broken.write('zz\r\n');
  await until('the server is left', () => backend.open.size === 0);
  const early = ask(nginx.port, 'PUT /kept HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc');
  early.end();
  await until('a body that no server has got is told', () => told('kept.log', /client prematurely closed/g) === 1);
  assert.equal(told('up.log', left), COUNT, 'a client that is there has not left');
  assert.equal(
    log()
      .split('\n')
      .filter((line) => line === '/waiting 499 -').length,
    COUNT,
  );

  answers.length = 0;
  const patient = ask(nginx.port, 'GET /goes-on HTTP/1.1\r\nHost: a\r\n\r\n');
  await until('it is asked', () => answers.length === 1);
  patient.resetAndDestroy();
  await until('the end is logged', () => log().includes('/goes-on 499'));
  assert.equal(backend.open.size, 1, 'the server may finish');
  answers[0]?.();
  await until('it has finished', () => backend.open.size === 0);
});
