// An application that is never loaded: the start timeout holds for every way to load it.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isAlive } from './processes.ts';
import type { Server } from './server.ts';
import { launch, makeFolder, START_MS, serve } from './server.ts';
import { until, within } from './waiting.ts';

const GOOD = `
def application(environ, start_response):
    start_response('200 OK', [])
    return [b'hello']
`;
const HANGING = `
import time

def load_forever():
    print('hangs', flush=True)
    time.sleep(300)

load_forever()
`;
const HANGING_STARTUP = `
import asyncio

async def application(scope, receive, send):
    assert scope['type'] == 'lifespan'
    await receive()
    print('hangs', flush=True)
    await asyncio.sleep(300)
`;
/** Start timeouts in seconds. The first is enough for what comes before the fault, unless the machine is busy. */
const LIMITS = [1, 4, 16];

const pythons = (server: Server): number => server.zygotePids.length + server.workerPids.length;

interface Ended {
  readonly code: number | string;
  readonly log: string;
}

/** The end of a server whose application hangs: with the first limit within which the application came as far as that. */
async function endOf(app: string, args: readonly string[] = []): Promise<Ended> {
  for (const seconds of LIMITS) {
    await using server = launch({ app, args: ['--start-timeout', String(seconds), ...args] });
    const code = await within(60_000, 'the end of the server', server.exit);
    if (/OUTPUT \w+: hangs/.test(server.log)) {
      assert.match(server.log, new RegExp(` ${seconds} s .*\\(--start-timeout\\)`));
      return { code, log: server.log };
    }
  }
  return assert.fail('the application was not begun');
}

test('a server whose application hangs while it is imported ends, and says where it hung', async () => {
  const { code, log } = await endOf(HANGING);
  assert.equal(code, 3, log);
  assert.match(log, /the server cannot start: the import of the application did not end within/);
  assert.match(log, /app\.py", line \d+ in load_forever/);
});

test('so it does where each worker imports it', async () => {
  const { code, log } = await endOf(HANGING, ['--no-preload']);
  assert.equal(code, 3, log);
  assert.match(log, /was not ready \d+ s after its start/);
  assert.match(log, /ERROR w1: .*app\.py", line \d+ in load_forever/);
});

test('so it does where the startup of an ASGI application hangs', async () => {
  const { code, log } = await endOf(HANGING_STARTUP);
  assert.equal(code, 3, log);
  assert.match(log, /was not ready \d+ s after its start/);
});

test('--check ends too', async () => {
  const { code, log } = await endOf(HANGING, ['--check']);
  assert.equal(code, 3, log);
  assert.match(log, /the import of the application did not end within/);
});

for (const args of [[], ['--check']]) {
  test(`a Python that hangs before it comes to the application is told by the timeout ${args.join()}`, async () => {
    const folder = makeFolder();
    await using server = launch({
      app: GOOD,
      folder,
      files: { 'sitecustomize.py': 'import time\ntime.sleep(300)\n' },
      args: ['--start-timeout', '1', ...args],
      env: { PYTHONPATH: folder },
    });
    assert.equal(await within(15_000, 'the end of the server', server.exit), 3, server.log);
    assert.match(server.log, /Python did not get as far as the application within 1 s \(--start-timeout\)/);
  });
}

test('--check leaves nothing behind of a Python that is a script which starts another', async () => {
  const folder = makeFolder();
  const program = join(folder, 'own-python');
  writeFileSync(program, `#!/bin/sh\nsleep 300 &\necho $! > ${folder}/child\nwait\n`, { mode: 0o755 });
  await using server = launch({ app: GOOD, folder, args: ['--python', program, '--start-timeout', '2', '--check'] });
  assert.equal(await within(15_000, 'the end of the server', server.exit), 3, server.log);
  const child = Number(readFileSync(join(folder, 'child'), 'utf8'));
  await until('the other is gone', () => !isAlive(child));
});

/** A server that has started within its start timeout: with the first limit that is long enough. */
async function startedWithin(): Promise<{ readonly server: Server; readonly seconds: number }> {
  for (const seconds of LIMITS) {
    const server = launch({ app: GOOD, args: ['--start-timeout', String(seconds)] });
    const hasStarted = await server.logged(/is ready \(/, START_MS).then(
      () => true,
      () => false,
    );
    if (hasStarted) {
      return { server, seconds };
    }
    await server[Symbol.asyncDispose]();
  }
  return assert.fail('the server did not start');
}

test('a reload that hangs is given up, and leaves no process behind', async () => {
  const { server, seconds } = await startedWithin();
  await using _ = server;
  writeFileSync(join(server.folder, 'app.py'), HANGING);
  server.signal('SIGHUP');
  await server.logged(new RegExp(`within ${seconds} s \\(--start-timeout\\)\\. The version that runs is kept`), 60_000);
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
