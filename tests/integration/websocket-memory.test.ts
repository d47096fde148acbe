// Messages of clients are not taken into memory for an application that does not receive them, and reach one that does.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { constants, deflateRawSync } from 'node:zlib';
import type { Client } from './client.ts';
import type { Server } from './server.ts';
import { serve } from './server.ts';

const APP = `
import asyncio

async def application(scope, receive, send):
    if scope['type'] != 'websocket':
        raise NotImplementedError
    await receive()
    await send({'type': 'websocket.accept'})
    if scope['path'] == '/once':
        await receive()
    if scope['path'] != '/all':
        await asyncio.sleep(60)
    while True:
        message = await receive()
        if message['type'] == 'websocket.disconnect':
            return
        await send({'type': 'websocket.send', 'text': str(len(message.get('bytes') or message.get('text')))})
`;
const MESSAGE_BYTES = 16_000_000;
const CLIENTS = 12;
const MIB = 1_048_576;

/** A binary message of a client, masked with zeros. */
function frame(first: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(14);
  head[0] = first;
  head[1] = 0xff;
  head.writeBigUInt64BE(BigInt(payload.length), 2);
  return payload.length < 65_536
    ? Buffer.concat([Buffer.of(first, 0xfe, payload.length >> 8, payload.length & 0xff, 0, 0, 0, 0), payload])
    : Buffer.concat([head, payload]);
}

const ZEROS = Buffer.alloc(MESSAGE_BYTES);
const PACKED = deflateRawSync(ZEROS, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
const BINARY = 0x82;
const COMPRESSED = 0xc2;

async function open(server: Server, path: string): Promise<Client> {
  const client = await server.connect();
  client.send(
    `GET ${path} HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n` +
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n',
  );
  assert.equal((await client.readOne()).status, 101);
  return client;
}

/** The memory of the edge and the worker, in megabytes. */
function memoryOf(server: Server): number {
  const pids = [server.edgePid, ...server.workerPids];
  return pids.reduce((sum, pid) => {
    const [, kib] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return sum + Number(kib) / 1024;
  }, 0);
}

for (const [path, before] of [
  ['/never', Buffer.alloc(0)],
  ['/once', frame(BINARY, Buffer.alloc(1000))],
] as const) {
  test(`an application that receives ${path.slice(1)} costs no memory, whatever its clients send`, async () => {
    await using server = await serve({ app: APP });
    const clients = await Promise.all(Array.from({ length: CLIENTS }, () => open(server, path)));
    const least = memoryOf(server);
    for (const [index, client] of clients.entries()) {
      client.send(before);
      client.send(index % 2 === 0 ? frame(COMPRESSED, PACKED) : frame(BINARY, ZEROS));
    }
    await delay(1000);
    const grown = memoryOf(server) - least;
    assert.ok(grown < (CLIENTS * MESSAGE_BYTES) / MIB / 3, `${Math.round(grown)} MiB`);
    for (const client of clients) client.close();
  });
}

test('large messages reach an application that receives, beyond the memory for them one after another', async () => {
  await using server = await serve({ app: APP, args: ['--ws-max-memory', '20M'] });
  const clients = await Promise.all(Array.from({ length: 4 }, () => open(server, '/all')));
  for (const client of clients) {
    client.send(frame(COMPRESSED, PACKED));
    client.send(frame(BINARY, ZEROS));
  }
  for (const client of clients) {
    await client.receive(/16000000.*16000000/s);
    client.close();
  }
});

test('a client that announces a large message and does not send it keeps no other client from sending', async () => {
  await using server = await serve({ app: APP, args: ['--ws-max-memory', '20M'] });
  const slow = await Promise.all([open(server, '/all'), open(server, '/all')]);
  for (const client of slow) client.send(frame(BINARY, ZEROS).subarray(0, 15));
  const other = await open(server, '/all');
  await delay(200);
  other.send(frame(BINARY, Buffer.alloc(20_000)));
  await other.receive(/20000/);
  for (const client of [...slow, other]) client.close();
});

test('messages of slow clients that have come in part, and hold all the memory, become whole one after another', async () => {
  await using server = await serve({ app: APP, args: ['--ws-max-memory', '1M'] });
  const clients = await Promise.all([open(server, '/all'), open(server, '/all')]);
  const message = frame(BINARY, Buffer.alloc(900_000));
  for (const client of clients) client.send(message.subarray(0, 600_000));
  await delay(2500); // What comes of a message in a second or two says that it is slow: no memory is reserved for its rest any more.
  for (const client of clients) client.send(message.subarray(600_000));
  for (const client of clients) {
    await client.receive(/900000/);
    client.close();
  }
});
