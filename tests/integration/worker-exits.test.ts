// An application that ends its own process: its client is told, the worker is replaced, the next request is served.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, Closed } from './client.ts';
import { serve } from './server.ts';

const APP = `
import ctypes, os, signal, sys, threading

def application(environ, start):
    path = environ['PATH_INFO']
    if path == '/exit':
        os._exit(9)
    if path == '/exit-0':
        os._exit(0)
    if path == '/segfault':
        ctypes.string_at(0)
    if path == '/kill':
        os.kill(os.getpid(), signal.SIGKILL)
    if path == '/close-all':
        os.closerange(0, 1 << 20)
    if path == '/late':
        def blocks():
            start('200 OK', [])
            yield b'part'
            os._exit(9)
        return blocks()
    start('200 OK', [])
    return [b'fine']
`;

test('each way to end: 502 or a broken connection, then a new worker', async () => {
  await using server = await serve({ app: APP });
  for (const [path, words] of [
    ['/exit', /code 9/],
    ['/exit-0', /code 0/],
    ['/segfault', /SIGSEGV/],
    ['/kill', /SIGKILL/],
    ['/close-all', /./],
  ] as const) {
    const from = server.log.length;
    const answer = await server.ask(path);
    assert.equal(answer.status, 502, path);
    await server.logged(words, 5000, from);
    await server.logged(new RegExp(`GET ${path} was lost|broke the lane|${path}`), 5000, from);
    assert.equal((await server.ask('/')).body, 'fine', path);
  }
  using client = await Client.open(server.port);
  client.send('GET /late HTTP/1.1\r\nHost: a\r\n\r\n');
  await assert.rejects(client.read(), (error) => error instanceof Closed);
  assert.equal((await server.ask('/')).body, 'fine');
});
