// A request that runs too long: 504, everything a developer needs in the log, and nobody else is hurt.

import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import { test } from 'node:test';
import type { Answer } from './client.ts';
import { Client } from './client.ts';
import type { Server } from './server.ts';
import { serve } from './server.ts';
import { until } from './waiting.ts';

const APP = `
import os, threading, time

def beside_the_request():
    time.sleep(60)

def in_the_request():
    time.sleep(60)

def application(environ, start):
    path = environ['PATH_INFO']
    if path == '/stuck':
        threading.Thread(target=beside_the_request, daemon=True).start()
        in_the_request()
    if path == '/neighbour':
        time.sleep(0.6)
    start('200 OK', [])
    return [str(os.getpid()).encode()]
`;

async function get(server: Server, target: string, method = 'GET'): Promise<Answer> {
  using client = await Client.open(server.port);
  client.send(`${method} ${target} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n`);
  return await client.read();
}

test('504, a log that names request and place, and a new worker', async () => {
  await using server = await serve({ app: APP, args: ['--timeout', '1s'] });
  const [old = 0] = server.workerPids;
  const began = performance.now();
  const answer = await get(server, '/stuck?secret=1', 'POST');
  assert.equal(answer.status, 504);
  const tookMs = performance.now() - began;
  assert.ok(tookMs > 900 && tookMs < 4000, `${tookMs} ms`);
  await server.logged(/ERROR .*request [0-9a-f]{32} POST \/stuck.*1\.\d s.*504/);
  await server.logged(/in_the_request/);
  await server.logged(/beside_the_request/);
  const after = await get(server, '/');
  assert.notEqual(after.body, String(old));
  assert.ok(performance.now() - began < 8000);
});

test('what waits behind it is not held up, whether it was sent ahead or not', async () => {
  await using server = await serve({ app: APP, args: ['--timeout', '2s', '--workers', '2'] });
  for (let turn = 0; turn < 50; turn += 1) await get(server, '/');
  const stuck = get(server, '/stuck');
  const began = performance.now();
  const others = await Promise.all(Array.from({ length: 20 }, () => get(server, '/')));
  const tookMs = performance.now() - began;
  assert.ok(others.every(({ status }) => status === 200));
  assert.ok(tookMs < 1000, `${tookMs} ms`);
  assert.equal((await stuck).status, 504);
});

test('with the only worker stuck, what waits is run by the next', async () => {
  await using server = await serve({ app: APP, args: ['--timeout', '1s'] });
  const stuck = get(server, '/stuck');
  const waiting = Array.from({ length: 5 }, (_, turn) => get(server, '/', turn % 2 === 0 ? 'GET' : 'POST'));
  assert.equal((await stuck).status, 504);
  for (const answer of await Promise.all(waiting)) assert.equal(answer.status, 200);
});

test('the other threads of the worker finish what they run', async () => {
  await using server = await serve({ app: APP, args: ['--timeout', '1s', '--threads', '2'] });
  const [old = 0] = server.workerPids;
  const stuck = get(server, '/stuck');
  // One of them runs while the worker is given up, and ends after that.
  for (let turn = 0; turn < 4; turn += 1) assert.equal((await get(server, '/neighbour')).status, 200);
  assert.equal((await stuck).status, 504);
  await until('the stuck worker is gone', () => !server.workerPids.includes(old));
  assert.equal((await get(server, '/')).status, 200);
});

test('answers that wait behind a request which holds the interpreter are made again by the next worker', async () => {
  const app = `
import os, time

def application(environ, start):
    if environ['PATH_INFO'] == '/hog':
        sum(range(1 << 60))  # Holds the interpreter: nothing else of this process runs.
    until = time.perf_counter() + 0.000_5
    while time.perf_counter() < until:
        pass
    start('200 OK', [])
    return [str(os.getpid()).encode()]
`;
  await using server = await serve({ app, args: ['--timeout', '1s'] });
  for (let turn = 0; turn < 50; turn += 1) await get(server, '/');
  const [old = 0] = server.workerPids;
  const answers = await Promise.all(Array.from({ length: 60 }, (_, turn) => get(server, turn === 30 ? '/hog' : '/')));
  assert.ok(answers.every(({ status }, turn) => status === (turn === 30 ? 504 : 200)));
  assert.ok(answers.some(({ body }) => body !== String(old) && body !== ''));
  await server.logged(/GET \/hog.*504/);
});
