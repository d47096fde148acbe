// A request is handed on to a server behind this one, and its answer comes back, with what logs and variables say of it.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { answering, isWhole, runBackend } from './backend.ts';
import { Client } from './client.ts';
import { runNginx } from './nginx-server.ts';
import { until } from './waiting.ts';

const HTTP = `log_format servers '$uri $status $upstream_addr $upstream_status $upstream_response_length $proxy_host $proxy_port';
access_log access.log servers;`;

test('requests are handed on, and answers come back', async () => {
  await using backend = await runBackend((request, socket) => {
    if (!isWhole(request)) {
      return undefined;
    }
    if (request.startsWith('GET /until-close')) {
      setImmediate(() => socket.end());
      return 'HTTP/1.0 200 OK\r\nX-Up: old\r\n\r\nto the end';
    }
    if (request.startsWith('GET /chunked')) {
      return 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close, X-Mine\r\nX-Mine: 1\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n';
    }
    if (request.startsWith('GET /large')) {
      return `HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n${'x'.repeat(1_000_000)}`;
    }
    if (request.startsWith('GET /none')) {
      return 'HTTP/1.1 103 Early Hints\r\nX-Hidden: 1\r\nLink: </a.css>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n';
    }
    return answering('hello')(request, socket, 1);
  });
  await using kept = await runBackend(answering('kept'));
  await using nginx = await runNginx(
    `location / { proxy_pass http://127.0.0.1:${backend.port}; }
     location /kept { proxy_pass http://keeping; proxy_http_version 1.1; proxy_set_header Connection ""; }
     location /dead { proxy_pass http://127.0.0.1:1; }
     location /elsewhere { proxy_pass http://127.0.0.1:1; proxy_bind 192.0.2.77; }
     location /stream { proxy_pass http://127.0.0.1:${backend.port}; proxy_http_version 1.1; proxy_request_buffering off; proxy_buffering off; }
     proxy_hide_header X-Hidden;`,
    {},
    { http: `${HTTP} upstream keeping { server 127.0.0.1:${kept.port}; keepalive 4; }` },
  );

  const hello = await nginx.ask('/a%20b?c=d');
  assert.equal(hello.body, 'hello');
  assert.equal(
    backend.requests.at(-1),
    `GET /a%20b?c=d HTTP/1.0\r\nHost: 127.0.0.1:${backend.port}\r\nConnection: close\r\n\r\n`,
  );

  const chunked = await nginx.ask('/chunked');
  assert.equal(chunked.body, 'abcdefg');
  assert.equal(chunked.fields.has('x-mine'), false, 'a field of the hop ends here');
  const old = await nginx.ask('/until-close');
  assert.deepEqual([old.body, old.fields.get('x-up')], ['to the end', 'old']);
  assert.equal((await nginx.ask('/large')).body.length, 1_000_000);
  assert.equal((await nginx.ask('/none')).status, 204);

  using client = await Client.open(nginx.port);
  client.send('POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n12345');
  assert.equal((await client.read('POST')).body, 'hello');
  assert.match(backend.requests.at(-1) ?? '', /^POST \/up HTTP\/1\.0\r\n.*\r\nContent-Length: 5\r\n\r\n12345$/s);
  client.send('POST /up HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n');
  assert.equal((await client.read('POST')).body, 'hello');
  assert.match(backend.requests.at(-1) ?? '', /\r\nContent-Length: 5\r\n\r\nabcde$/, 'HTTP/1.0 has no chunks');
  client.send('POST /stream HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n');
  assert.equal((await client.read('POST')).body, 'hello');
  assert.match(backend.requests.at(-1) ?? '', /\r\nTransfer-Encoding: chunked\r\n.*0\r\n\r\n$/s);
  client.send('GET /none HTTP/1.1\r\nHost: a\r\n\r\n');
  const hints = await client.readOne();
  assert.deepEqual([hints.status, ...hints.fields], [103, ['link', '</a.css>']]);
  await client.read();
  client.send('HEAD /head HTTP/1.1\r\nHost: a\r\n\r\n');
  const head = await client.read('HEAD');
  assert.deepEqual([head.status, head.fields.get('content-length')], [200, '5']);

  for (let count = 0; count < 3; count += 1) {
    assert.equal((await nginx.ask('/kept')).body, 'kept');
  }
  assert.equal(kept.connections(), 1, 'the connection is kept');
  assert.match(kept.requests[0] ?? '', /^GET \/kept HTTP\/1\.1\r\nHost: keeping\r\n\r\n$/);

  assert.equal((await nginx.ask('/dead')).status, 502);
  await nginx.server.logged(
    /\[error\] \S+ \*\d+ connect\(\) failed \(111: Connection refused\) while connecting to upstream, client: 127\.0\.0\.1, server: , request: "GET \/dead HTTP\/1\.1", upstream: "http:\/\/127\.0\.0\.1:1\/dead", host: "a\.test"/,
  );
  assert.equal((await nginx.ask('/elsewhere')).status, 500, 'no other server could be asked either');
  await nginx.server.logged(
    /\[crit\] \S+ \*\d+ bind\(192\.0\.2\.77\) failed \(99: Cannot assign requested address\) while connecting to upstream, client/,
  );
  const log = () => readFileSync(join(nginx.server.folder, 'access.log'), 'latin1');
  await until('the request is logged', () => log().includes('/dead'));
  assert.match(
    log(),
    new RegExp(`^/a b 200 127.0.0.1:${backend.port} 200 5 127.0.0.1:${backend.port} ${backend.port}$`, 'm'),
  );
  assert.match(log(), /^\/dead 502 127\.0\.0\.1:1 502 0 127\.0\.0\.1:1 1$/m);

  const file = join(nginx.server.folder, 'nginx.conf');
  writeFileSync(file, readFileSync(file, 'utf8').replace('location /dead', 'location /changed'));
  nginx.server.signal('SIGHUP');
  await until('connections of the plan before are closed', () => kept.open.size === 0);
  assert.equal((await nginx.ask('/kept')).body, 'kept');
});
