// How long connections are kept for the next request, and that this is not how long a client may take for its first.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { serve } from './server.ts';

const APP = `
def application(environ, start):
    start('200 OK', [])
    return [environ['PATH_INFO'].encode()]
`;
const ask = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;

for (const keepAlive of ['0', '0.1']) {
  test(`--keep-alive ${keepAlive}: a client that is slow with its first byte is waited for`, async () => {
    await using server = await serve({ app: APP, args: ['--keep-alive', keepAlive] });
    using client = await server.connect();
    await delay(2200);
    client.send(ask('/late'));
    assert.equal((await client.read()).body, '/late');
  });
}

test('--keep-alive 0: every response says that the connection ends, and it does', async () => {
  await using server = await serve({
    app: APP,
    args: ['--keep-alive', '0', '--static', `/files=${import.meta.dirname}`],
  });
  for (const request of [
    ask('/a'),
    ask('/a') + ask('/b'),
    ask('/files/client.ts'),
    ask('/files/none'),
    'GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n',
    'POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc',
  ]) {
    using client = await server.connect();
    client.send(request);
    assert.equal((await client.read()).fields.get('connection'), 'close', request);
    assert.equal(await client.ended(), 'end');
  }
});

test('--keep-alive 1: a connection is kept for a second at least, whenever the edge looks at it', async () => {
  await using server = await serve({ app: APP, args: ['--keep-alive', '1'] });
  await Promise.all(
    [0, 150, 300, 450, 600, 750, 900].map(async (lateMs) => {
      await delay(lateMs);
      using client = await server.connect();
      client.send(ask('/one'));
      assert.equal((await client.read()).isKept, true);
      await delay(800);
      client.send(ask('/two'));
      assert.equal((await client.read()).body, '/two');
      assert.equal(await client.ended(), 'end');
    }),
  );
});
