// Bodies on their way in: 100-continue, chunks, spooled files, and the limit.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { Server } from '../integration/server.ts';
import { serve } from '../integration/server.ts';
import { until } from '../integration/waiting.ts';

const APP = `
import hashlib
ran = []

def application(environ, start):
    ran.append(environ['PATH_INFO'])
    body = environ['wsgi.input'].read()
    start('200 OK', [])
    text = f"{environ.get('CONTENT_LENGTH')} {len(body)} {hashlib.sha256(body).hexdigest()}"
    return [' '.join(ran).encode() if environ['PATH_INFO'] == '/ran' else text.encode()]
`;
const LIMIT = 8 * 1024 * 1024;

let server: Server;
before(async () => {
  server = await serve({ app: APP, args: ['--max-body', String(LIMIT), '--edge-threads', '2'] });
});
after(() => server[Symbol.asyncDispose]());

function summary(body: Buffer): string {
  return `${body.length} ${body.length} ${createHash('sha256').update(body).digest('hex')}`;
}

test('100 Continue comes before the body, once, and only for who waits for it', async () => {
  using client = await server.connect();
  client.send('POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n');
  assert.equal((await client.readOne()).status, 100);
  client.send('hello');
  assert.equal((await client.readOne()).body, summary(Buffer.from('hello')));
  client.send('POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello');
  const statuses = [(await client.readOne()).status];
  if (statuses[0] === 100) statuses.push((await client.readOne()).status);
  assert.equal(statuses.at(-1), 200);
});

test('100 is sent once, however often it is asked for', async () => {
  using client = await server.connect();
  const expect = 'Expect: 100-continue\r\nExpect: 100-Continue, 100-continue\r\n';
  client.send(`POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n${expect}\r\n`);
  assert.equal((await client.readOne()).status, 100);
  client.send('hello');
  assert.equal((await client.readOne()).status, 200);
});

test('an expectation that nobody can meet is 417', async () => {
  using client = await server.connect();
  client.send('POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue, tea\r\n\r\n');
  assert.equal((await client.read()).status, 417);
});

test('chunks arrive joined, with a length, however they are cut', async () => {
  using client = await server.connect();
  client.send('POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
  for (const piece of ['5\r\nhel', 'lo', '\r', '\n6;x=y\r\n world\r\n0\r\nX-Trailer: 1\r', '\n\r\n']) {
    await new Promise((sent) => client.socket.write(piece, sent));
  }
  assert.equal((await client.read()).body, summary(Buffer.from('hello world')));
});

for (const size of [200_000, 262_145, 2_097_153, 5_000_000]) {
  test(`${size} bytes, with a length and in chunks, arrive whole; no file is left`, async () => {
    const body = randomBytes(size);
    using client = await server.connect();
    client.send(`POST /big HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`);
    client.send(body);
    assert.equal((await client.read()).body, summary(body));
    client.send('POST /big HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
    for (let at = 0; at < size; at += 70_000) {
      const piece = body.subarray(at, at + 70_000);
      client.send(Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]));
    }
    client.send('0\r\n\r\n');
    assert.equal((await client.read()).body, summary(body));
    await until('the spool is empty', () => server.spooled.length === 0);
  });
}

test('a client that leaves in the middle of its upload is not run, and no file is left', async () => {
  using client = await server.connect();
  client.send('POST /left HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n');
  client.send(Buffer.alloc(600_000));
  await until('there is a file', () => server.spooled.length === 1);
  client.close();
  await until('the spool is empty', () => server.spooled.length === 0);
  assert.doesNotMatch((await server.ask('/ran')).body, /left/);
});

test('a length over --max-body is refused at once: before the body, and instead of 100 Continue', async () => {
  using client = await server.connect();
  client.send(`POST /over HTTP/1.1\r\nHost: a\r\nContent-Length: ${LIMIT + 1}\r\nExpect: 100-continue\r\n\r\n`);
  const answer = await client.readOne();
  assert.deepEqual([answer.status, answer.isKept], [413, false]);
  assert.doesNotMatch((await server.ask('/ran')).body, /over/);
});

test('chunks over --max-body are refused when they pass it; the answer arrives although the client still sends', async () => {
  using client = await server.connect();
  client.send('POST /over HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
  const chunk = `100000\r\n${'x'.repeat(0x100000)}\r\n`;
  for (let sent = 0; sent < 10; sent += 1) client.send(chunk);
  const answer = await client.read();
  assert.equal(answer.status, 413);
  assert.equal(answer.isKept, false);
  await until('the spool is empty', () => server.spooled.length === 0);
  assert.doesNotMatch((await server.ask('/ran')).body, /over/);
});
