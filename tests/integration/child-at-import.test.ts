// Programs that an application starts while it is imported: they hold the pipes of the process that started them, for as long as they live.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isAlive } from './processes.ts';
import type { Server } from './server.ts';
import { launch, serve } from './server.ts';
import { until, within } from './waiting.ts';

/** `arguments_` are those of Popen; the numbers of the programs are written down in the order of their start. */
const appThatStarts = (arguments_: string): string => `
import subprocess, sys
child = subprocess.Popen(${arguments_})
with open('children', 'a') as file:
    file.write(f'{child.pid}\\n')

def application(environ, start_response):
    start_response('200 OK', [])
    return [b'hello']
`;
/** Without this flag a program that the import starts would be the reason to import the application in each worker. */
const PRELOADED = ['--preload'];
const SLEEPER = appThatStarts(`['sleep', '300']`);

function childrenOf(server: Server): number[] {
  return readFileSync(join(server.folder, 'children'), 'latin1').trim().split('\n').map(Number);
}

async function endsWith(server: Server, signal: NodeJS.Signals): Promise<void> {
  server.signal(signal);
  assert.equal(await within(10_000, 'the end of the server', server.exit), 0, server.log);
}

for (const signal of ['SIGTERM', 'SIGQUIT'] as const) {
  test(`${signal} ends the server, and with it what was started at import`, async () => {
    await using server = await serve({ app: SLEEPER, args: PRELOADED });
    const [child = 0] = childrenOf(server);
    assert.ok(isAlive(child));
    await endsWith(server, signal);
    assert.ok(!isAlive(child));
  });
}

test('one that does not heed SIGTERM, started by a shell, is killed', async () => {
  const shell = `trap '' TERM; echo ready > ready; sleep 300; sleep 300`;
  await using server = await serve({ app: appThatStarts(`['sh', '-c', "${shell}"]`) });
  const [child = 0] = childrenOf(server);
  await until('it ignores the signal', () => readFileSync(join(server.folder, 'ready'), 'latin1') !== '');
  await endsWith(server, 'SIGTERM');
  assert.ok(!isAlive(child));
});

test('one that each worker has started ends with the server', async () => {
  await using server = await serve({ app: SLEEPER, args: ['--no-preload', '--workers', '2'] });
  await endsWith(server, 'SIGTERM');
  assert.deepEqual(childrenOf(server).filter(isAlive), []);
});

test('a zygote that is killed is replaced, and what it had started is ended', async () => {
  await using server = await serve({ app: SLEEPER, args: PRELOADED });
  const [child = 0] = childrenOf(server);
  for (const pid of server.zygotePids) process.kill(pid, 'SIGKILL');
  await server.logged(/the process that forks the workers was killed by SIGKILL/);
  assert.equal((await server.ask('/')).body, 'hello');
  await until('the child is gone', () => !isAlive(child));
  await endsWith(server, 'SIGTERM');
});

test('a reload ends what the old version had started', async () => {
  await using server = await serve({ app: SLEEPER, args: PRELOADED });
  const [first = 0] = childrenOf(server);
  server.signal('SIGHUP');
  await server.logged(/reloaded: the new workers serve/);
  await until('the old child is gone', () => !isAlive(first));
  const [, second = 0] = childrenOf(server);
  assert.ok(isAlive(second));
});

test('a reload ends what each worker had started while it imported the application', async () => {
  await using server = await serve({ app: SLEEPER, args: ['--workers', '2'] });
  const before = childrenOf(server).filter(isAlive);
  assert.equal(before.length, 2);
  server.signal('SIGHUP');
  await server.logged(/reloaded: the new workers serve/);
  await until('the old programs are gone', () => !before.some(isAlive));
  assert.equal(childrenOf(server).filter(isAlive).length, 2);
});

test('a program in a session of its own lives on', async () => {
  await using server = await serve({ app: appThatStarts(`['sleep', '300'], start_new_session=True`), args: PRELOADED });
  const [child = 0] = childrenOf(server);
  try {
    await endsWith(server, 'SIGTERM');
    assert.ok(isAlive(child));
  } finally {
    process.kill(child, 'SIGKILL');
  }
});

test('an application that starts a program and cannot be loaded ends the server', async () => {
  await using server = launch({ app: `${SLEEPER}\nimport nowhere_to_be_found` });
  assert.equal(await within(10_000, 'the end of the server', server.exit), 3);
  assert.deepEqual(childrenOf(server).filter(isAlive), []);
});
