// memcached behind us: values are answers, keys are escaped, what is not there is 404 and may be made by somebody else.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { findPort } from '../integration/free-port.ts';
import { askOnce } from './echo-app.ts';
import { openFolder, startFront, startMemcached } from './programs.ts';

async function store(port: number, key: string, value: Buffer, flags = 0): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.write(`set ${key} ${flags} 0 ${value.length}\r\n`);
  socket.write(value);
  socket.write('\r\n');
  const [said] = (await once(socket, 'data')) as [Buffer];
  assert.equal(said.toString(), 'STORED\r\n');
  socket.destroy();
}

test('values of memcached', async () => {
  const folder = openFolder();
  const [port, at] = [await findPort(), await findPort()];
  const text = `pid nginx.pid; error_log stderr info; events {} http { access_log off;
upstream cache { server 127.0.0.1:${at}; keepalive 2; }
server { listen 127.0.0.1:${port}; default_type text/plain; memcached_gzip_flag 2; gunzip on;
location / { set $memcached_key $uri; memcached_pass cache; }
location /made/ { set $memcached_key $uri; memcached_pass cache; error_page 404 502 = @made; }
location @made { return 200 "made"; }
location /unset { memcached_pass cache; }
} }`;
  await using _memcached = await startMemcached(at);
  await using nginx = await startFront(text, folder, port);
  await store(at, '/a%20b', Buffer.from('SEE-THIS\r\nEND\r\n'));
  await store(at, '/big', Buffer.alloc(900_000, 'x'));
  await store(at, '/packed', gzipSync('unpacked'), 2);

  const plain = (await askOnce(port, '/a%20b')).answer;
  assert.deepEqual(
    [plain.status, plain.fields.get('content-type'), plain.body],
    [200, 'text/plain', 'SEE-THIS\r\nEND\r\n'],
  );
  assert.equal((await askOnce(port, '/big')).answer.body.length, 900_000);
  assert.equal((await askOnce(port, '/packed')).answer.body, 'unpacked');
  const packed = (await askOnce(port, '/packed', 'Host: a\r\nAccept-Encoding: gzip\r\n')).answer;
  assert.equal(packed.fields.get('content-encoding'), 'gzip');
  assert.equal((await askOnce(port, '/none')).answer.status, 404);
  await nginx.server.logged(/\[info\] .*key: "\/none" was not found by memcached while reading response header/);
  assert.equal((await askOnce(port, '/made/none')).answer.body, 'made');
  // memcached refuses keys of more than 250 bytes.
  assert.equal((await askOnce(port, `/${'k'.repeat(300)}`)).answer.status, 502);
  await nginx.server.logged(/memcached sent invalid response: "CLIENT_ERROR/);
  assert.equal((await askOnce(port, '/unset')).answer.status, 500);
  await nginx.server.logged(/the "\$memcached_key" variable is not set/);
  // A body is no command for memcached.
  assert.equal((await askOnce(port, '/none', undefined, 'flush_all\r\n')).answer.status, 405);
  assert.equal((await askOnce(port, '/a%20b')).answer.status, 200);
});
