// Servers are asked whether they are well: one that says no gets no requests until it says yes, and the log and the page of upstreams tell it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { UpstreamReport } from '../../src/upstream/peers/peers-report.ts';
import { answering, isWhole, runBackend } from './backend.ts';
import { runNginx } from './nginx-server.ts';
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
