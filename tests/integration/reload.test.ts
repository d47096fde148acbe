// HUP: the next version serves as soon as it is ready, and the one that runs is kept if there is none.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { failures, Load } from './load.ts';
import type { Server } from './server.ts';
import { serve } from './server.ts';
import { until } from './waiting.ts';

function version(number: number): string {
  return `
import os, time
VERSION = ${number}

def application(environ, start):
    if environ['PATH_INFO'] == '/stream':
        def blocks():
            start('200 OK', [])
            yield b'[%d' % VERSION
            while not os.path.exists('end-of-stream'):
                time.sleep(0.01)
            yield b'%d]' % VERSION
        return blocks()
    start('200 OK', [])
    return [b'%d' % VERSION]
`;
}

async function reload(server: Server, source: string, outcome: RegExp): Promise<void> {
  const from = server.log.length;
  writeFileSync(join(server.folder, 'app.py'), source);
  server.signal('SIGHUP');
  await server.logged(outcome, 15_000, from);
}

/** The log may be a moment ahead of the edge; from its first answer on, only the new version answers. */
async function serves(server: Server, body: string): Promise<void> {
  for (let turn = 0; turn < 100 && (await server.ask('/')).body !== body; turn += 1);
  for (let turn = 0; turn < 10; turn += 1) assert.equal((await server.ask('/')).body, body);
}

for (const preload of ['--preload', '--no-preload']) {
  test(`new code serves, broken code does not, ${preload}`, async () => {
    await using server = await serve({ app: version(1), args: ['--workers', '2', preload] });
    assert.equal((await server.ask('/')).body, '1');
    await reload(server, version(2), /INFO .*reloaded/);
    await serves(server, '2');
    await until('two workers are left', () => server.workerPids.length === 2);
    const workers = server.workerPids;
    await reload(server, 'def broken(:\n', /ERROR .*could not be loaded[\s\S]*SyntaxError/);
    await reload(server, 'raise RuntimeError("at import")\n', /ERROR .*could not be loaded[\s\S]*at import/);
    for (let turn = 0; turn < 10; turn += 1) assert.equal((await server.ask('/')).body, '2');
    await until('only the old workers are left', () => String(server.workerPids) === String(workers));
    await reload(server, version(3), /INFO .*reloaded/);
    await serves(server, '3');
  });
}

test('under load nothing is lost, on two edge threads, and no answer is of an older version than one before it', async () => {
  await using server = await serve({ app: version(1), args: ['--workers', '2', '--edge-threads', '2'] });
  using load = new Load(server, { connections: 8, target: () => '/' });
  for (let next = 2; next <= 5; next += 1) {
    await load.reach(load.asked.length + 200);
    await reload(
      server,
      next === 4 ? 'broken(' : version(next),
      next === 4 ? /could not be loaded/ : /INFO .*reloaded/,
    );
  }
  await load.reach(load.asked.length + 200);
  const asked = await load.stop();
  assert.deepEqual(failures(asked), []);
  assert.deepEqual([...new Set(asked.map(({ body }) => body))].toSorted(), ['1', '2', '3', '5']);
  for (let connection = 0; connection < 8; connection += 1) {
    const seen = asked.filter((item) => item.connection === connection).map(({ body }) => Number(body));
    assert.deepEqual(
      seen,
      seen.toSorted((a, b) => a - b),
    );
  }
  // A zygote ends behind its last worker.
  await until('two workers are left', () => server.workerPids.length === 2 && server.zygotePids.length === 1);
});

test('a response that streams is finished by the worker that began it', async () => {
  await using server = await serve({ app: version(1) });
  using client = await server.connect();
  client.send('GET /stream HTTP/1.1\r\nHost: a\r\n\r\n');
  await client.receive(/\[1/);
  await reload(server, version(2), /INFO .*reloaded/);
  await serves(server, '2');
  writeFileSync(join(server.folder, 'end-of-stream'), '');
  assert.equal((await client.read()).body, '[11]');
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  assert.equal((await client.read()).body, '2');
  await until('the old worker is gone', () => server.workerPids.length === 1);
});
