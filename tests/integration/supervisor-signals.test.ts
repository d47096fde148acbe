// Signals do what they do to gunicorn.

import assert from 'node:assert/strict';
import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { serve } from './server.ts';
import { until, within } from './waiting.ts';

const HELLO = `
import os, time
def application(environ, start_response):
    if environ['QUERY_STRING']:
        print('runs', flush=True)
        time.sleep(float(environ['QUERY_STRING']))
    start_response('200 OK', [])
    return [str(os.getpid()).encode()]
`;
const RUNS = /OUTPUT w1: runs/;

test('TTIN adds a worker and TTOU takes one away', async () => {
  await using server = await serve({ app: HELLO });
  server.signal('SIGTTIN');
  await until('there are two workers', () => server.workerPids.length === 2);
  server.signal('SIGTTOU');
  await until('there is one worker', () => server.workerPids.length === 1);
  assert.equal((await server.ask('/')).status, 200);
});

test('hundreds of HUPs cost a few reloads, and a TERM behind them is obeyed at once', async () => {
  await using server = await serve({ app: HELLO });
  for (let count = 0; count < 300; count += 1) {
    server.signal('SIGHUP');
    await new Promise((done) => setTimeout(done, 2));
  }
  assert.equal((await server.ask('/')).status, 200);
  server.signal('SIGTERM');
  assert.equal(await within(10_000, 'the end', server.exit), 0);
  const reloads = server.log.match(/SIGHUP: reloading/g)?.length ?? 0;
  assert.ok(reloads >= 1 && reloads < 30, `${reloads} reloads`);
});

test('WINCH, which a terminal sends when its size changes, does nothing in the foreground', async () => {
  await using server = await serve({ app: HELLO });
  server.signal('SIGWINCH');
  server.signal('SIGTTIN');
  await server.logged(/the number of workers is now 2/);
  assert.doesNotMatch(server.log, /SIGWINCH/);
  assert.equal((await server.ask('/')).status, 200);
});

test('USR1 opens the log file again', async () => {
  await using server = await serve({ app: HELLO, args: ['--log-file', 'log'] });
  const path = join(server.folder, 'log');
  renameSync(path, `${path}.1`);
  server.signal('SIGUSR1');
  await until('there is a new log', () => readOr(path).includes('opened again'));
  assert.doesNotMatch(readOr(`${path}.1`), /opened again/);
});

for (const [signal, isAnswered] of [
  ['SIGTERM', true],
  ['SIGQUIT', false],
] as const) {
  test(`${signal} ${isAnswered ? 'waits' : 'does not wait'} for what runs`, async () => {
    await using server = await serve({ app: HELLO });
    using client = await server.connect();
    client.send(`GET /?${isAnswered ? 0.5 : 20} HTTP/1.1\r\nHost: site.test\r\n\r\n`);
    await server.logged(RUNS);
    server.signal(signal);
    const answer = await client.read().catch(() => undefined);
    assert.equal(answer?.status === 200, isAnswered);
    assert.equal(await within(5000, 'the end', server.exit), 0);
  });
}

test('a second INT does not wait any longer', async () => {
  await using server = await serve({ app: HELLO });
  using client = await server.connect();
  client.send('GET /?20 HTTP/1.1\r\nHost: site.test\r\n\r\n');
  await server.logged(RUNS);
  server.signal('SIGINT');
  await server.logged(/SIGINT: stopping;/);
  server.signal('SIGINT');
  assert.equal(await within(3000, 'the end', server.exit), 0);
});

test('what is not finished at the graceful timeout is cut', async () => {
  await using server = await serve({ app: HELLO, args: ['--graceful-timeout', '300ms'] });
  using client = await server.connect();
  client.send('GET /?20 HTTP/1.1\r\nHost: site.test\r\n\r\n');
  await server.logged(RUNS);
  server.signal('SIGTERM');
  assert.equal(await within(6000, 'the end', server.exit), 0);
});

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
