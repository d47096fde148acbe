// HTTP/1.0 without a length: the end of the connection is the end of the body, so a body that stays unfinished must end in a reset.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Closed } from './client.ts';
import { serve } from './server.ts';

const APP = `
def application(environ, start):
    start('200 OK', [])
    def blocks():
        for _ in range(400):
            yield b'x' * 65536
        raise RuntimeError('no more')
    return blocks()
`;

test('a client that reads slowly is not made to believe that it has got all', async () => {
  await using server = await serve({ app: APP });
  using client = await server.connect();
  client.send('GET / HTTP/1.0\r\n\r\n');
  await client.receive(/200 OK/);
  client.socket.pause();
  await server.logged(/no more/);
  await delay(200);
  client.socket.resume();
  await assert.rejects(client.read(), (error) => error instanceof Closed && error.isReset);
});
