// Litestar: see examples/litestar.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Server } from '../integration/server.ts';
import { becomes, json, postJson, serveExample, stopExample } from './example.ts';
import { Peer } from './peer.ts';
import { TextStream } from './text-stream.ts';

let server: Server;
let url: string;

before(async () => {
  server = await serveExample('litestar');
  url = `http://127.0.0.1:${server.port}`;
});
after(() => stopExample(server));

test('it is recognised', () => assert.match(server.log, /litestar 2\.25/i));

test('JSON becomes a dataclass, and what does not is answered 400', async () => {
  assert.equal(await postJson(`${url}/votes`, { choice: 'tea', weight: 2 }), 201);
  assert.deepEqual(await json(url), { tea: 2 });
  assert.equal(await postJson(`${url}/votes`, { choice: 'tea', weight: 'heavy' }), 400);
});

test('a stream sends each sum as it changes', async () => {
  using stream = await TextStream.open(`${url}/sums?until=4`);
  assert.equal(await stream.through('\n'), '2\n');
  await postJson(`${url}/votes`, { choice: 'milk' });
  assert.equal(await stream.through('\n'), '3\n');
  await postJson(`${url}/votes`, { choice: 'milk' });
  assert.equal(await stream.rest(), '4\n');
});

test('server-sent events arrive as they happen', async () => {
  using stream = await TextStream.open(`${url}/events?until=5`);
  assert.match(stream.head.headers.get('content-type') ?? '', /^text\/event-stream/);
  assert.match(await stream.through('\r\n\r\n'), /^event: sum\r\ndata: 4\r\n\r\n$/m);
  await postJson(`${url}/votes`, { choice: 'milk' });
  assert.match(await stream.rest(), /^event: sum\r\ndata: 5\r\n\r\n$/m);
});

test('a WebSocket talks both ways, and its close code reaches the application', async () => {
  const peer = await Peer.open(`ws://127.0.0.1:${server.port}/votes`);
  for (const count of [1, 2]) {
    peer.send('water');
    assert.deepEqual(await peer.nextJson(), { choice: 'water', count });
  }
  assert.equal((await peer.close(4004, 'done')).code, 4004);
  await becomes(`${url}/closes`, [4004]);
});

test('its lifespan ends when the server stops', async () => {
  server.signal('SIGTERM');
  assert.equal(await server.exit, 0);
  assert.match(server.log, /the votes are counted/);
});
