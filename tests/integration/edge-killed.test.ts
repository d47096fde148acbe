// kill -9 on the edge: the listening sockets are the supervisor's, so clients that come meanwhile wait; the workers dial the new edge.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { failures, Load } from './load.ts';
import { isAlive } from './processes.ts';
import { serve } from './server.ts';
import { until, within } from './waiting.ts';

const APP = `
import os

def application(environ, start):
    start('200 OK', [])
    return [str(os.getpid()).encode()]
`;

for (const edgeThreads of ['1', '2']) {
  test(`the same workers serve through the next edge, of ${edgeThreads} threads`, async () => {
    await using server = await serve({ app: APP, args: ['--workers', '2', '--edge-threads', edgeThreads] });
    const before = server.workerPids;
    for (let kill = 0; kill < 2; kill += 1) {
      using load = new Load(server, { connections: 8, target: () => '/' });
      await load.reach(200);
      const victim = server.edgePid;
      const from = server.log.length;
      process.kill(victim, 'SIGKILL');
      await server.logged(/the edge process .*SIGKILL/, 5000, from);
      const answer = await within(10_000, 'an answer of the next edge', server.ask('/'));
      assert.equal(answer.status, 200);
      assert.notEqual(server.edgePid, victim);
      await load.reach(load.asked.length + 200);
      const asked = await within(10_000, 'the end of the load', load.stop());
      // What was on a connection of the old edge is gone with it, and nothing else.
      assert.ok(failures(asked).length <= 8, JSON.stringify(failures(asked)));
      assert.ok(
        failures(asked).every(({ status }) => status === 0),
        JSON.stringify(failures(asked)),
      );
    }
    assert.deepEqual(server.workerPids, before);
    const pids = new Set<string>();
    for (let turn = 0; turn < 500 && pids.size < 2; turn += 1) {
      const answers = await Promise.all([server.ask('/'), server.ask('/'), server.ask('/')]);
      for (const { body } of answers) pids.add(body);
    }
    assert.equal(pids.size, 2, 'a worker has not dialled the new edge');
  });
}

test('a worker of the old generation ends through the next edge as soon as it has nothing left', async () => {
  const app = `
import os, time

def application(environ, start):
    if environ['PATH_INFO'] == '/slow':
        print('slow began', flush=True)
        while not os.path.exists('go'):
            time.sleep(0.01)
    start('200 OK', [])
    return [str(os.getpid()).encode()]
`;
  await using server = await serve({ app, args: ['--graceful-timeout', '60s'] });
  const [old = 0] = server.workerPids;
  using slow = await server.connect();
  slow.send('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n');
  await server.logged(/slow began/);
  server.signal('SIGHUP');
  await until('the new worker serves', () => server.workerPids.length === 2);
  const firstOfNew = async (): Promise<void> => {
    while ((await server.ask('/')).body === String(old));
  };
  await within(10_000, 'an answer of the new worker', firstOfNew());
  const from = server.log.length;
  process.kill(server.edgePid, 'SIGKILL');
  await server.logged(/the edge process .*SIGKILL/, 5000, from);
  assert.notEqual((await server.ask('/')).body, String(old));
  writeFileSync(join(server.folder, 'go'), '');
  await until('the old worker has ended', () => !isAlive(old), 5000);
});
