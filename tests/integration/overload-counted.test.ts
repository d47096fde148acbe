// What overload has cost is counted whole: every 503 of every edge thread is in the log by the end, whatever the reason.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { serve } from './server.ts';

const APP = `
import os, time

def application(environ, start):
    print('began', environ['PATH_INFO'], flush=True)
    while environ['PATH_INFO'] == '/hold' and not os.path.exists('go'):
        time.sleep(0.01)
    start('200 OK', [])
    return [b'x']
`;
const HOLD = 'GET /hold HTTP/1.1\r\nHost: a\r\n\r\n';

test('each 503 of each thread is counted: for a full queue, and after --queue-timeout', async () => {
  const args = ['--queue', '4', '--queue-timeout', '500ms', '--edge-threads', '2'];
  await using server = await serve({ app: APP, args });
  using running = await server.connect();
  running.send(HOLD);
  await server.logged(/began \/hold/);
  // The kernel gives the connections to both threads.
  const answers = await Promise.all(Array.from({ length: 40 }, () => server.ask('/')));
  assert.deepEqual(
    answers.map(({ status }) => status),
    Array(40).fill(503),
  );
  writeFileSync(join(server.folder, 'go'), '');
  assert.equal((await running.read()).status, 200);
  server.signal('SIGTERM');
  await server.exit;
  const told = [...server.log.matchAll(/overload: (\d+) requests refused/g)].map(([, count]) => Number(count));
  assert.equal(
    told.reduce((sum, count) => sum + count, 0),
    40,
    server.log,
  );
  assert.match(server.log, /found the queue full/);
  assert.match(server.log, /had waited for --queue-timeout/);
});

test('a full queue refuses an upload before its body', async () => {
  await using server = await serve({ app: APP, args: ['--queue', '1'] });
  using running = await server.connect();
  running.send(HOLD);
  await server.logged(/began \/hold/);
  using waiting = await server.connect();
  waiting.send('POST /waits HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n');
  assert.equal((await waiting.readOne()).status, 100);
  waiting.send('x');
  let status = 100;
  while (status === 100) {
    // Waits until the request before has taken its place.
    using late = await server.connect();
    late.send('POST /late HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n');
    ({ status } = await late.readOne());
  }
  assert.equal(status, 503);
  writeFileSync(join(server.folder, 'go'), '');
  assert.equal((await waiting.read()).status, 200);
});
