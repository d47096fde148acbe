// HEAD, 204, 205 and 304: no byte of a body, whatever the application gives, and the connection stays in step (RFC 9110 9.3.2, 15.3.5, 15.3.6, 15.4.5).

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Server } from '../integration/server.ts';
import { serve } from '../integration/server.ts';

const APP = `
def application(environ, start):
    kind, _, shape = environ['PATH_INFO'][1:].partition('/')
    status = {'204': '204 No Content', '205': '205 Reset Content', '304': '304 Not Modified'}.get(kind, '200 OK')
    fields = [('X-Kind', kind)] + ([('Content-Length', '5')] if shape.startswith('sized') else [])
    if shape.endswith('generator'):
        def blocks():
            start(status, fields)
            yield b'he'
            yield b'llo'
        return blocks()
    start(status, fields)
    return [] if shape == 'empty' else [b'hello']
`;

let server: Server;
before(async () => {
  server = await serve({ app: APP });
});
after(() => server[Symbol.asyncDispose]());

for (const shape of ['list', 'sized', 'generator', 'sized-generator', 'empty']) {
  for (const [method, kind, status] of [
    ['HEAD', '200', 200],
    ['GET', '204', 204],
    ['GET', '205', 205],
    ['HEAD', '205', 205],
    ['GET', '304', 304],
    ['HEAD', '304', 304],
  ] as const) {
    test(`${method} ${kind} ${shape}`, async () => {
      using client = await server.connect();
      client.send(`${method} /${kind}/${shape} HTTP/1.1\r\nHost: a\r\n\r\n`.repeat(2));
      for (let turn = 0; turn < 2; turn += 1) {
        const answer = await client.read(method);
        assert.equal(answer.status, status);
        assert.equal(answer.fields.get('x-kind'), kind);
        assert.equal(answer.isKept, true);
        // RFC 9110 8.6: never in a 204; RFC 9112 6.1: the same of Transfer-Encoding.
        if (kind === '204')
          assert.equal(answer.fields.has('content-length') || answer.fields.has('transfer-encoding'), false);
        // RFC 9112 6.3 has a client wait for its body, so it is told that there is none.
        if (kind === '205' && method === 'GET') assert.equal(answer.fields.get('content-length'), '0');
        if (method === 'HEAD' && shape.startsWith('sized') && kind === '200')
          assert.equal(answer.fields.get('content-length'), '5');
      }
      client.send('GET /200/list HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
      assert.equal((await client.read()).body, 'hello');
      assert.equal(await client.ended(), 'end');
    });
  }
}

test('HEAD is told of an empty body that the application has declared, and of none that it has not', async () => {
  const app = `
def application(environ, start):
    start('200 OK', [('Content-Length', '0')] if environ['PATH_INFO'] == '/declared' else [])
    return []
`;
  await using empty = await serve({ app });
  using client = await empty.connect();
  for (const [path, length] of [
    ['/declared', '0'],
    ['/', undefined],
  ] as const) {
    client.send(`HEAD ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
    assert.equal((await client.read('HEAD')).fields.get('content-length'), length);
  }
});
