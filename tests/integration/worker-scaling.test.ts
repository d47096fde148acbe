// The number of workers follows the load: more while requests stand in the queue or keep workers busy, fewer when there is little to do, none when there is nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failures, Load } from './load.ts';
import { serve } from './server.ts';
import { until } from './waiting.ts';

const APP = `
import os, time
def application(environ, start_response):
    time.sleep(0.02)
    start_response('200 OK', [('Content-Length', '2')])
    return [b'ok']
`;

test('workers are added under load, and let go behind it; no request is lost', { timeout: 120_000 }, async () => {
  await using server = await serve({ app: APP, args: ['--workers', '4', '--workers-min', '1'] });
  assert.equal(server.workerPids.length, 1);
  const load = new Load(server, { connections: 4, target: () => '/' });
  using _ = load;
  await until('there are four workers', () => server.workerPids.length === 4, 30_000);
  assert.deepEqual(failures(await load.stop()), []);
  await until('there is one worker', () => server.workerPids.length === 1, 40_000);
  const changes = server.log.match(/the number of workers is now/g)?.length ?? 0;
  assert.ok(changes <= 6, server.log);
});

test('without requests all workers are let go, the next request waits for one, and so does a reload', {
  timeout: 60_000,
}, async () => {
  await using server = await serve({ app: APP, args: ['--workers', '2', '--idle', '1s'] });
  await until('there is no worker', () => server.workerPids.length === 0, 20_000);
  assert.equal((await server.ask('/')).status, 200);
  await until('there is no worker again', () => server.workerPids.length === 0, 20_000);
  server.signal('SIGHUP');
  await server.logged(/reloaded:/);
  assert.equal((await server.ask('/')).status, 200);
});
