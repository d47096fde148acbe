// portico.toml passes requests on: connections are kept, the server is told who asks, and WebSockets pass, without a word about it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isWhole, runBackend } from './backend.ts';
import { Client } from './client.ts';
import { runFile } from './file-server.ts';

const FIELDS = 'Host: site.test:81\r\nX-Forwarded-For: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\n';

test('two lines are enough for a server behind', async () => {
  await using backend = await runBackend((request, socket) => {
    if (!isWhole(request)) {
      return undefined;
    }
    if (/\r\nUpgrade: websocket\r\n/i.test(request)) {
      socket.once('data', () => socket.end('pong'));
      return 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';
    }
    const moved = `Location: http://127.0.0.1:${backend.port}/there\r\n`;
    return `HTTP/1.1 ${request.startsWith('GET /moved') ? `302 Found\r\n${moved}` : '200 OK\r\n'}Content-Length: 2\r\n\r\nhi`;
  });
  await using server = await runFile({
    'portico.toml': `
[edge]
threads = 1

# Without a word this machine is believed, as by portico serve.
[forwarding]
from = []

[[upstream]]
name = "app"
servers = ["127.0.0.1:1", "127.0.0.1:${backend.port}"]

[[site]]
listen = "127.0.0.1:0"
proxy = "app"

[site.location."/api/"]
proxy = { to = "127.0.0.1:${backend.port}/v1/", headers = { X-Key = "k" } }
`,
  });
  using client = await Client.open(server.port);
  const ask = async (path: string): Promise<string | undefined> => {
    client.send(`GET ${path} HTTP/1.1\r\n${FIELDS}\r\n`);
    const { status, fields } = await client.read();
    return `${status} ${fields.get('location') ?? ''}`;
  };
  // One of the two is dead, which costs no request.
  for (let count = 0; count < 4; count += 1) {
    assert.equal(await ask('/a?b'), '200 ');
  }
  // There is no error log, and so the log of the server has why.
  await server.logged(
    /ERROR edge: error log: connect\(\) failed \(111: Connection refused\) while connecting to upstream, client: 127\.0\.0\.1, .*upstream: "http:\/\/127\.0\.0\.1:1\/a\?b"/,
  );
  assert.equal(backend.connections(), 1, 'the connection is kept');
  const [head = '', ...lines] = (backend.requests[0] ?? '').split('\r\n');
  assert.equal(head, 'GET /a?b HTTP/1.1');
  assert.deepEqual(
    lines.filter((line) => line !== '').map((line) => line.toLowerCase()),
    [
      ...['host: site.test:81', 'x-forwarded-for: 127.0.0.1', 'x-forwarded-proto: http'],
      ...['x-forwarded-host: site.test:81', 'x-real-ip: 127.0.0.1'],
    ],
  );
  assert.equal(await ask('/api/x'), '200 ');
  assert.match(backend.requests.at(-1) ?? '', /^GET \/v1\/x HTTP\/1\.1\r\n.*\r\nX-Key: k\r\n/s);
  assert.equal(await ask('/moved'), `302 http://127.0.0.1:${backend.port}/there`);
  client.send(`GET /ws HTTP/1.1\r\n${FIELDS}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\nping`);
  await client.receive(/^HTTP\/1\.1 101 .*\r\n\r\npong$/s);
});
