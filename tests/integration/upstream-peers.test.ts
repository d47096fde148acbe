// Servers behind this one share requests; one that fails is left alone by all threads, also behind a reload, and has its share again when it is back.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { UpstreamReport } from '../../src/upstream/peers/peers-report.ts';
import { answering, runBackend } from './backend.ts';
import { findPort } from './free-port.ts';
import { runNginx } from './nginx-server.ts';
import { within } from './waiting.ts';

test('a server that fails is left alone by all threads and behind a reload, and comes back', async () => {
  await using one = await runBackend(answering('one'));
  const port = await findPort();
  await using nginx = await runNginx(
    `location / { proxy_pass http://app; add_header X-Asked $upstream_addr always; }
     location /sticky { proxy_pass http://sticky; add_header X-Asked $upstream_addr always; }
     location /api { api; }
     location /unknown { proxy_pass http://no-such-host.invalid; }`,
    {},
    {
      main: 'worker_processes 2;',
      http: `upstream app { zone app 64k; server 127.0.0.1:${one.port}; server 127.0.0.1:${port} fail_timeout=1m; }
        upstream sticky { zone sticky 64k; server 127.0.0.1:${one.port}; server 127.0.0.1:${port} max_fails=0; hash $arg_key; }`,
    },
  );
  const down = `127.0.0.1:${port}`;
  const askedOf = async (path: string) => (await nginx.ask(path)).fields.get('x-asked') ?? '';
  const asked: string[] = [];
  for (let count = 0; count < 8; count += 1) {
    const answer = await nginx.ask('/');
    assert.equal(answer.body, 'one');
    asked.push(answer.fields.get('x-asked') ?? '');
  }
  assert.equal(asked.filter((each) => each.includes(down)).length, 1, asked.join('; '));
  await nginx.server.logged(
    /\[warn\] \S+ \*\d+ upstream server temporarily disabled while connecting to upstream, client/,
  );

  // Another thread may be asked for the page while the one that has answered last is about to count that.
  const counted = async (): Promise<void> => {
    const expected = [
      ['up', 0, 8],
      ['unavail', 1, 0],
    ];
    for (let peers: unknown; !isDeepStrictEqual(peers, expected); ) {
      const { app } = JSON.parse((await nginx.ask('/api/9/http/upstreams')).body) as Record<string, UpstreamReport>;
      peers = app?.peers.map(({ state, fails, responses }) => [state, fails, responses?.['2xx']]);
    }
  };
  await within(10_000, 'the page has what was asked', counted());

  const file = join(nginx.server.folder, 'nginx.conf');
  writeFileSync(file, readFileSync(file, 'utf8').replace('fail_timeout=1m', 'fail_timeout=1h'));
  process.kill(nginx.server.pid, 'SIGHUP');
  await nginx.server.logged(/the new configuration is served/);
  for (let count = 0; count < 4; count += 1) {
    assert.equal(await askedOf('/'), `127.0.0.1:${one.port}`, 'it is remembered');
  }

  assert.equal((await nginx.ask('/unknown')).status, 502);
  await nginx.server.logged(/host not found in upstream "no-such-host\.invalid"/);
  await nginx.server.logged(/\[error\] \S+ \*\d+ no live upstreams while connecting to upstream, client/);

  const keys = ['a', 'b', 'c', 'd'];
  const before = await Promise.all(keys.map((key) => askedOf(`/sticky?key=${key}`)));
  assert.deepEqual(await Promise.all(keys.map((key) => askedOf(`/sticky?key=${key}`))), before, 'a key has its server');

  await using back = await runBackend(answering('back'), undefined, port);
  writeFileSync(file, readFileSync(file, 'utf8').replace('fail_timeout=1h', 'fail_timeout=0'));
  const from = nginx.server.log.length;
  process.kill(nginx.server.pid, 'SIGHUP');
  // By all threads: in one that goes by the plan before, it is left alone for an hour.
  await nginx.server.logged(/the new configuration is served/, undefined, from);
  const untilBack = async () => {
    while ((await nginx.ask('/')).body !== 'back') {
      // The one request that tries it may have gone to the other server.
    }
  };
  await within(20_000, 'it is asked again', untilBack());
  const bodies = [await nginx.ask('/'), await nginx.ask('/')].map(({ body }) => body);
  assert.deepEqual(bodies.sort(), ['back', 'one'], 'it has its share');
  assert.ok(back.requests.length >= 2);
});

test('a status that counts as a failure is one: the next server is asked, and the log says what was going on', async () => {
  await using bad = await runBackend(() => 'HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n');
  await using good = await runBackend(answering('good'));
  await using nginx = await runNginx(
    'location / { proxy_pass http://app; proxy_next_upstream http_500; }',
    {},
    { http: `upstream app { server 127.0.0.1:${bad.port}; server 127.0.0.1:${good.port}; }` },
  );
  const bodies = [await nginx.ask('/'), await nginx.ask('/'), await nginx.ask('/')].map(({ body }) => body);
  assert.deepEqual(bodies, ['good', 'good', 'good']);
  assert.equal(bad.requests.length, 1);
  await nginx.server.logged(
    /\[warn\] \S+ \*\d+ upstream server temporarily disabled while reading response header from upstream, client/,
  );
});
