// An error of ours in what a server behind calls back ends the request that it was for, and is logged with that: no connection of a client is around it that could end by it.

import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { isWhole, runBackend } from './backend.ts';
import { Client, Closed } from './client.ts';
import { runNginx } from './nginx-server.ts';
import { until } from './waiting.ts';

const SOURCES = new URL('../../src/', import.meta.url).href;
/** The request that has waited for its turn is the fifth for which a server is asked. */
const PRELOADED = `
  if (!process.argv.includes('nginx')) {
    const { ProxiedRequest } = await import('${SOURCES}edge/handlers/proxy/proxied-request.ts');
    const { Attempt } = await import('${SOURCES}upstream/attempt.ts');
    const plant = (methods, name, look) => {
      const before = methods[name];
      methods[name] = function (...args) {
        look(...args);
        return before.apply(this, args);
      };
    };
    // Each throws at a place of its own: of one place the log has the first error alone.
    plant(ProxiedRequest.prototype, 'onHead', (head) => {
      if (head.status === 418) throw new Error('a planted bug in onHead');
    });
    plant(ProxiedRequest.prototype, 'onData', (bytes, start, end) => {
      if (bytes.latin1Slice(start, end) === 'bang') throw new Error('a planted bug in onData');
    });
    let starts = 0;
    plant(Attempt.prototype, 'start', () => {
      starts += 1;
      if (starts === 5) throw new Error('a planted bug in start');
    });
  }
`;

function ask(client: Client, path: string): void {
  client.send(`GET ${path} HTTP/1.1\r\nHost: a.test\r\n\r\n`);
}

test('an error in a call of a server ends its request alone, with 500 or a cut', async () => {
  const held: Socket[] = [];
  await using backend = await runBackend((request, socket) => {
    if (!isWhole(request)) {
      return undefined;
    }
    const [, path] = request.split(' ');
    if (path === '/body' || path === '/held') {
      held.push(socket);
      return path === '/held' ? '' : 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbegun';
    }
    return `HTTP/1.1 ${path === '/head' ? '418 Bang' : '200 OK'}\r\nContent-Length: 0\r\n\r\n`;
  });
  // With one request at a time, a peer that was not given back would be missed.
  await using nginx = await runNginx(
    'location / { proxy_pass http://up; proxy_buffering off; }',
    {},
    {
      preloaded: PRELOADED,
      http: `upstream up { zone up 64k; server 127.0.0.1:${backend.port} max_conns=1; queue 9 timeout=60; }`,
    },
  );
  const { server } = nginx;
  assert.equal((await nginx.ask('/head')).status, 500);
  await server.logged(/internal error 1 in the request "GET \/head" of 127\.0\.0\.1, which ends by it: .* in onHead/);

  using reader = await Client.open(nginx.port);
  ask(reader, '/body');
  await reader.receive(/begun/);
  held.pop()?.write('bang');
  await assert.rejects(reader.read(), Closed);
  await server.logged(/internal error 2 in the request "GET \/body".* in onData/);

  using first = await Client.open(nginx.port);
  ask(first, '/held');
  await until('the server has it', () => held.length === 1);
  using second = await Client.open(nginx.port);
  ask(second, '/waits');
  using third = await Client.open(nginx.port);
  ask(third, '/after');
  held.pop()?.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
  assert.equal((await first.read()).status, 200);
  assert.equal((await second.read()).status, 200);
  assert.equal((await third.read()).status, 500);
  await server.logged(/internal error 3 in the request "GET \/after".* in start/);
  assert.equal((await nginx.ask('/')).status, 200);
  assert.doesNotMatch(server.log, /started again/);
});
