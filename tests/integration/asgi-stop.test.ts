// TERM with open WebSockets: each is told that the server goes away.

import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import { test } from 'node:test';
import { WebSocketClient } from '../conformance/websocket-client.ts';
import { Talkers, talkingApp } from '../conformance/websocket-talkers.ts';
import { descendants, isAlive } from './processes.ts';
import { serve } from './server.ts';
import { until } from './waiting.ts';

test('TERM: WebSockets are closed with 1001, requests are answered, nothing is left', async () => {
  await using server = await serve({ app: talkingApp(1), args: ['--workers', '2', '--edge-threads', '2'] });
  const family = descendants(server.pid).map(({ pid }) => pid);
  using talkers = await Talkers.open(server.port, { count: 100, pauseMs: 20, ahead: 3 });
  await until('they talk', () => talkers.all.every(({ got }) => got > 0));
  using slow = await server.connect();
  slow.send('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n');
  const began = performance.now();
  server.signal('SIGTERM');
  await until('they are closed', () => talkers.ends['close 1001'] === 100);
  const answer = await slow.read();
  assert.deepEqual([answer.status, answer.isKept], [200, false]);
  assert.equal(await server.exit, 0);
  const tookMs = performance.now() - began;
  assert.ok(tookMs < 5000, `${tookMs} ms`);
  assert.deepEqual(family.filter(isAlive), []);
  assert.doesNotMatch(server.log, /ERROR edge|Traceback/);
});

test('TERM: a client that does not answer the close does not hold the server beyond its time', async () => {
  await using server = await serve({ app: talkingApp(1), args: ['--graceful-timeout', '20s'] });
  using silent = await WebSocketClient.open(server.port);
  silent.answers = false;
  const began = performance.now();
  server.signal('SIGTERM');
  assert.equal((await silent.told()).split(' ', 2).join(' '), 'close 1001');
  assert.equal(await server.exit, 0);
  const tookMs = performance.now() - began;
  assert.ok(tookMs < 12_000, `${tookMs} ms`);
});

test('TERM: an application hears that a client which does not answer is gone, when its time is over', async () => {
  const app = `
async def application(scope, receive, send):
    if scope['type'] == 'websocket':
        while (message := await receive())['type'] != 'websocket.disconnect':
            await send({'type': 'websocket.accept'})
        print('heard', message['code'], flush=True)
`;
  await using server = await serve({ app, args: ['--graceful-timeout', '1s'] });
  using silent = await WebSocketClient.open(server.port);
  silent.answers = false;
  server.signal('SIGTERM');
  assert.equal(await server.exit, 0);
  assert.match(server.log, /w1: heard 1006/);
});
