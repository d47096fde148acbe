// WSGI on greenlets: see examples/flask-gevent.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Server } from '../integration/server.ts';
import { becomes, serveExample, stopExample } from './example.ts';
import { TextStream } from './text-stream.ts';

let server: Server;
let url: string;

before(async () => {
  server = await serveExample('flask-gevent', { args: ['--worker-class', 'gevent'] });
  url = `http://127.0.0.1:${server.port}`;
});
after(() => stopExample(server));

const text = async (path: string): Promise<string> => (await fetch(url + path)).text();
const ring = async (): Promise<Response> => fetch(`${url}/ring`, { method: 'POST' });

test('many wait in one worker while others are answered', async () => {
  const names = Array.from({ length: 50 }, (_, index) => `client ${index}`).sort();
  const called = names.map((name) => text(`/wait?name=${name}`));
  await becomes(`${url}/room`, names);
  await ring();
  assert.deepEqual(
    await Promise.all(called),
    names.map((name) => `${name} is called\n`),
  );
  await becomes(`${url}/room`, []);
});

test("the standard library's sleep lets others go on", async () => {
  const beganMs = performance.now();
  const answers = await Promise.all(Array.from({ length: 20 }, () => text('/nap')));
  assert.deepEqual(new Set(answers), new Set(['rested\n']));
  assert.ok(performance.now() - beganMs < 5000, 'one after another they would take ten seconds');
});

test('bodies arrive whole, in memory or in a file', async () => {
  for (const length of [0, 1, 100_000, 1_500_000, 3_000_000]) {
    const answer = await fetch(`${url}/size`, { method: 'POST', body: Buffer.alloc(length, 'b') });
    assert.equal(await answer.json(), length);
  }
});

test('a stream sends each line as it is made', async () => {
  using stream = await TextStream.open(`${url}/calls`);
  assert.equal(await stream.through('\n'), 'listening\n');
  for (const number of [0, 1, 2]) {
    await ring();
    assert.equal(await stream.through('\n'), `${number}\n`);
  }
  assert.equal(await stream.rest(), '');
});

test('a long response waits for its client by credit, and others go on meanwhile', async () => {
  const slow = await fetch(`${url}/blocks?count=200`);
  assert.equal(await text('/nap'), 'rested\n');
  const body = await slow.arrayBuffer();
  assert.equal(body.byteLength, 200 * 65_536);
});

test('a failing request fails alone', async () => {
  const [bad, good] = await Promise.all([fetch(`${url}/fault`), text('/nap')]);
  assert.equal(bad.status, 500);
  assert.equal(good, 'rested\n');
});

test('an ASGI application is refused with a way out', async () => {
  const refused = await serveExample('starlette', { args: ['--worker-class', 'gevent'] }).then(
    () => 'it has started',
    (error: unknown) => String(error),
  );
  assert.match(refused, /--worker-class gevent runs WSGI applications/);
});
