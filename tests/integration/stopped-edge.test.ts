// An edge, or a supervisor, that stood still for longer than a timeout: what the others did meanwhile is seen before they are judged.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from './client.ts';
import { runNginx } from './nginx-server.ts';
import type { Server } from './server.ts';
import { launch, serve } from './server.ts';
import { until } from './waiting.ts';

const WSGI = `
import time

def application(environ, start_response):
    if environ['PATH_INFO'] == '/work':
        time.sleep(0.8)
    body = environ['wsgi.input'].read()
    start_response('200 OK', [])
    return [b'done ' + body]
`;
const ASGI = `
import time

async def application(scope, receive, send):
    assert scope['type'] == 'http'
    if scope['path'] == '/work':
        time.sleep(0.8)
    await send({'type': 'http.response.start', 'status': 200, 'headers': []})
    await send({'type': 'http.response.body', 'body': b'done '})
`;

async function standStill(pid: number, ms: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  await delay(ms);
  process.kill(pid, 'SIGCONT');
}

async function workThrough(server: Server): Promise<void> {
  const workers = server.workerPids;
  using client = await server.connect();
  client.send('GET /work HTTP/1.1\r\nHost: site.test\r\n\r\n');
  await delay(500);
  await standStill(server.edgePid, 2500);
  const answer = await client.read();
  assert.deepEqual([answer.status, answer.body], [200, 'done ']);
  assert.deepEqual(server.workerPids, workers, 'a worker that was in time is not killed');
  assert.doesNotMatch(server.log, /ERROR/);
}

for (const [name, app, args] of [
  ['WSGI', WSGI, []],
  ['WSGI on threads', WSGI, ['--threads', '2']],
  ['ASGI', ASGI, []],
] as const) {
  test(`${name}: work that was finished while the edge was stopped is answered`, async () => {
    await using server = await serve({ app, args: ['--timeout', '1.5', ...args] });
    await workThrough(server);
  });
}

test('a request that waited for a worker while the edge was stopped is not refused for it', async () => {
  await using server = await serve({ app: WSGI, args: ['--queue-timeout', '1'] });
  using first = await server.connect();
  using second = await server.connect();
  for (const client of [first, second]) {
    client.send('GET /work HTTP/1.1\r\nHost: site.test\r\n\r\n');
    await delay(50);
  }
  await standStill(server.edgePid, 2000);
  for (const client of [first, second]) assert.equal((await client.read()).status, 200);
});

test('an idle connection, and a request that came while the edge was stopped', async () => {
  await using server = await serve({ app: WSGI, args: ['--keep-alive', '2'] });
  using client = await server.connect();
  client.send('GET / HTTP/1.1\r\nHost: site.test\r\n\r\n');
  await client.read();
  process.kill(server.edgePid, 'SIGSTOP');
  client.send('GET / HTTP/1.1\r\nHost: site.test\r\n\r\n');
  await delay(3500);
  process.kill(server.edgePid, 'SIGCONT');
  assert.equal((await client.read()).status, 200);
});

test('a worker that became ready while the supervisor was stopped is not killed', async () => {
  const app = `import time\ntime.sleep(1)\n${WSGI}`;
  await using server = launch({ app, args: ['--no-preload', '--start-timeout', '2'] });
  await until('the worker is forked', () => server.workerPids.length === 1);
  await standStill(server.pid, 3000);
  await server.logged(/is ready \(/);
  assert.doesNotMatch(server.log, /start-timeout/);
});

test('what is answered first when the edge goes on has the date of that moment', async () => {
  await using nginx = await runNginx('location / { return 200 hello; }');
  using client = await Client.open(nginx.port);
  const request = 'GET / HTTP/1.1\r\nHost: site.test\r\n\r\n';
  client.send(request);
  await client.read();
  process.kill(nginx.server.edgePid, 'SIGSTOP');
  client.send(request);
  await delay(2500);
  const wentOnMs = Date.now();
  process.kill(nginx.server.edgePid, 'SIGCONT');
  const date = Date.parse((await client.read()).fields.get('date') ?? '');
  assert.ok(date >= wentOnMs - 1000, `${new Date(date).toISOString()}, ${new Date(wentOnMs).toISOString()}`);
});
