// The end of a server: what was begun is finished, nothing is left behind, and an operator in a hurry is obeyed.

import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { test } from 'node:test';
import { EDGE_LIMITS } from '../../src/edge/limits.ts';
import { Closed } from './client.ts';
import { Load } from './load.ts';
import { descendants, isAlive } from './processes.ts';
import type { Server } from './server.ts';
import { serve } from './server.ts';
import { within } from './waiting.ts';

const APP = `
import atexit, os, time
atexit.register(lambda: print('exit handler ran', flush=True))

def application(environ, start):
    if environ['PATH_INFO'] == '/slow':
        print('slow began', flush=True)
        while not os.path.exists('go'):
            time.sleep(0.01)
    start('200 OK', [])
    return [b'done']
`;
/** How long the edge accepts after TERM, and then waits for requests, stretched: a busy test needs more time than there is. */
const STRETCHED = `
const { setTimeout } = globalThis;
globalThis.setTimeout = (action, ms, ...rest) => setTimeout(action, ms === ${EDGE_LIMITS.stopIdleMs} ? 1000 : ms, ...rest);
`;
const SLOW = 'GET /slow HTTP/1.1\r\nHost: a\r\n\r\n';

/** Waits until the server refuses connections: the log is ahead of the edge, which only then has been told. */
async function refusal(server: Server): Promise<void> {
  for (let isOpen = true; isOpen; ) {
    isOpen = await server.connect().then(
      (client) => {
        client.close();
        return true;
      },
      () => false,
    );
  }
}

test('TERM under load: what was begun is answered, exit code 0, nothing left', async () => {
  await using server = await serve({ app: APP, args: ['--workers', '2', '--edge-threads', '2', '--pid-file', 'pid'] });
  const family = descendants(server.pid).map(({ pid }) => pid);
  using slow = await server.connect();
  slow.send(SLOW);
  await server.logged(/slow began/);
  using load = new Load(server, { connections: 8, target: () => '/fast' });
  await load.reach(200);
  server.signal('SIGTERM');
  await server.logged(/SIGTERM: stopping/);
  await within(10_000, 'the end of accepting', refusal(server));
  writeFileSync(join(server.folder, 'go'), '');
  const answer = await slow.read();
  assert.equal(answer.body, 'done');
  assert.equal(answer.isKept, false);
  const refused = (await load.stop()).filter(({ status }) => status !== 200);
  // Connections that were opened or used after the end of accepting are refused; none was answered in part, or with an error.
  for (const { status, body } of refused) {
    assert.equal(status, 0);
    assert.match(body, /ECONNREFUSED|ECONNRESET|closed after 0 bytes/);
  }
  assert.equal(await server.exit, 0);
  assert.deepEqual(family.filter(isAlive), []);
  assert.match(server.log, /exit handler ran/);
  assert.deepEqual(
    readdirSync(server.folder).filter((name) => name.startsWith('portico-') || name === 'pid'),
    [],
  );
});

test('TERM: a client that was let in behind it is answered, also if it asks after the end of accepting', async () => {
  await using server = await serve({ app: APP, preloaded: STRETCHED });
  server.signal('SIGTERM');
  await server.logged(/SIGTERM: stopping/);
  using last = await server.connect();
  await within(10_000, 'the end of accepting', refusal(server));
  last.send('GET /fast HTTP/1.1\r\nHost: a\r\n\r\n');
  assert.equal((await last.read()).body, 'done');
  assert.equal(await server.exit, 0);
});

test('TERM: what does not end within --graceful-timeout is cut', async () => {
  await using server = await serve({ app: APP, args: ['--graceful-timeout', '500ms'] });
  using slow = await server.connect();
  slow.send(SLOW);
  await server.logged(/slow began/);
  const began = performance.now();
  server.signal('SIGTERM');
  await assert.rejects(slow.read(), (error) => error instanceof Closed);
  await server.exit;
  const tookMs = performance.now() - began;
  assert.ok(tookMs > 450 && tookMs < 8000, `${tookMs} ms`);
});

for (const signals of [['SIGINT', 'SIGINT'], ['SIGTERM', 'SIGINT'], ['SIGQUIT']] as const) {
  test(`${signals.join(', then ')}: at once`, async () => {
    await using server = await serve({ app: APP, args: ['--graceful-timeout', '60s'] });
    const family = descendants(server.pid).map(({ pid }) => pid);
    using slow = await server.connect();
    slow.send(SLOW);
    await server.logged(/slow began/);
    const began = performance.now();
    for (const signal of signals) {
      const from = server.log.length;
      server.signal(signal);
      await server.logged(/stopping/, 5000, from);
    }
    await server.exit;
    assert.ok(performance.now() - began < 4000);
    assert.deepEqual(family.filter(isAlive), []);
  });
}
