// Workers are replaced before they are taken away: by requests, by age, by memory, and no client notices.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failures, Load } from './load.ts';
import { serve } from './server.ts';
import { until } from './waiting.ts';

const APP = `
import os
kept = []

def application(environ, start):
    if environ['PATH_INFO'] == '/grow':
        kept.append(os.urandom(150_000_000))
    start('200 OK', [])
    return [str(os.getpid()).encode()]
`;

test('--max-requests with jitter: each worker runs about so many', async () => {
  const args = ['--workers', '2', '--max-requests', '300', '--max-requests-jitter', '100'];
  await using server = await serve({ app: APP, args });
  using load = new Load(server, { connections: 8, target: () => '/', method: 'POST' });
  await load.reach(4000);
  const asked = await load.stop();
  assert.deepEqual(failures(asked), []);
  const counts = new Map<string, number>();
  for (const { body } of asked) counts.set(body, (counts.get(body) ?? 0) + 1);
  assert.ok(counts.size >= 5, `${counts.size} workers`);
  await until('two workers are left', () => server.workerPids.length === 2);
});

test('--max-age', async () => {
  await using server = await serve({ app: APP, args: ['--max-age', '600ms'] });
  using load = new Load(server, { connections: 4, target: () => '/' });
  const pids = () => new Set(load.asked.map(({ body }) => body)).size;
  await until('the third worker answers', () => pids() >= 3);
  assert.deepEqual(failures(await load.stop()), []);
});

test('--max-memory', async () => {
  await using server = await serve({ app: APP, args: ['--max-memory', '100'] });
  const before = (await server.ask('/grow')).body;
  await server.logged(/it uses 1\d\d MB/);
  await until('it is gone', () => !server.workerPids.includes(Number(before)));
  assert.notEqual((await server.ask('/')).body, before);
});
