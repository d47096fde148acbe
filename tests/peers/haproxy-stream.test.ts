// A real HAProxy in front of a stream and behind it: the header of the PROXY protocol that it sends is read, and the one that it gets says who the client is.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { runFile } from '../integration/file-server.ts';
import { findPort } from '../integration/free-port.ts';
import { openFolder, start, writeFiles } from './programs.ts';

const HAPROXY = '/usr/sbin/haproxy';

test('the address of a client goes from HAProxy through two streams to HAProxy, by both versions of the header', async () => {
  const [front, first, second, behind] = [await findPort(), await findPort(), await findPort(), await findPort()];
  await using _server = await runFile({
    'portico.toml': `
[edge]
threads = 1

[[stream]]
listen = "127.0.0.1:${first} proxy-protocol"
real-ip-from = "127.0.0.1"
proxy = { to = "127.0.0.1:${second}", send-proxy-protocol = "v1" }

[[stream]]
listen = "127.0.0.1:${second} proxy-protocol"
real-ip-from = "127.0.0.1"
proxy = { to = "127.0.0.1:${behind}", send-proxy-protocol = "v2" }
`,
  });
  const folder = openFolder();
  writeFiles(folder, {
    'haproxy.cfg': `
defaults
  timeout connect 5s
  timeout client 10s
  timeout server 10s
listen front
  mode tcp
  bind 127.0.0.1:${front}
  server portico 127.0.0.1:${first} send-proxy-v2
frontend behind
  mode http
  bind 127.0.0.1:${behind} accept-proxy
  http-request return status 200 content-type text/plain lf-string "%[src]:%[src_port]"
`,
  });
  await using _haproxy = await start([HAPROXY, '-db', '-f', 'haproxy.cfg'], folder, { host: '127.0.0.1', port: front });
  const socket = connect({ host: '127.0.0.1', port: front, localAddress: '127.0.0.9' });
  await once(socket, 'connect');
  const own = socket.localPort;
  socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  let answer = '';
  for await (const bytes of socket) answer += String(bytes);
  assert.equal(answer.split('\r\n\r\n')[1], `127.0.0.9:${own}`);
});
