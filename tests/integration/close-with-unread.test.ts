// A client that sends more requests than are answered: the connection ends without a reset, which could cost it the last answer
// (RFC 9112 9.6).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { serve } from './server.ts';

const APP = `
import time

def application(environ, start):
    time.sleep(0.2)
    start('200 OK', [])
    return [b'fine']
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
