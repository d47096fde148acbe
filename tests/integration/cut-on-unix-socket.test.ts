// A proxy that speaks HTTP/1.0 over a Unix socket, as nginx does: the edge lives on when a response cannot be finished.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client } from './client.ts';
import { makeFolder, serve } from './server.ts';

const APP = `
def application(environ, start):
    start('200 OK', [])
    def blocks():
        yield b'so far'
        if environ['PATH_INFO'] == '/fails':
            raise RuntimeError('no more')
    return blocks()
`;

test('an unfinished response without a length ends with its connection, and with nothing else', async () => {
  const folder = makeFolder();
  const path = join(folder, 'site.sock');
  await using server = await serve({ app: APP, folder, args: ['--bind', `unix:${path}`] });
  const { edgePid } = server;
  using client = await Client.open({ path });
  client.send('GET /fails HTTP/1.0\r\n\r\n');
  await client.receive(/so far$/);
  await server.logged(/no more/);
  using next = await Client.open({ path });
  next.send('GET / HTTP/1.0\r\n\r\n');
  assert.equal((await next.read()).body, 'so far');
  assert.equal(server.edgePid, edgePid);
  assert.doesNotMatch(server.log, /internal error/);
});
