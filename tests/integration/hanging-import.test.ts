// An application that is never loaded: the start timeout holds for every way to load it.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Server } from './server.ts';
import { launch, serve } from './server.ts';
import { until, within } from './waiting.ts';

const GOOD = `
def application(environ, start_response):
    start_response('200 OK', [])
    return [b'hello']
`;
const HANGING = `
import time

def load_forever():
    time.sleep(300)

load_forever()
`;
const LIMIT = ['--start-timeout', '1'];

const pythons = (server: Server): number => server.zygotePids.length + server.workerPids.length;

test('a server whose application hangs while it is imported ends, and says where it hung', async () => {
  await using server = launch({ app: HANGING, args: LIMIT });
  assert.equal(await within(15_000, 'the end of the server', server.exit), 3, server.log);
  assert.match(server.log, /the server cannot start: .* within 1 s \(--start-timeout\)/);
  assert.match(server.log, /app\.py", line 5 in load_forever/);
});

test('so it does where each worker imports it', async () => {
  await using server = launch({ app: HANGING, args: [...LIMIT, '--no-preload'] });
  assert.equal(await within(15_000, 'the end of the server', server.exit), 3, server.log);
  assert.match(server.log, /was not ready 1 s after its start \(--start-timeout\)/);
  assert.match(server.log, /ERROR w1: .*app\.py", line 5 in load_forever/);
});

test('so it does where the startup of an ASGI application hangs', async () => {
  const app = `
import asyncio

async def application(scope, receive, send):
    assert scope['type'] == 'lifespan'
    await receive()
    await asyncio.sleep(300)
`;
  await using server = launch({ app, args: LIMIT });
  assert.equal(await within(15_000, 'the end of the server', server.exit), 3, server.log);
  assert.match(server.log, /was not ready 1 s after its start \(--start-timeout\)/);
});

test('a reload that hangs is given up, and leaves no process behind', async () => {
  await using server = await serve({ app: GOOD, args: LIMIT });
  writeFileSync(join(server.folder, 'app.py'), HANGING);
  server.signal('SIGHUP');
  await server.logged(/within 1 s \(--start-timeout\)\. The version that runs is kept/);
  await until('the process that was to load it is gone', () => pythons(server) === 2);
  assert.equal((await server.ask('/')).body, 'hello');
});

test('reloads in a row leave only the last one loading', async () => {
  await using server = await serve({ app: GOOD, args: ['--start-timeout', '60'] });
  writeFileSync(join(server.folder, 'app.py'), HANGING);
  const seen = new Set(server.zygotePids);
  for (let count = 0; count < 3; count += 1) {
    server.signal('SIGHUP');
    await until('one more process loads it', () => server.zygotePids.some((pid) => !seen.has(pid)));
    for (const pid of server.zygotePids) seen.add(pid);
  }
  await until('those before the last are gone', () => pythons(server) === 3);
  assert.equal((await server.ask('/')).body, 'hello');
});

test('--check ends too', async () => {
  await using server = launch({ app: HANGING, args: [...LIMIT, '--check'] });
  assert.equal(await within(15_000, 'the end of the check', server.exit), 3, server.log);
  assert.match(server.log, /within 1 s \(--start-timeout\)/);
});
