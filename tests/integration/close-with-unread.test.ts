// A client that sends more requests than are answered: the connection ends without a reset, which could cost it the last answer
// (RFC 9112 9.6).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Closed } from './client.ts';
import { serve } from './server.ts';

const APP = `
import time

def application(environ, start):
    if environ['PATH_INFO'] == '/large':
        start('200 OK', [])
        return [b'x' * 2_000_000]
    if environ['PATH_INFO'] == '/fails':
        start('200 OK', [])
        return blocks()
    time.sleep(0.2)
    start('200 OK', [])
    return [b'fine']

def blocks():
    yield b'one'
    raise RuntimeError('no more')
`;

test('requests behind one that closes the connection are read and dropped', async () => {
  await using server = await serve({ app: APP });
  using client = await server.connect();
  client.socket.allowHalfOpen = true;
  client.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  client.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(10_000));
  assert.equal((await client.read()).body, 'fine');
  assert.equal(await client.ended(), 'end');
  for (let turn = 0; turn < 2; turn += 1) {
    client.send('GET / HTTP/1.1\r\n');
    await delay(100);
  }
  assert.equal(client.socket.errored, null);
});

test('an answer before one that is cut arrives whole, although more requests lie behind them', async () => {
  await using server = await serve({ app: APP });
  using client = await server.connect();
  client.socket.pause();
  // In one write, so that some of what follows is there when the second response is cut.
  const asked = ['/large', '/fails', ...Array<string>(10_000).fill('/')];
  client.send(asked.map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`).join(''));
  await server.logged(/no more/);
  await delay(100);
  client.socket.resume();
  assert.equal((await client.read()).bytes.length, 2_000_000);
  await assert.rejects(client.read(), (error) => error instanceof Closed && !error.isReset);
});
