// The supervisor with edges that do not behave.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { isAlive } from './processes.ts';
import { launch, serve } from './server.ts';
import { until, within } from './waiting.ts';

const APP = `
def application(environ, start_response):
    start_response('200 OK', [])
    return [b'hello']
`;
const fake = (name: string) => join(import.meta.dirname, 'fakes', name);

test('an edge that cannot start ends the server with code 1 and its reason', async () => {
  await using server = launch({ app: APP, args: ['--edge-program', fake('edge-that-fails.ts')] });
  assert.equal(await within(10_000, 'the end', server.exit), 1);
  assert.match(server.log, /the server cannot start: the moon is in the wrong phase/);
});

test('an edge that does not stop is killed', async () => {
  await using server = await serve({
    app: APP,
    args: ['--edge-program', fake('edge-that-hangs.ts'), '--graceful-timeout', '200ms'],
  });
  server.signal('SIGTERM');
  assert.equal(await within(8000, 'the end', server.exit), 0);
  assert.match(server.log, /the rest is killed/);
});

test('an edge that says what our program does not say is killed, and no folder that it names is touched', async () => {
  await using server = launch({ app: APP, args: ['--edge-program', fake('edge-that-lies.ts')] });
  await server.logged(/ERROR portico: the edge names a folder for bodies that it cannot have made: \/etc/);
  await server.logged(/the edge process \(pid \d+\) says "worker" of a "stuck" message is wrong: it is killed/);
});

test('an edge that dies is replaced, and serves on the same address', async () => {
  await using server = await serve({ app: APP });
  const { edgePid } = server;
  process.kill(edgePid, 'SIGKILL');
  await server.logged(/ERROR portico: the edge process was killed by SIGKILL/);
  assert.equal((await server.ask('/')).body, 'hello');
  assert.notEqual(server.edgePid, edgePid);
});

test('a zygote that dies is replaced with its workers', async () => {
  await using server = await serve({ app: APP });
  const { zygotePids, workerPids } = server;
  for (const pid of zygotePids) {
    process.kill(pid, 'SIGKILL');
  }
  await server.logged(/ERROR portico: the process that forks the workers was killed by SIGKILL/);
  await until('the old workers are gone', () => !workerPids.some(isAlive));
  assert.equal((await server.ask('/')).body, 'hello');
});
