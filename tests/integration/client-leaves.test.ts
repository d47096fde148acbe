// Clients that go away, or say that they have nothing more to send, while the application runs.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serve } from './server.ts';

const APP = `
import time

class Stream:
    def __iter__(self):
        while True:
            yield b'x' * 65536
    def close(self):
        print('the stream was closed', flush=True)

def application(environ, start):
    path = environ['PATH_INFO']
    print('began', path, flush=True)
    if path == '/endless':
        start('200 OK', [])
        return Stream()
    if path == '/write':
        write = start('200 OK', [])
        try:
            while True:
                write(b'x' * 65536)
        finally:
            print('write() has raised', flush=True)
    if path == '/long':
        time.sleep(1)
    if path == '/upload':
        start('200 OK', [])
        return [b'%d' % len(environ['wsgi.input'].read())]
    if path == '/slow':
        time.sleep(0.3)
    start('200 OK', [])
    return [b'fine']
`;

for (const [path, words] of [
  ['/endless', /the stream was closed/],
  ['/write', /write\(\) has raised/],
] as const) {
  test(`${path}: an endless response ends soon after its client has left, and the worker is free`, async () => {
    await using server = await serve({ app: APP, args: ['--edge-threads', '2'] });
    const client = await server.connect();
    client.send(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
    await client.receive(/xxxx/);
    client.close();
    await server.logged(words);
    assert.equal((await server.ask('/')).body, 'fine');
    assert.deepEqual(server.spooled, []);
  });
}

test('a request whose client leaves while it runs ends by itself, and its answer goes to nobody', async () => {
  await using server = await serve({ app: APP });
  for (let turn = 0; turn < 3; turn += 1) {
    const client = await server.connect();
    const from = server.log.length;
    client.send('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n');
    await server.logged(/began \/slow/, 5000, from);
    client.close();
  }
  for (let turn = 0; turn < 5; turn += 1) assert.equal((await server.ask('/')).body, 'fine');
});

test('who closes only its own side still gets the answer, and then the end', async () => {
  await using server = await serve({ app: APP });
  // While a request still waits for a worker, a closed sending side means that its client has left: it cannot be told from a client that closes.
  assert.equal((await server.ask('/')).body, 'fine');
  using client = await server.connect();
  client.socket.allowHalfOpen = true;
  client.send('GET /slow HTTP/1.1\r\nHost: a\r\n\r\n');
  client.socket.end();
  assert.equal((await client.read()).body, 'fine');
  assert.equal(await client.ended(), 'end');
});

test('who closes its own side behind an upload that goes to a file gets the answer', async () => {
  await using server = await serve({ app: APP });
  for (const length of [300_000, 3_000_000]) {
    using client = await server.connect();
    client.socket.allowHalfOpen = true;
    client.send(`POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`);
    client.send('x'.repeat(length));
    client.socket.end();
    assert.equal((await client.read()).body, `${length}`);
  }
});

test('a request whose client leaves while it waits for a worker is not run, also with another behind it', async () => {
  await using server = await serve({ app: APP, args: ['--threads', '1'] });
  using busy = await server.connect();
  busy.send('GET /long HTTP/1.1\r\nHost: a\r\n\r\n');
  await server.logged(/began \/long/);
  for (const behind of ['', 'G', 'GET /never HTTP/1.1\r\nHost: a\r\n\r\n']) {
    const client = await server.connect();
    client.send(`GET /never HTTP/1.1\r\nHost: a\r\n\r\n${behind}`);
    client.socket.end();
    await client.ended();
  }
  await busy.read();
  assert.equal((await server.ask('/')).body, 'fine');
  assert.doesNotMatch(server.log, /never/);
});
