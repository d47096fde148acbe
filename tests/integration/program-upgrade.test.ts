// The running program is exchanged by signals, as gunicorn's is: USR2 starts the program beside, TERM ends one of the two. Clients ask all the time, and none
// may notice.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { failures, Load } from './load.ts';
import { isAlive } from './processes.ts';
import type { Server } from './server.ts';
import { serve } from './server.ts';
import { until, within } from './waiting.ts';

const app = (version: string): string => `
def application(environ, start_response):
    start_response('200 OK', [('Content-Length', '3')])
    return [b'${version}']
`;
const ARGS = ['--pid-file', 'pid'];
/** So many answers of one program after another are no chance. */
const ALONE_COUNT = 50;

function pidOf(server: Server, name: string): number {
  const path = join(server.folder, name);
  return existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0;
}

/** Both programs serve: the new one's number. */
async function upgrade(server: Server): Promise<number> {
  server.signal('SIGUSR2');
  await server.logged(/the new program \(process \d+\) serves beside this one/, 30_000);
  return pidOf(server, 'pid.2');
}

/** It has the streams of the program that has started it, which the test reads to their end. */
async function end(pid: number): Promise<void> {
  if (isAlive(pid)) {
    process.kill(pid, 'SIGTERM');
    await until('the server has ended', () => !isAlive(pid));
  }
}

test('USR2 and TERM exchange the program, and no request is lost', async () => {
  await using server = await serve({ app: app('one'), args: ARGS });
  using load = new Load(server, { connections: 4, target: () => '/' });
  await load.reach(ALONE_COUNT);
  writeFileSync(join(server.folder, 'app.py'), app('two'));
  const next = await upgrade(server);
  try {
    assert.equal(pidOf(server, 'pid'), server.pid);
    server.signal('SIGUSR2');
    await server.logged(/SIGUSR2: ignored, because a new program runs already/);
    server.signal('SIGTERM');
    await until("the new program has the pid file's name", () => pidOf(server, 'pid') === next);
    await load.reach(load.asked.length + ALONE_COUNT);
    const asked = await load.stop();
    assert.deepEqual(failures(asked), []);
    assert.deepEqual(new Set(asked.slice(-ALONE_COUNT / 2).map(({ body }) => body)), new Set(['two']));
  } finally {
    await end(next);
  }
  assert.equal(await within(10_000, 'the end', server.exit), 0);
  assert.deepEqual([existsSync(join(server.folder, 'pid')), existsSync(join(server.folder, 'pid.2'))], [false, false]);
});

test('a TERM to the new program takes the upgrade back, and no request is lost', async () => {
  await using server = await serve({ app: app('one'), args: ARGS });
  using load = new Load(server, { connections: 4, target: () => '/' });
  writeFileSync(join(server.folder, 'app.py'), app('two'));
  const next = await upgrade(server);
  await end(next);
  await server.logged(/has ended with exit code 0: this one goes on/);
  await load.reach(load.asked.length + ALONE_COUNT);
  const asked = await load.stop();
  assert.deepEqual(failures(asked), []);
  assert.deepEqual(new Set(asked.slice(-ALONE_COUNT / 2).map(({ body }) => body)), new Set(['one']));
  assert.equal(pidOf(server, 'pid'), server.pid);
});

test('a new program that cannot load the application leaves everything as it was', async () => {
  await using server = await serve({ app: app('one'), args: ARGS });
  writeFileSync(join(server.folder, 'app.py'), 'raise RuntimeError("not today")');
  server.signal('SIGUSR2');
  await server.logged(/has ended with exit code 3 before it served: this one goes on/, 30_000);
  assert.equal((await server.ask('/')).body, 'one');
  assert.equal(existsSync(join(server.folder, 'pid.2')), false);
});
