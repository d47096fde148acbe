// Django Channels with the Redis channel layer: see examples/channels. Two workers, so that Redis is what joins them.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Server } from '../integration/server.ts';
import { serveExample, stopExample } from './example.ts';
import { Peer } from './peer.ts';
import type { Redis } from './redis.ts';
import { startRedis } from './redis.ts';
import { TextStream } from './text-stream.ts';

const RELOAD_MS = 15_000;
const ENOUGH_FOR_BOTH_WORKERS = 6;

let redis: Redis;
let server: Server;
let origin: string;

before(async () => {
  redis = await startRedis();
  server = await serveExample('channels', { target: '', args: ['--workers', '2'], env: { REDIS_URL: redis.url } });
  origin = `127.0.0.1:${server.port}`;
});
after(async () => {
  try {
    await stopExample(server);
  } finally {
    await redis[Symbol.asyncDispose]();
  }
});

function enter(room: string, name: string): Promise<Peer> {
  return Peer.open(`ws://${origin}/rooms/${room}/?name=${name}`);
}

test('the project is found by its folder alone, and served as ASGI', () => {
  assert.match(server.log, /chatsite\.asgi:application/);
  assert.match(server.log, /workers: 2 /);
});

test('two people talk, and who leaves is told with the close code', async () => {
  const ann = await enter('tea', 'Ann');
  assert.deepEqual(await ann.nextJson(), { name: 'Ann', text: 'has come' });
  await using bob = await enter('tea', 'Bob');
  for (const peer of [ann, bob]) assert.deepEqual(await peer.nextJson(), { name: 'Bob', text: 'has come' });
  ann.send({ text: 'Grüße ☕' });
  bob.send({ text: '  ' });
  for (const peer of [ann, bob]) assert.deepEqual(await peer.nextJson(), { name: 'Ann', text: 'Grüße ☕' });
  bob.send({ text: 'Prost' });
  for (const peer of [ann, bob]) assert.deepEqual(await peer.nextJson(), { name: 'Bob', text: 'Prost' });
  assert.equal((await ann.close(4242, '')).code, 4242);
  assert.deepEqual(await bob.nextJson(), { name: 'Ann', text: 'has left (4242)' });
});

test('everyone in a room hears everyone, on whichever worker they are; other rooms hear nothing', async () => {
  await using elsewhere = await enter('library', 'Eve');
  assert.deepEqual(await elsewhere.nextJson(), { name: 'Eve', text: 'has come' });
  const peers: Peer[] = [];
  for (let index = 0; index < ENOUGH_FOR_BOTH_WORKERS; index += 1) {
    const peer = await enter('hall', `p${index}`);
    peers.push(peer);
    for (const each of peers) assert.deepEqual(await each.nextJson(), { name: `p${index}`, text: 'has come' });
  }
  for (const [index, speaker] of peers.entries()) {
    speaker.send({ text: `I am ${index}` });
    for (const peer of peers) assert.deepEqual(await peer.nextJson(), { name: `p${index}`, text: `I am ${index}` });
  }
  elsewhere.send({ text: 'silence' });
  assert.deepEqual(await elsewhere.nextJson(), { name: 'Eve', text: 'silence' });
  await Promise.all(peers.map((peer) => peer[Symbol.asyncDispose]()));
});

test('a page of a sync view, and a stream of an async one that hears the room', async () => {
  const page = await fetch(`http://${origin}/rooms/attic/`);
  assert.match(await page.text(), /<h1>attic<\/h1>/);
  assert.equal((await fetch(`http://${origin}/static/chat/chat.js`)).status, 200);

  using feed = await TextStream.open(`http://${origin}/rooms/attic/feed/`);
  assert.equal(await feed.through('\n'), 'Listening to room-attic.\n');
  await using ann = await enter('attic', 'Ann');
  assert.equal(await feed.through('\n'), 'Ann: has come\n');
  ann.send({ text: 'dusty' });
  assert.equal(await feed.through('\n'), 'Ann: dusty\n');
});

test('the consumer closes with a code of its own', async () => {
  const ann = await enter('short', 'Ann');
  ann.send({ text: 'x'.repeat(1001) });
  assert.equal((await ann.closed).code, 4001);
});

test('where no consumer is, and from another site, the handshake is refused', async () => {
  const handshake = (target: string, from: string) =>
    server.ask(target, {
      fields: `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: ${from}\r\n`,
    });
  assert.equal((await handshake('/rooms/tea/', 'http://elsewhere.test')).status, 403);
  assert.equal((await handshake('/nowhere/', `http://${origin}`)).status, 500);
});

test('a reload loses nobody: those who are in the room go on, and hear who comes after it', async () => {
  await using ann = await enter('boat', 'Ann');
  assert.deepEqual(await ann.nextJson(), { name: 'Ann', text: 'has come' });
  const workers = server.workerPids;
  const from = server.log.length;
  server.signal('SIGHUP');
  await server.logged(/INFO .*reloaded/, RELOAD_MS, from);
  await using bob = await enter('boat', 'Bob');
  for (const peer of [ann, bob]) assert.deepEqual(await peer.nextJson(), { name: 'Bob', text: 'has come' });
  ann.send({ text: 'still here' });
  for (const peer of [ann, bob]) assert.deepEqual(await peer.nextJson(), { name: 'Ann', text: 'still here' });
  assert.ok(server.workerPids.some((pid) => !workers.includes(pid)));
});
