// A connection becomes a tunnel when its client has asked for that, all of the request has been sent, and the server agrees; else what follows is a request like any other.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isWhole, runBackend } from './backend.ts';
import { Client } from './client.ts';
import { runNginx } from './nginx-server.ts';

const WANTED = 'Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n';
const NEXT = 'GET /next HTTP/1.1\r\nHost: a\r\n\r\n';
const AGREED = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n';

test('a change of the protocol is for who has asked for it, behind a whole request', async () => {
  await using backend = await runBackend((request) => {
    if (request.includes('/agrees')) {
      return request.includes('\r\n\r\n') ? AGREED : undefined;
    }
    if (request.startsWith('tunnelled')) {
      return 'bytes';
    }
    if (!isWhole(request)) {
      return undefined;
    }
    const status = request.includes('/refuses') ? '426 No\r\nConnection: upgrade\r\nUpgrade: x' : '200 OK';
    return `HTTP/1.1 ${status}\r\nContent-Length: 2\r\n\r\nok`;
  });
  const pass = 'proxy_pass http://app; proxy_http_version 1.1;';
  const asked = `${pass} proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $http_connection;`;
  const always = `${pass} proxy_set_header Upgrade websocket; proxy_set_header Connection upgrade;`;
  await using nginx = await runNginx(
    `location / { ${asked} }
     location /streamed/ { ${asked} proxy_request_buffering off; }
     location /unread/ { ${asked} proxy_pass_request_body off; }
     location /always/ { ${always} }`,
    {},
    { http: `upstream app { server 127.0.0.1:${backend.port} max_fails=0; keepalive 4; }` },
  );
  const heads = (): string[] => backend.requests.map((request) => request.split(' HTTP/')[0] ?? '');

  {
    using client = await Client.open(nginx.port);
    client.send(`GET /agrees HTTP/1.1\r\nHost: a\r\n${WANTED}\r\ntunnelled`);
    // Without the field browsers take it for no answer (RFC 6455 4.1).
    await client.receive(/^HTTP\/1\.1 101 .*\r\nUpgrade: websocket\r\n.*\r\n\r\nbytes$/s);
  }
  {
    using client = await Client.open(nginx.port);
    client.send(`GET /refuses HTTP/1.1\r\nHost: a\r\n${WANTED}\r\n${NEXT}`);
    const refused = await client.read();
    assert.deepEqual([refused.status, refused.fields.get('upgrade')], [426, 'x']);
    assert.equal((await client.read()).status, 200);
    assert.equal(heads().at(-1), 'GET /next', 'it was read as a request');
  }
  // Bytes of a body would be taken for the new protocol.
  for (const place of ['/streamed', '/unread']) {
    using client = await Client.open(nginx.port);
    client.send(`POST ${place}/agrees HTTP/1.1\r\nHost: a\r\nContent-Length: 90\r\n${WANTED}\r\nbody`);
    assert.equal((await client.read()).status, 502, place);
  }
  await nginx.server.logged(/upstream sent a change of the protocol before it had all of the request/);

  for (const head of ['GET /always/agrees HTTP/1.1', 'GET /always/agrees HTTP/1.1\r\nUpgrade: websocket']) {
    using client = await Client.open(nginx.port);
    client.send(`${head}\r\nHost: a\r\n\r\n${NEXT}`);
    assert.equal((await client.read()).status, 502, 'nobody has asked for what the server does');
    assert.equal((await client.read()).status, 200);
  }
  assert.doesNotMatch(backend.requests.findLast((request) => request.includes('/always')) ?? '', /upgrade/i);
  assert.doesNotMatch(nginx.server.log, /internal error|exited with code/);
});
