// Requests that another server might cut elsewhere: refused with 400, the connection ended, and nothing behind them run.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Server } from '../integration/server.ts';
import { serve } from '../integration/server.ts';

const APP = `
ran = []
def application(environ, start):
    ran.append(environ['PATH_INFO'])
    start('200 OK', [])
    return [' '.join(ran).encode()]
`;
const HIDDEN = 'GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n';
const TE = 'Transfer-Encoding: chunked\r\n';

/** After the request line and Host. */
const ATTEMPTS: Readonly<Record<string, string>> = {
  'length and chunks': `Content-Length: 4\r\n${TE}\r\n0\r\n\r\n${HIDDEN}`,
  'chunks and length': `${TE}Content-Length: 4\r\n\r\n0\r\n\r\n${HIDDEN}`,
  'two lengths': `Content-Length: 0\r\nContent-Length: ${HIDDEN.length}\r\n\r\n${HIDDEN}`,
  'a list of lengths': `Content-Length: 0, ${HIDDEN.length}\r\n\r\n${HIDDEN}`,
  'a signed length': `Content-Length: +0\r\n\r\n${HIDDEN}`,
  'a hexadecimal length': `Content-Length: 0x0\r\n\r\n${HIDDEN}`,
  'a space before the colon': `Content-Length : 0\r\n\r\n${HIDDEN}`,
  'a folded field': `X-A: b\r\n Content-Length: 0\r\n\r\n${HIDDEN}`,
  'a coding that is not chunked': `Transfer-Encoding: identity\r\n\r\n${HIDDEN}`,
  'chunked that is not the last': `Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n${HIDDEN}`,
  'chunked twice': `${TE}${TE}\r\n0\r\n\r\n${HIDDEN}`,
  'a vertical tab in the coding': `Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n${HIDDEN}`,
  'a chunk size with a sign': `${TE}\r\n+0\r\n\r\n${HIDDEN}`,
  'a chunk size with a prefix': `${TE}\r\n0x0\r\n\r\n${HIDDEN}`,
  'a chunk that is longer than its size': `${TE}\r\n1\r\nabc\r\n0\r\n\r\n${HIDDEN}`,
  'a chunk line that ends in a bare LF': `${TE}\r\n0\n\r\n${HIDDEN}`,
  'a chunk extension with a bare LF': `${TE}\r\n0;a\nb\r\n\r\n${HIDDEN}`,
  'a bare LF at the end of a field': `X-A: b\nContent-Length: 0\r\n\r\n${HIDDEN}`,
  'a bare CR in a field': `X-A: b\rContent-Length: 0\r\n\r\n${HIDDEN}`,
  'a NUL in a field': `X-A: b\0c\r\n\r\n${HIDDEN}`,
  'two hosts': `Host: b\r\n\r\n${HIDDEN}`,
};

let server: Server;
before(async () => {
  server = await serve({ app: APP, args: ['--edge-threads', '2'] });
});
after(() => server[Symbol.asyncDispose]());

for (const [name, attempt] of Object.entries(ATTEMPTS)) {
  for (const inPieces of [false, true]) {
    test(`${name}, ${inPieces ? 'byte by byte' : 'in one piece'}`, async () => {
      using client = await server.connect();
      const bytes = `POST /refused HTTP/1.1\r\nHost: a\r\n${attempt}`;
      for (const piece of inPieces ? bytes.split('') : [bytes]) client.send(piece);
      const answer = await client.read();
      assert.equal(answer.status, 400);
      assert.equal(answer.isKept, false);
      assert.equal(await client.ended(), 'end');
      assert.doesNotMatch((await server.ask('/seen')).body, /refused|hidden/);
    });
  }
}

test('a length beyond all limits is malformed, and as final', async () => {
  using client = await server.connect();
  client.send(`POST /refused HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n${HIDDEN}`);
  assert.equal((await client.read()).status, 400);
  assert.equal(await client.ended(), 'end');
  assert.doesNotMatch((await server.ask('/seen')).body, /refused|hidden/);
});

test('with HTTP/1.0 and chunks as well', async () => {
  using client = await server.connect();
  client.send(`POST /refused HTTP/1.0\r\n${TE}\r\n0\r\n\r\n${HIDDEN}`);
  assert.equal((await client.read()).status, 400);
  assert.equal(await client.ended(), 'end');
  assert.doesNotMatch((await server.ask('/seen')).body, /refused|hidden/);
});
