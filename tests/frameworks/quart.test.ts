// Quart: see examples/quart.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Server } from '../integration/server.ts';
import { becomes, postForm, serveExample, stopExample } from './example.ts';
import { Peer } from './peer.ts';
import { TextStream } from './text-stream.ts';

let server: Server;
let url: string;

before(async () => {
  server = await serveExample('quart');
  url = `http://127.0.0.1:${server.port}`;
});
after(() => stopExample(server));

test('it is recognised, and renders a page', async () => {
  assert.match(server.log, /quart 0\.22/i);
  const answer = await fetch(url);
  assert.match(answer.headers.get('content-type') ?? '', /^text\/html/);
  assert.equal(await answer.text(), '<!doctype html><title>Telegraph</title><h1>0 sent</h1>');
});

test('forms are read, and refused', async () => {
  assert.equal(await postForm(`${url}/telegrams`, { text: 'Grüße' }), 201);
  assert.equal(await postForm(`${url}/telegrams`, {}), 400);
  assert.equal(await postForm(`${url}/telegrams`, { text: 'x'.repeat(2 ** 20) }), 413);
  assert.match(await (await fetch(url)).text(), /1 sent/);
});

test('a stream sends each telegram as it comes', async () => {
  using stream = await TextStream.open(`${url}/wire`);
  assert.equal(await stream.through('Grüße\n'), 'GET /wire\nGrüße\n');
  await postForm(`${url}/telegrams`, { text: 'two' });
  assert.equal(await stream.through('\n'), 'two\n');
  await postForm(`${url}/telegrams`, { text: 'STOP' });
  assert.equal(await stream.rest(), '');
});

test('a WebSocket talks both ways; either side may close it', async () => {
  const target = `ws://127.0.0.1:${server.port}/key`;
  const ann = await Peer.open(`${target}?name=Ann`);
  ann.send('dot dash');
  assert.equal(await ann.next(), 'DOT DASH');
  assert.equal((await ann.close(3000, 'enough')).code, 3000);
  await becomes(`${url}/closes`, ['Ann']);

  const bob = await Peer.open(target);
  bob.send('STOP');
  assert.deepEqual(await bob.closed, { code: 3001, reason: 'stopped' });
});

test('what serves before and after is run, once', async () => {
  server.signal('SIGTERM');
  assert.equal(await server.exit, 0);
  assert.equal(server.log.match(/the office closes after 3 telegrams/g)?.length, 1);
});
