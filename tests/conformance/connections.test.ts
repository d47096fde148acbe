// How long a connection lives and in what order it answers (RFC 9112 9).

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Server } from '../integration/server.ts';
import { serve } from '../integration/server.ts';

const APP = `
import time
ran = []

def application(environ, start):
    path = environ['PATH_INFO']
    ran.append(path)
    if path == '/slow':
        time.sleep(0.2)
    if path == '/stream':
        def blocks():
            start('200 OK', [])
            yield b'one'
            yield b'two'
        return blocks()
    start('200 OK', [])
    return [' '.join(ran).encode() if path == '/ran' else environ['SERVER_PROTOCOL'].encode() + path.encode()]
`;

let server: Server;
before(async () => {
  server = await serve({ app: APP, args: ['--keep-alive', '1s'] });
});
after(() => server[Symbol.asyncDispose]());

test('HTTP/1.1 keeps the connection until it is told otherwise', async () => {
  using client = await server.connect();
  for (let turn = 0; turn < 3; turn += 1) {
    client.send(`GET /${turn} HTTP/1.1\r\nHost: a\r\n\r\n`);
    const answer = await client.read();
    assert.equal(answer.body, `HTTP/1.1/${turn}`);
    assert.equal(answer.fields.has('connection'), false);
  }
  client.send('GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  assert.equal((await client.read()).isKept, false);
  assert.equal(await client.ended(), 'end');
});

test('HTTP/1.0 closes, unless it asks to keep the connection', async () => {
  using client = await server.connect();
  client.send('GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n');
  const kept = await client.read();
  assert.equal(kept.fields.get('connection'), 'keep-alive');
  assert.equal(kept.body, 'HTTP/1.0/a');
  client.send('GET /b HTTP/1.0\r\n\r\n');
  assert.equal((await client.read()).body, 'HTTP/1.0/b');
  assert.equal(await client.ended(), 'end');
});

test('HTTP/1.0 never gets chunks: the end of the connection ends the body', async () => {
  using client = await server.connect();
  client.send('GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n');
  const answer = await client.read();
  assert.equal(answer.fields.has('transfer-encoding'), false);
  assert.equal(answer.body, 'onetwo');
});

test('OPTIONS * is answered by the server itself, and the connection is kept', async () => {
  using client = await server.connect();
  for (const [target, body] of [
    ['*', ''],
    ['http://site.test', ''],
    ['*', 'body'],
  ] as const) {
    client.send(`OPTIONS ${target} HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    const answer = await client.read();
    assert.deepEqual([answer.status, answer.reason, answer.body], [200, 'OK', '']);
    assert.equal(answer.fields.get('content-length'), '0');
    assert.match(answer.fields.get('allow') ?? '', /GET/);
    if (body === '') assert.equal(answer.isKept, true);
  }
});

test('pipelined requests are answered in their order, one slow or not', async () => {
  using client = await server.connect();
  const paths = ['/p1', '/slow', '/stream', '/p2'];
  client.send(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`).join(''));
  const bodies: string[] = [];
  for (const _ of paths) bodies.push((await client.read()).body);
  assert.deepEqual(bodies, ['HTTP/1.1/p1', 'HTTP/1.1/slow', 'onetwo', 'HTTP/1.1/p2']);
});

test('a good request before a bad one is answered; the bad one gets 400 and the end; what follows is not run', async () => {
  using client = await server.connect();
  const good = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
  client.send(`${good('/slow')}GET /bad HTTP/1.1\r\nHost : a\r\n\r\n${good('/after-bad')}`);
  assert.equal((await client.read()).body, 'HTTP/1.1/slow');
  const refusal = await client.read();
  assert.equal(refusal.status, 400);
  assert.equal(refusal.isKept, false);
  assert.equal(await client.ended(), 'end');
  assert.doesNotMatch((await server.ask('/ran')).body, /bad/);
});

test('after Connection: close nothing more is run', async () => {
  using client = await server.connect();
  client.send('GET /c HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET /after-close HTTP/1.1\r\nHost: a\r\n\r\n');
  assert.equal((await client.read()).isKept, false);
  await client.ended();
  assert.doesNotMatch((await server.ask('/ran')).body, /after-close/);
});

test('an idle connection is closed after --keep-alive', async () => {
  using client = await server.connect();
  client.send('GET /idle HTTP/1.1\r\nHost: a\r\n\r\n');
  await client.read();
  assert.equal(await client.ended(), 'end');
});
