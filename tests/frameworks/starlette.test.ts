// Starlette on asyncio's own loop: see examples/starlette.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Server } from '../integration/server.ts';
import { becomes, json, serveExample, stopExample } from './example.ts';
import { Peer } from './peer.ts';
import { TextStream } from './text-stream.ts';

const APP = join(import.meta.dirname, '../../examples/starlette/app.py');

let server: Server;
let url: string;

before(async () => {
  server = await serveExample('starlette', { args: ['--loop', 'asyncio', '--drain-timeout', '500ms'] });
  url = `http://127.0.0.1:${server.port}`;
});
after(() => stopExample(server));

test('it is recognised, and runs on the loop that was asked for', async () => {
  assert.match(server.log, /starlette 1\.10/i);
  assert.deepEqual(await json(`${url}/`), { loop: 'asyncio.unix_events', closes: [] });
});

test('a stream sends what it has while it waits for more', async () => {
  using stream = await TextStream.open(`${url}/wait`);
  assert.equal(await stream.through('\n'), 'You are alone.\n');
  await fetch(`${url}/come`, { method: 'POST' });
  assert.equal(await stream.rest(), 'Somebody has come.\n');
});

test('a body is answered with while it is still being sent', async () => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const opening = TextStream.open(`${url}/repeat`, {
    method: 'POST',
    body: readable,
    duplex: 'half',
  });
  await writer.write(Buffer.from('ping'));
  using stream = await opening;
  assert.equal(await stream.through('ping'), 'ping');
  await writer.write(Buffer.from('pong'));
  assert.equal(await stream.through('pong'), 'pong');
  await writer.close();
  assert.equal(await stream.rest(), '');
});

test('a FileResponse gives the file', async () => {
  const answer = await fetch(`${url}/source`);
  assert.equal(await answer.text(), readFileSync(APP, 'utf8'));
});

test('a WebSocket repeats bytes of every size, and its close code reaches the application', async () => {
  const peer = await Peer.open(`ws://127.0.0.1:${server.port}/repeat`);
  for (const size of [0, 1, 125, 126, 65_535, 65_536, 1_000_000]) {
    const bytes = Uint8Array.from({ length: size }, (_, index) => (index * 7) % 251);
    peer.send(bytes);
    assert.deepEqual(new Uint8Array((await peer.next()) as ArrayBuffer), bytes, `${size} bytes`);
  }
  await peer.close(3456, '');
  await becomes(`${url}/`, { loop: 'asyncio.unix_events', closes: [3456] });
});

test('a text where bytes were expected is closed by the framework with 1003', async () => {
  const peer = await Peer.open(`ws://127.0.0.1:${server.port}/repeat`);
  peer.send('text');
  assert.equal((await peer.closed).code, 1003);
});

test('after the drain timeout a reload closes WebSockets, so that they come back to the new version', async () => {
  const from = server.log.length;
  const peer = await Peer.open(`ws://127.0.0.1:${server.port}/repeat`);
  server.signal('SIGHUP');
  assert.deepEqual(await peer.closed, { code: 1012, reason: 'service restart' });
  // The client hears of it by another way than the log.
  await server.logged(/INFO .*reloaded[\s\S]*the drain timeout is over/, undefined, from);
  await using again = await Peer.open(`ws://127.0.0.1:${server.port}/repeat`);
  again.send(Uint8Array.of(1));
  assert.deepEqual(new Uint8Array((await again.next()) as ArrayBuffer), Uint8Array.of(1));
});
