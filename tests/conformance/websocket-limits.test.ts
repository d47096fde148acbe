// What bounds a WebSocket: pings, sizes, compression; and where it may begin on a connection.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { constants, deflateRawSync } from 'node:zlib';
import { until } from '../integration/waiting.ts';
import { notedExactly, openGate, serveAsgi } from './asgi-site.ts';
import { WebSocketClient } from './websocket-client.ts';

const DEFLATE = 'Sec-WebSocket-Extensions: permessage-deflate\r\n';
const HANDSHAKE =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n';
/** RFC 7692 7.2.1. */
const COMPRESSED = { reserved: 4 };

function compress(bytes: Buffer | string): Buffer {
  return deflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
}

test('a client that answers no ping is closed with 1011, one that answers stays', async () => {
  await using server = await serveAsgi('--ws-ping-interval', '1s', '--ws-ping-timeout', '1s');
  using silent = await WebSocketClient.open(server.port, '/ws_echo?silent');
  using other = await WebSocketClient.open(server.port, '/ws_echo');
  silent.answers = false;
  assert.equal(await silent.told(), 'ping');
  assert.match(await silent.told(), /^close 1011/);
  await notedExactly(server, 'silent', [[1006, '']]);
  for (let turn = 0; turn < 3; turn += 1) assert.equal(await other.told(), 'ping');
  other.text('still here');
  let told = await other.told();
  while (told === 'ping') told = await other.told();
  assert.equal(told, 'text still here');
});

test('a client that sends faster than --ws-max-rate has to wait, and loses nothing', async () => {
  await using server = await serveAsgi('--ws-max-rate', '10');
  using client = await WebSocketClient.open(server.port, '/ws_echo');
  const begun = performance.now();
  for (let count = 0; count < 35; count += 1) client.text(String(count));
  for (let count = 0; count < 35; count += 1) assert.equal(await client.told(), `text ${count}`);
  assert.ok(
    performance.now() - begun > 1500,
    'ten at once, and ten at each of three ticks, two seconds from the first to the last',
  );
});

test('a flood of pings is read no faster than they need be, and answered', async () => {
  await using server = await serveAsgi();
  using client = await WebSocketClient.open(server.port, '/ws_echo');
  const begun = performance.now();
  for (let count = 0; count < 1600; count += 1) client.send(9, String(count));
  client.text('after them');
  for (let count = 0; count < 1600; count += 1) assert.equal(await client.told(), `pong ${count}`);
  assert.equal(await client.told(), 'text after them');
  assert.ok(performance.now() - begun > 1500);
});

test('a message is too big by what it is when it is decompressed', async () => {
  await using server = await serveAsgi('--ws-max-size', '1M');
  for (const bytes of [1024 * 1024, 1024 * 1024 + 1, 50_000_000]) {
    using client = await WebSocketClient.open(server.port, '/ws_echo', DEFLATE);
    client.send(2, compress(Buffer.alloc(bytes)), COMPRESSED);
    const { kind, code } = await client.next();
    assert.deepEqual([kind, code], bytes === 1024 * 1024 ? ['binary', 0] : ['close', 1009]);
  }
});

test('compression is agreed to only where it is offered and wanted', async () => {
  await using server = await serveAsgi('--no-ws-compression');
  using refused = await WebSocketClient.open(server.port, '/ws_echo', DEFLATE);
  assert.doesNotMatch(refused.head, /extensions/i);
  refused.text('x'.repeat(1000));
  assert.equal((await refused.next()).isCompressed, false);
  refused.send(1, compress('not agreed'), COMPRESSED);
  assert.match(await refused.told(), /^close 1002/);
  await using other = await serveAsgi();
  using plain = await WebSocketClient.open(other.port, '/ws_echo');
  plain.text('x'.repeat(1000));
  assert.equal((await plain.next()).isCompressed, false);
  using agreed = await WebSocketClient.open(other.port, '/ws_echo', DEFLATE);
  assert.match(agreed.head, /permessage-deflate/);
  agreed.text('x'.repeat(1000));
  assert.equal((await agreed.next()).isCompressed, true);
  agreed.send(1, Buffer.from('this is no DEFLATE'), COMPRESSED);
  assert.match(await agreed.told(), /^close 1007/);
});

test('a handshake may come behind other requests on a connection, and waits for them', async () => {
  await using server = await serveAsgi();
  using client = await server.connect();
  const frame = Buffer.of(0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69);
  const request = (target: string, fields = ''): string => `GET /${target} HTTP/1.1\r\nHost: a\r\n${fields}\r\n`;
  client.send(`${request('hello')}${request('gated?first')}${request('ws_echo', HANDSHAKE)}`);
  client.send(frame);
  assert.equal((await client.read()).body, 'hello');
  await client.receive(/one\r\n$/);
  await openGate(server, 'first');
  assert.equal((await client.read()).body, 'onetwo');
  await client.receive(/^HTTP\/1.1 101 [\s\S]*\r\n\r\n[^ -~]{2}hi$/);
});

test('a WebSocket that has ended leaves nothing behind', async () => {
  await using server = await serveAsgi();
  const descriptors = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;
  const pids = [server.edgePid, ...server.workerPids];
  await server.ask('/hello');
  const before = pids.map(descriptors);
  for (let turn = 0; turn < 5; turn += 1) {
    const clients = await Promise.all(
      Array.from({ length: 40 }, () => WebSocketClient.open(server.port, '/ws_echo', DEFLATE)),
    );
    for (const [index, client] of clients.entries()) {
      client.text('x'.repeat(1000));
      if (index % 3 === 0) client.close(1000);
      else if (index % 3 === 1) client.socket.end();
      else client.socket.resetAndDestroy();
    }
    const files = await Promise.all(Array.from({ length: 20 }, () => server.connect()));
    for (const client of files) {
      client.send('GET /path HTTP/1.1\r\nHost: a\r\n\r\n');
      await client.receive(/^HTTP\/1.1 200/);
      client.socket.resetAndDestroy();
    }
  }
  // Not exactly as many: the connection of the first request may have been closing when they were counted.
  await until('all of them are closed', () => pids.every((pid, index) => descriptors(pid) <= (before[index] ?? 0)));
  assert.doesNotMatch(server.log, /ERROR|Traceback/);
});
