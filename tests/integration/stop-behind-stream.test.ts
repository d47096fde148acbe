// A stop while a response streams to a client that would keep its connection: the connection is closed behind the response, and the stop waits for nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serve } from './server.ts';
import { within } from './waiting.ts';

const APP = `
import time

def application(environ, start_response):
    start_response('200 OK', [])
    yield b'begun'
    time.sleep(0.3)
    yield b'finished'
`;

test('SIGTERM: the server ends when what streams has ended', async () => {
  await using server = await serve({ app: APP });
  using client = await server.connect();
  client.send('GET / HTTP/1.1\r\nHost: site.test\r\n\r\n');
  await client.receive(/begun/);
  server.signal('SIGTERM');
  assert.equal((await client.read()).body, 'begunfinished');
  await client.ended();
  assert.equal(await within(10_000, 'the end of the server', server.exit), 0);
});
