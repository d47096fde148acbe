// A client that sends on behind the end of its connection gets its answer, and is read no faster than costs nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from './client.ts';
import type { Server } from './server.ts';
import { serve } from './server.ts';

const APP = `
async def application(scope, receive, send):
    if scope['type'] == 'http':
        await send({'type': 'http.response.start', 'status': 403, 'headers': []})
        await send({'type': 'http.response.body', 'body': b'no'})
    elif scope['type'] == 'websocket':
        await receive()
        await send({'type': 'websocket.accept'})
        if scope['path'] == '/closes':
            await send({'type': 'websocket.close'})
        while (await receive())['type'] != 'websocket.disconnect':
            pass
    else:
        raise NotImplementedError
`;
const HANDSHAKE =
  'Host: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n';
const PIECE = Buffer.alloc(1_048_576);
/** A binary message of 4 KiB, masked with zeros, as often as it fits. */
const MESSAGES = Buffer.concat(
  Array(255).fill(Buffer.concat([Buffer.of(0x82, 0xfe, 0x10, 0, 0, 0, 0, 0), Buffer.alloc(4096)])),
);
/** At full speed a loopback takes a gigabyte in a second. */
const SENT_MS = 1500;
const MIB_MAX = 100;

/** A client that does not end its own side when the server does. */
function stubborn(server: Server): Promise<Client> {
  return Client.open({ host: '127.0.0.1', port: server.port, allowHalfOpen: true });
}

/** How many megabytes the server and the kernels take of a client that does not stop. */
async function taken(client: Client, piece: Buffer): Promise<number> {
  const { socket } = client;
  const until = Date.now() + SENT_MS;
  const before = socket.bytesWritten - socket.writableLength;
  while (Date.now() < until && !socket.destroyed) {
    if (socket.writableLength < 4 * piece.length) socket.write(piece);
    await delay(0);
  }
  return (socket.bytesWritten - socket.writableLength - before) / 1_048_576;
}

test('bytes behind the end are read slowly: of HTTP, behind a fault of a WebSocket, behind its close', async () => {
  await using server = await serve({ app: APP });
  using refused = await stubborn(server);
  refused.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000000\r\n\r\n');
  using malformed = await stubborn(server);
  malformed.send('nonsense\r\n\r\n');
  using wrong = await stubborn(server);
  wrong.send(`GET / HTTP/1.1\r\n${HANDSHAKE}`);
  assert.equal((await wrong.readOne()).status, 101);
  wrong.send(Buffer.of(0xff, 0xff));
  using closing = await stubborn(server);
  closing.send(`GET /closes HTTP/1.1\r\n${HANDSHAKE}`);
  assert.equal((await closing.readOne()).status, 101);
  const counts = await Promise.all([
    taken(refused, PIECE),
    taken(malformed, PIECE),
    taken(wrong, PIECE),
    taken(closing, MESSAGES),
  ]);
  assert.ok(Math.max(...counts) < MIB_MAX, counts.join(', '));
  assert.equal((await refused.readOne()).status, 413);
  assert.equal((await malformed.readOne()).status, 400);
  assert.equal((await server.ask('/')).status, 403);
});

test('a client that reads nothing before it has sent all of a body that is refused gets the answer', async () => {
  await using server = await serve({ app: APP, args: ['--max-body', '1M'] });
  using client = await server.connect();
  client.socket.pause();
  // More than the buffers of the kernels hold, and more than is dropped in a second.
  const body = Buffer.alloc(16 * 1_048_576);
  client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n`);
  await new Promise<void>((sent, failed) => client.socket.write(body, (error) => (error ? failed(error) : sent())));
  client.socket.resume();
  assert.equal((await client.read()).status, 413);
});

test('requests that cannot be read are told of once a second, however many come', async () => {
  await using server = await serve({ app: APP });
  for (let count = 0; count < 100; count += 1) {
    using client = await server.connect();
    client.send('nonsense\r\n\r\n');
    assert.equal((await client.readOne()).status, 400);
  }
  await server.logged(/no request in what came from \d+ more/);
  const lines = server.log.match(/no request in what came/g) ?? [];
  assert.ok(lines.length < 20, `${lines.length} lines`);
});
