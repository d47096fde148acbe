// kill -9 on the process that forks the workers: it and they are started again, and clients wait instead of failing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failures, Load } from './load.ts';
import { isAlive } from './processes.ts';
import { serve } from './server.ts';
import { until } from './waiting.ts';

const APP = `
import os

def application(environ, start):
    start('200 OK', [])
    return [str(os.getpid()).encode()]
`;

test('a new zygote with new workers, and no worker of the old one left', async () => {
  await using server = await serve({ app: APP, args: ['--workers', '2'] });
  using load = new Load(server, { connections: 4, target: () => '/' });
  await load.reach(100);
  const [zygote = 0] = server.zygotePids;
  const old = server.workerPids;
  process.kill(zygote, 'SIGKILL');
  await server.logged(/the process that forks the workers .*SIGKILL/);
  await until('the old workers are gone', () => !old.some(isAlive));
  await until('two new ones run', () => server.workerPids.length === 2);
  await load.reach(load.asked.length + 200);
  const asked = await load.stop();
  const lost = failures(asked);
  // No more than what ran.
  assert.ok(lost.length <= 2, JSON.stringify(lost));
  assert.ok(!old.includes(Number((await server.ask('/')).body)));
});
