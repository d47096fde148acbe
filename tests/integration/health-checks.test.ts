// Servers are asked whether they are well: one that says no gets no requests until it says yes, and the log and the page of upstreams tell it.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import type { AddressInfo, Socket } from 'node:net';
import { test } from 'node:test';
import { createServer } from 'node:tls';
import type { UpstreamReport } from '../../src/upstream/peers/peers-report.ts';
import { answering, isWhole, runBackend } from './backend.ts';
import { Authority } from './certificates.ts';
import { runNginx } from './nginx-server.ts';
import { makeFolder } from './server.ts';
import { within } from './waiting.ts';

test('a server that is ill gets no requests until it is well', async () => {
  let isWell = false;
  await using one = await runBackend((request, socket) => {
    if (!isWhole(request)) {
      return undefined;
    }
    const isCheck = request.startsWith('GET /health ');
    return isCheck && !isWell
      ? 'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n'
      : answering(isCheck ? 'all is well' : 'one')(request, socket, 1);
  });
  await using two = await runBackend(answering('two is well'));
  await using nginx = await runNginx(
    `location / { proxy_pass http://app; health_check uri=/health interval=50ms match=well mandatory; }
     location /upstreams { api; }`,
    {},
    {
      main: 'worker_processes 2;',
      http: `upstream app { zone app 64k; server 127.0.0.1:${one.port}; server 127.0.0.1:${two.port}; }
        match well { status 200; body ~ "is well"; }`,
    },
  );
  const statesAre = async (...wanted: readonly string[]): Promise<void> => {
    for (;;) {
      const { app } = JSON.parse((await nginx.ask('/upstreams')).body) as Record<string, UpstreamReport>;
      if (wanted.join() === app?.peers.map(({ state }) => state).join()) {
        return;
      }
    }
  };
  await within(20_000, 'one is ill', statesAre('unhealthy', 'up'));
  await nginx.server.logged(
    new RegExp(
      `\\[warn\\].*peer is unhealthy: the status is 503, health check of peer 127\\.0\\.0\\.1:${one.port} in upstream "app"`,
    ),
  );
  for (let count = 0; count < 4; count += 1) {
    assert.equal((await nginx.ask('/')).body, 'two is well');
  }
  isWell = true;
  await within(20_000, 'one is well', statesAre('up', 'up'));
  const bodies = new Set([(await nginx.ask('/')).body, (await nginx.ask('/')).body]);
  assert.equal(bodies.size, 2);
  assert.match(one.requests[0] ?? '', /^GET \/health HTTP\/1\.0\r\nHost: app\r\nConnection: close\r\n\r\n$/);
});

test('a check speaks the protocol of its location, with its rules of TLS', async () => {
  const folder = makeFolder();
  const authority = new Authority(folder);
  const { cert, key } = authority.issue('app.test', { extensions: 'subjectAltName=DNS:app.test' });
  const secured = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (socket) => {
    socket.on('error', () => undefined);
    socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\n'));
  });
  secured.on('tlsClientError', () => undefined);
  secured.listen(0, '127.0.0.1');
  await once(secured, 'listening');
  const asked = (request: string, socket: Socket, answer: string): string | undefined => {
    if (!request.includes('/up')) return undefined;
    socket.end(answer, 'latin1');
    return '';
  };
  await using uwsgi = await runBackend((request, socket) => asked(request, socket, 'Status: 200 OK\r\n\r\n'));
  await using scgi = await runBackend((request, socket) => asked(request, socket, 'Status: 503 No\r\n\r\n'));
  await using fastcgi = await runBackend((request, socket) => asked(request, socket, 'HTTP/1.1 200 OK\r\n\r\n'));
  await using memcached = await runBackend((request) => (request === 'get /up\r\n' ? 'END\r\n' : undefined));
  const { port } = secured.address() as AddressInfo;
  const servers = { uwsgi: uwsgi.port, scgi: scgi.port, fastcgi: fastcgi.port, memcached: memcached.port };
  const check = 'health_check uri=/up interval=50ms mandatory;';
  const tls = (name: string, rest: string) =>
    `location /${name} { proxy_pass https://${name}; proxy_ssl_trusted_certificate ${authority.cert}; proxy_ssl_verify on; ${rest} ${check} }`;
  await using nginx = await runNginx(
    `${tls('trusted', 'proxy_ssl_name app.test;')} ${tls('other', 'proxy_ssl_name other.test;')} location /upstreams { api; }
     ${Object.keys(servers)
       .map((name) => `location /${name} { ${name}_pass ${name}; ${check} }`)
       .join('\n')}`,
    {},
    {
      http: Object.entries({ ...servers, trusted: port, other: port })
        .map(([name, to]) => `upstream ${name} { server 127.0.0.1:${to}; }`)
        .join('\n'),
    },
  );
  let states: Readonly<Record<string, string>> = {};
  const look = async (): Promise<void> => {
    while (Object.values(states).includes('checking') || Object.keys(states).length === 0) {
      const upstreams = JSON.parse((await nginx.ask('/upstreams')).body) as Record<string, UpstreamReport>;
      states = Object.fromEntries(
        Object.entries(upstreams).map(([name, { peers }]) => [name, String(peers[0]?.state)]),
      );
    }
  };
  await within(20_000, 'a result of each', look());
  assert.deepEqual(states, {
    ...{ trusted: 'up', other: 'unhealthy', uwsgi: 'up', scgi: 'unhealthy', fastcgi: 'unhealthy', memcached: 'up' },
  });
  await nginx.server.logged(/the status is 503, health check of peer 127\.0\.0\.1:\d+ in upstream "scgi"/);
  await nginx.server.logged(/upstream SSL certificate does not match "other\.test".* in upstream "other"/);
  secured.close();
  rmSync(folder, { recursive: true });
});
