// Portico between two real nginx: one in front of it, one behind it. What goes through all three is what was sent.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from '../integration/client.ts';
import { findPort } from '../integration/free-port.ts';
import type { Program } from './programs.ts';
import { openFolder, start, startFront, writeFiles } from './programs.ts';

const NGINX = '/usr/sbin/nginx';
const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${name};`);
const BIG = 'b'.repeat(500_000);

function startNginx(port: number, http: string, files: Readonly<Record<string, string>> = {}): Promise<Program> {
  const folder = openFolder();
  const text = `daemon off; pid nginx.pid; events {} http { access_log off; ${TEMPORARY.join(' ')}\n${http}\n}`;
  writeFiles(folder, { ...files, 'nginx.conf': text });
  const command = [NGINX, '-p', folder, '-e', 'error.log', '-c', 'nginx.conf'];
  return start(command, folder, { host: '127.0.0.1', port });
}

test('requests go through nginx, Portico and nginx, and their answers come back', async () => {
  const [front, own, behind] = [await findPort(), await findPort(), await findPort()];
  const fields = 'proxy_set_header Host $host; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;';
  await using _behind = await startNginx(
    behind,
    `server { listen 127.0.0.1:${behind}; root www;
      location /told { return 200 "$request_method $request_uri $host $http_x_forwarded_for $http_connection\\n"; }
      location /taken { client_max_body_size 2m; proxy_pass http://127.0.0.1:${behind}/told; } }`,
    { 'www/big.bin': BIG },
  );
  const folder = openFolder();
  const text = `pid nginx.pid; error_log error.log; events {} http { access_log off;
    upstream kept { server 127.0.0.1:${behind}; keepalive 4; }
    server { listen 127.0.0.1:${own}; client_max_body_size 2m; location / { proxy_pass http://kept; proxy_http_version 1.1; proxy_set_header Connection ""; ${fields} } } }`;
  await using _own = await startFront(text, folder, own);
  await using _front = await startNginx(
    front,
    `upstream kept { server 127.0.0.1:${own}; keepalive 4; }
     server { listen 127.0.0.1:${front}; client_max_body_size 2m; location / { proxy_pass http://kept; proxy_http_version 1.1; proxy_set_header Connection ""; ${fields} } }`,
  );
  using client = await Client.open(front);
  const ask = (
    head: string,
    method = 'GET',
    body = '',
  ): Promise<{ status: number; body: string; fields: ReadonlyMap<string, string> }> => {
    client.send(`${method} ${head}\r\nHost: site.test\r\n\r\n${body}`);
    return client.read(method);
  };
  for (const target of ['/told?a=%20b', '/told/caf%C3%A9', '/told/a%2Fb']) {
    assert.equal((await ask(`${target} HTTP/1.1`)).body, `GET ${target} site.test 127.0.0.1, 127.0.0.1 \n`);
  }
  const big = await ask('/big.bin HTTP/1.1');
  assert.deepEqual([big.status, big.body === BIG], [200, true]);
  const range = await ask('/big.bin HTTP/1.1\r\nRange: bytes=10-19');
  assert.deepEqual(
    [range.status, range.body, range.fields.get('content-range')],
    [206, 'b'.repeat(10), 'bytes 10-19/500000'],
  );
  const etag = big.fields.get('etag') ?? '';
  assert.equal((await ask(`/big.bin HTTP/1.1\r\nIf-None-Match: ${etag}`)).status, 304);
  const head = await ask('/big.bin HTTP/1.1', 'HEAD');
  assert.deepEqual([head.status, head.fields.get('content-length')], [200, '500000']);
  const posted = await ask(`/taken HTTP/1.1\r\nContent-Length: ${BIG.length}`, 'POST', BIG);
  assert.deepEqual([posted.status, posted.body.slice(0, 5)], [200, 'POST ']);
  const chunked = await ask('/taken HTTP/1.1\r\nTransfer-Encoding: chunked', 'POST', '3\r\nabc\r\n0\r\n\r\n');
  assert.equal(chunked.status, 200);
  assert.equal((await ask('/none HTTP/1.1')).status, 404);
});
