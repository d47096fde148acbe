// A server of three dies under load, and comes back: no client hears of it, and it gets its share again.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { Backend } from './backend.ts';
import { answering, isWhole, runBackend } from './backend.ts';
import { Client } from './client.ts';
import { findPort } from './free-port.ts';
import { runNginx } from './nginx-server.ts';
import { until } from './waiting.ts';

/** Longer than the time in which another server may be asked. */
const SLOW_MS = 1100;

/** Asks one request after the other, until it is told to stop. */
async function ask(port: number, load: { isOn: boolean; answered: number; failed: number }): Promise<void> {
  using client = await Client.open(port);
  while (load.isOn) {
    client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    const { status, body } = await client.read('GET');
    load.answered += 1;
    load.failed += status === 200 && body.startsWith('from ') ? 0 : 1;
  }
}

test('a server that dies under load takes no request with it that can be asked again, and gets its share when it is back', async () => {
  await using first = await runBackend(answering('from 1'));
  await using second = await runBackend(answering('from 2'));
  const third = await runBackend(answering('from 3'));
  const servers = [first, second, third].map(({ port }) => `server 127.0.0.1:${port} fail_timeout=1s;`).join(' ');
  await using nginx = await runNginx(
    'location / { proxy_pass http://three; proxy_http_version 1.1; proxy_set_header Connection ""; }',
    {},
    { http: `access_log off; keepalive_requests 1000000; upstream three { ${servers} keepalive 8; }` },
  );
  const load = { isOn: true, answered: 0, failed: 0 };
  const clients = Array.from({ length: 6 }, () => ask(nginx.port, load));
  await until('all three are asked', () => [first, second, third].every(({ requests }) => requests.length > 20));
  await third[Symbol.asyncDispose]();
  const died = load.answered;
  await until('the load goes on', () => load.answered > died + 200);
  await using back: Backend = await runBackend(answering('from 3 again'), undefined, third.port);
  await until('it is asked again', () => back.requests.length > 20);
  load.isOn = false;
  await Promise.all(clients);
  assert.equal(load.failed, 0);
});

test('POST is not asked twice unless that is said, and a connection that its server has closed is not used', async () => {
  const closing = (body: string) => answering(body, 'Connection: keep-alive\r\n');
  await using lazy = await runBackend((request, socket, count) => {
    if (!isWhole(request)) {
      return undefined;
    }
    if (request.includes('/die')) {
      socket.destroy();
      return '';
    }
    return closing('well')(request, socket, count);
  });
  await using other = await runBackend(answering('other'));
  await using nginx = await runNginx(
    `proxy_http_version 1.1; proxy_set_header Connection "";
     location / { proxy_pass http://two; }
     location /slow { proxy_next_upstream error non_idempotent; proxy_next_upstream_timeout 1s; proxy_pass http://two/die; }
     location /behind { proxy_pass http://none; error_page 502 = /limited; }
     location /limited { proxy_next_upstream_tries 2; proxy_pass http://two/die; }
     location /twice { proxy_next_upstream error non_idempotent; proxy_pass http://two/die; }`,
    {},
    {
      http: `access_log off; upstream none { server 127.0.0.1:${await findPort()}; }
       upstream two { server 127.0.0.1:${lazy.port} max_fails=0; server 127.0.0.1:${other.port} backup; keepalive 8; }`,
    },
  );
  using client = await Client.open(nginx.port);
  const post = async (path: string): Promise<string> => {
    client.send(`POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi`);
    const { status, body } = await client.read('POST');
    return `${status} ${status === 200 ? body : ''}`.trim();
  };
  assert.equal(await post('/die'), '502');
  assert.equal(await post('/twice'), '200 other');
  assert.equal((await nginx.ask('/die')).body, 'other', 'GET may be asked twice');
  assert.equal((await nginx.ask('/behind')).body, 'other', 'tries of the location before this one are not counted');
  client.send('POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nh');
  await setTimeout(SLOW_MS);
  client.send('i');
  assert.equal((await client.read('POST')).body, 'other', 'a body that is long in coming takes no time from servers');
  assert.equal((await nginx.ask('/')).body, 'well');
  // The server closes the connection that was kept, and the next request comes as it does so.
  const kept = [...lazy.open];
  for (const socket of kept) {
    socket.end();
  }
  assert.equal((await nginx.ask('/')).body, 'well');
});
