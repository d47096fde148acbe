// TTIN and TTOU: one worker more, one less, without a lost request.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failures, Load } from './load.ts';
import { serve } from './server.ts';
import { until } from './waiting.ts';

const APP = `
def application(environ, start):
    start('200 OK', [])
    return [b'']
`;

test('workers come and go under load, and one is always left', async () => {
  await using server = await serve({ app: APP });
  using load = new Load(server, { connections: 6, target: () => '/' });
  for (const [signal, count] of [
    ['SIGTTIN', 2],
    ['SIGTTIN', 3],
    ['SIGTTOU', 2],
    ['SIGTTOU', 1],
  ] as const) {
    const from = server.log.length;
    server.signal(signal);
    await server.logged(new RegExp(`number of workers is now ${count}`), 5000, from);
    await until(`there are ${count} workers`, () => server.workerPids.length === count);
    await load.reach(load.asked.length + 100);
  }
  server.signal('SIGTTOU');
  await server.logged(/WARNING .*stays at 1/);
  await load.reach(load.asked.length + 100);
  assert.deepEqual(failures(await load.stop()), []);
  assert.equal(server.workerPids.length, 1);
});
