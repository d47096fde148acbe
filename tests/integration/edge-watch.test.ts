// An edge, or a zygote, that is there and does nothing does not answer its pings, and is killed and replaced. One that merely stood for a while is not.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive } from './processes.ts';
import { launch, serve } from './server.ts';
import { until, within } from './waiting.ts';

const APP = `
def application(environ, start_response):
    start_response('200 OK', [])
    return [b'hello']
`;
/** In the edge, the thread of that number loops for ever: at SIGWINCH, or soon. */
const standing = (thread: string): string => `
  import { isMainThread } from 'node:worker_threads';
  if (!process.argv.includes('serve')) {
    const turn = () => { for (;;); };
    if (isMainThread && ${thread} === 0) process.on('SIGWINCH', turn);
    if (!isMainThread && ${thread} === 1) setTimeout(turn, 500);
  }
`;

for (const thread of ['0', '1']) {
  test(`an edge whose thread ${thread} stands still is killed and replaced`, async () => {
    await using server = await serve({
      app: APP,
      preloaded: standing(thread),
      args: ['--edge-threads', '2', '--edge-timeout', '1'],
    });
    const { edgePid } = server;
    if (thread === '0') process.kill(edgePid, 'SIGWINCH');
    await server.logged(/ERROR portico: the edge process has not answered for 1 s \(--edge-timeout\): it is killed/);
    await until('it is gone', () => !isAlive(edgePid));
    await server.logged(/it is started again/);
  });
}

test('an edge that is stopped is killed and replaced, and clients that connected meanwhile are answered', async () => {
  await using server = await serve({ app: APP, args: ['--edge-timeout', '1'] });
  const { edgePid } = server;
  process.kill(edgePid, 'SIGSTOP');
  assert.equal((await server.ask('/')).body, 'hello');
  assert.ok(!isAlive(edgePid));
});

test('a zygote that is stopped is replaced beside its workers, which serve meanwhile', async () => {
  const args = ['--edge-timeout', '1', '--graceful-timeout', '1'];
  await using server = await serve({ app: APP, args });
  for (const pid of server.zygotePids) process.kill(pid, 'SIGSTOP');
  assert.equal((await server.ask('/')).body, 'hello');
  await server.logged(/ERROR portico: the process that forks the workers has not answered for 1 s \(--edge-timeout\)/);
  await server.logged(/reloaded: the new workers serve/);
  assert.equal((await server.ask('/')).body, 'hello');
});

test('a server that was stopped as a whole blames nobody', async () => {
  await using server = await serve({ app: APP, args: ['--edge-timeout', '2', '--start-timeout', '20'] });
  const { edgePid } = server;
  const family = [server.pid, edgePid, ...server.zygotePids];
  for (const pid of family) process.kill(pid, 'SIGSTOP');
  await delay(3000);
  for (const pid of family) process.kill(pid, 'SIGCONT');
  assert.equal((await server.ask('/')).body, 'hello');
  assert.equal(server.edgePid, edgePid);
  assert.doesNotMatch(server.log, /ERROR/);
});

test('an edge that does not become ready ends the start, with a line that says why', async () => {
  const edgeProgram = join(import.meta.dirname, 'fakes/edge-that-sleeps.ts');
  await using server = launch({ app: APP, args: ['--edge-program', edgeProgram, '--start-timeout', '2'] });
  assert.equal(await within(10_000, 'the end', server.exit), 1);
  assert.match(
    server.log,
    /the server cannot start: the edge process was not ready 2 s after its start \(--start-timeout\)/,
  );
});
