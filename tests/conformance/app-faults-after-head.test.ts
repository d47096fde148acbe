// What an application can do wrong when a part of its response has been sent: the client keeps that part and can tell that it is
// one, because the connection breaks off; a body that is too long is cut to its declared length, which keeps the connection in step.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Closed } from '../integration/client.ts';
import type { Server } from '../integration/server.ts';
import { serve } from '../integration/server.ts';

const APP = `
OK = '200 OK', []
TEN = '200 OK', [('Content-Length', '10')]

def raises(environ, start):
    start(*OK)
    yield b'part'
    raise RuntimeError('after a block')
def raises_within_length(environ, start):
    start(*TEN)
    yield b'part'
    raise RuntimeError('within the length')
def too_little(environ, start):
    start(*TEN)
    yield b'part'
def yields_str(environ, start):
    start(*OK)
    yield b'part'
    yield 'text'
def raises_after_write(environ, start):
    start(*OK)(b'part')
    raise RuntimeError('after write()')
def starts_again(environ, start):
    start(*OK)(b'part')
    try:
        raise RuntimeError('too late for another head')
    except RuntimeError:
        import sys
        start('500 Error', [], sys.exc_info())
    return [b'never seen']
def too_much(environ, start):
    start(*TEN)
    yield b'01234567'
    yield b'89abcdef'
def too_much_in_list(environ, start):
    start(*TEN)
    return [b'0123456789abcdef']
def too_much_written(environ, start):
    start(*TEN)(b'0123456789abcdef')
    return []
def fine(environ, start):
    start(*OK)
    return [b'fine']

def application(environ, start):
    return globals()[environ['PATH_INFO'][1:]](environ, start)
`;

let server: Server;
before(async () => {
  server = await serve({ app: APP, args: ['--edge-threads', '2'] });
});
after(() => server[Symbol.asyncDispose]());

for (const name of [
  'raises',
  'raises_within_length',
  'too_little',
  'yields_str',
  'raises_after_write',
  'starts_again',
]) {
  test(`${name}: the connection breaks off`, async () => {
    const from = server.log.length;
    using client = await server.connect();
    client.send(`GET /${name} HTTP/1.1\r\nHost: a\r\n\r\n`);
    await assert.rejects(client.read(), (error) => error instanceof Closed);
    await server.logged(new RegExp(`request [0-9a-f]{32} GET /${name}: `), 5000, from);
    assert.equal((await server.ask('/fine')).body, 'fine');
  });
}

for (const name of ['too_much', 'too_much_in_list', 'too_much_written']) {
  test(`${name}: cut to its length, and the connection goes on`, async () => {
    const from = server.log.length;
    using client = await server.connect();
    client.send(`GET /${name} HTTP/1.1\r\nHost: a\r\n\r\nGET /fine HTTP/1.1\r\nHost: a\r\n\r\n`);
    assert.equal((await client.read()).body, '0123456789');
    assert.equal((await client.read()).body, 'fine');
    await server.logged(new RegExp(`${name}: .*more bytes`), 5000, from);
  });
}

test('a body that only the end of the connection ends breaks off with a reset', async () => {
  using client = await server.connect();
  client.send('GET /raises HTTP/1.0\r\n\r\n');
  await assert.rejects(client.read(), (error) => error instanceof Closed && error.isReset);
});
