// Servers behind this one that have names: who a request names, and whom an upstream has, are asked of the name servers of the configuration.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Reply } from './backend.ts';
import { answering, runBackend } from './backend.ts';
import { Client } from './client.ts';
import { findPort } from './free-port.ts';
import { runNameServer } from './name-server.ts';
import { runNginx } from './nginx-server.ts';
import { until } from './waiting.ts';

const LOCAL = { type: 'A', value: '127.0.0.1' } as const;

/** Forbidden at first, and then not. */
function forbiddingOnce(): Reply {
  let count = 0;
  return (request) => {
    if (!request.endsWith('\r\n\r\n')) {
      return undefined;
    }
    count += 1;
    return count % 2 === 1
      ? 'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n'
      : 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond';
  };
}

/** Longer than the time in which another server may be asked. */
const LATE_MS = 1100;

test('a name that is long in coming takes no time from the servers of a stream', async () => {
  await using backend = await runBackend((request) => (request === 'hello' ? 'found' : undefined));
  await using names = await runNameServer({
    'late.test': { records: [{ type: 'A', value: '127.0.0.2' }, LOCAL], lateMs: LATE_MS },
  });
  const port = await findPort();
  await using _nginx = await runNginx(
    '',
    {},
    {
      main: `stream { map $server_port $to { default late.test:${backend.port}; } resolver 127.0.0.1:${names.port} ipv6=off;
      server { listen 127.0.0.1:${port}; proxy_pass $to; proxy_next_upstream_timeout 1s; } }`,
    },
  );
  using client = await Client.open(port);
  client.send('hello');
  await until('the second server has answered', () => client.received === 'found');
});

test('a name server that is dead fills no log, however many names clients make up', async () => {
  const port = await findPort();
  await using nginx = await runNginx(
    `location ~ ^/name/([^/]+)$ { resolver 127.0.0.1:${port}; resolver_timeout 300ms; proxy_pass http://$1; }`,
  );
  const { log } = nginx.server;
  const names = Array.from({ length: 40 }, (_, index) => `/name/n${index}.test`);
  const answers = await Promise.all(names.map((path) => nginx.ask(path)));
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [502]);
  await nginx.server.logged(/recv\(\) failed .* while resolving/, undefined, log.length);
  const lines = nginx.server.log.slice(log.length).match(/recv\(\) failed .* while resolving/g) ?? [];
  assert.ok(lines.length >= 1 && lines.length < 10, `${lines.length} lines`);
});

test('names are asked of the name servers of the configuration, whatever these answer', async () => {
  await using backend = await runBackend(answering('found'));
  await using twice = await runBackend(forbiddingOnce());
  await using names = await runNameServer({
    'two.test': { records: [LOCAL, LOCAL] },
    'alias.test': { records: [{ type: 'CNAME', value: 'app.test' }] },
    'app.test': { records: [LOCAL] },
    'long.test': { flags: 0x8380, records: [LOCAL] },
    'broken.test': { code: 2 },
  });
  await using nginx = await runNginx(
    `resolver 127.0.0.1:${names.port} valid=1s; resolver_timeout 1s;
     add_header X-Asked $upstream_addr always;
     location = /two { set $to two.test; proxy_pass http://$to:${twice.port}; proxy_next_upstream http_403; }
     location ~ ^/name/([^/]+)$ { proxy_pass http://$1:${backend.port}; }
     location = /app { proxy_pass http://app; }`,
    {},
    {
      http: `resolver 127.0.0.1:${names.port} valid=1s; resolver_timeout 1s;
        upstream app { zone app 64k; server alias.test:${backend.port} resolve; }`,
    },
  );
  const local = (port: number) => `127.0.0.1:${port}`;
  const two = await nginx.ask('/two');
  assert.equal(two.body, 'second');
  assert.equal(two.fields.get('x-asked'), `${local(twice.port)}, ${local(twice.port)}`);
  assert.equal((await nginx.ask('/name/alias.test')).body, 'found');
  assert.equal((await nginx.ask('/name/long.test')).body, 'found');
  assert.ok(names.asked.includes('long.test tcp'));
  assert.ok(names.ports.size > 4, 'each question has a port of its own');

  const absent = await nginx.ask('/name/absent.test');
  assert.deepEqual([absent.status, absent.fields.get('x-asked')], [502, undefined]);
  await nginx.server.logged(/absent\.test could not be resolved \(3: Host not found\), client/);
  await nginx.ask('/name/broken.test');
  await nginx.server.logged(/broken\.test could not be resolved \(2: Server failure\), client/);
  assert.equal((await nginx.ask('/name/evil%0A2026%20%22forged')).status, 502);
  await nginx.server.logged(/evil\\x0A2026 \\x22forged could not be resolved \(3: Host not found\), client/);

  assert.equal((await nginx.ask('/app')).body, 'found');
  await names.close();
  await nginx.server.logged(/\[error\] .*recv\(\) failed \(111: Connection refused\) while resolving, resolver: 127/);
  await nginx.server.logged(/\[error\] .*alias\.test could not be resolved \(110: Operation timed out\)/);
  assert.equal((await nginx.ask('/app')).body, 'found', 'the addresses that were known last are used');
  const file = join(nginx.server.folder, 'nginx.conf');
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('valid=1s', 'valid=2s'));
  process.kill(nginx.server.pid, 'SIGHUP');
  await nginx.server.logged(/the new configuration is served/);
  assert.equal((await nginx.ask('/app')).body, 'found', 'also behind a reload, by other rules');
});
