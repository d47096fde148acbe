// A WSGI application takes over the connection of a WebSocket by the socket in its environ: bytes go both ways as they are, each side
// waits for the other and hears of its end, and a handshake that is answered in the ordinary way is an ordinary request.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Client } from './client.ts';
import { Closed } from './client.ts';
import type { Server } from './server.ts';
import { serve } from './server.ts';
import { until } from './waiting.ts';

/** An application that switches protocols, and then does what its path says. */
const APP = `
import os, time
def application(environ, start_response):
    path = environ['PATH_INFO']
    sock = environ.get('gunicorn.socket')
    assert sock is environ.get('werkzeug.socket')
    if path == '/has':
        start_response('200 OK', [])
        return [b'a socket' if sock else b'no socket']
    if path == '/raise':
        raise ValueError('before anything was said')
    if path == '/hesitant':
        print('it hesitates', flush=True)
        time.sleep(0.3)
    sock.sendall(b'HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n\\r\\n')
    if path in ('/echo', '/hesitant'):
        for data in iter(lambda: sock.recv(65536), b''):
            sock.sendall(data)
        print('the client has left', flush=True)
    elif path == '/deaf':
        time.sleep(0.5)
        total = 0
        while total < 3000000:
            total += len(sock.recv(65536))
        sock.sendall(b'%d' % total)
    elif path == '/flood':
        sock.sendall(b'x' * 3000000 + b'end')
    elif path == '/die':
        sock.recv(1)
        os.kill(os.getpid(), 9)
    elif path == '/stop':
        raise StopIteration
    elif path == '/late':
        start_response('200 OK', [])
        return [b'this is not for the client']
    elif path == '/fault':
        raise ValueError('behind the handshake')
    start_response('200 OK', [])
    return []
`;
const HANDSHAKE =
  'Host: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n';
const SWITCHED = /^HTTP\/1\.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n/;

async function open(server: Server, path: string): Promise<Client> {
  const client = await server.connect();
  client.send(`GET ${path} HTTP/1.1\r\n${HANDSHAKE}`);
  return client;
}

test('bytes go both ways, and each side hears that the other has left', async () => {
  await using server = await serve({ app: APP, args: ['--threads', '4', '--access-log', 'access'] });
  using client = await open(server, '/echo');
  await client.receive(SWITCHED);
  client.send('a\0b');
  await client.receive(/a\0b$/);
  client.close();
  await server.logged(/OUTPUT w1: the client has left/);
  await until('it is logged', () =>
    /"GET \/echo HTTP\/1\.1" 101 /.test(readFileSync(join(server.folder, 'access'), 'latin1')),
  );
  for (const path of ['/late', '/stop', '/fault']) {
    using other = await open(server, path);
    await other.receive(SWITCHED);
    await assert.rejects(other.receive(/never/), Closed);
    assert.match(other.received, new RegExp(`${SWITCHED.source}$`), path);
  }
  await server.logged(/ValueError: behind the handshake/);
  assert.doesNotMatch(server.log, /StopIteration/);
});

test('a client that has closed its sending side before it is answered gets its answer, and the application hears of it', async () => {
  await using server = await serve({ app: APP });
  using client = await open(server, '/hesitant');
  // A request that waits for a worker is dropped with its client.
  await server.logged(/OUTPUT w1: it hesitates/);
  client.send('data');
  client.socket.end();
  await client.receive(/data$/);
  await assert.rejects(client.receive(/never/), Closed);
  await server.logged(/OUTPUT w1: the client has left/);
});

test('each side waits for the other, and nothing is lost', async () => {
  await using server = await serve({ app: APP, args: ['--threads', '4'] });
  using deaf = await open(server, '/deaf');
  await deaf.receive(SWITCHED);
  deaf.send(Buffer.alloc(3_000_000));
  await deaf.receive(/3000000$/);
  using flood = await open(server, '/flood');
  flood.socket.pause();
  await new Promise((done) => setTimeout(done, 300));
  flood.socket.resume();
  await flood.receive(/end$/);
  assert.equal(flood.received.length, 3_000_003 + (SWITCHED.exec(flood.received)?.[0].length ?? 0));
});

test('a handshake that is answered as a request is one, and others have no socket', async () => {
  await using server = await serve({ app: APP, args: ['--threads', '2'] });
  using client = await open(server, '/has');
  assert.equal((await client.read()).body, 'a socket');
  client.send(`GET /has HTTP/1.1\r\nHost: a\r\n\r\n`);
  assert.equal((await client.read()).body, 'no socket', 'on the same connection');
  using failing = await open(server, '/raise');
  assert.equal((await failing.read()).status, 500);
  await using without = await serve({ app: APP, args: ['--no-websockets'] });
  using plain = await open(without, '/has');
  assert.equal((await plain.read()).body, 'no socket');
});

test('no timeout ends it; the death of its worker and the end of the server do', async () => {
  await using server = await serve({
    app: APP,
    args: ['--threads', '2', '--timeout', '1', '--graceful-timeout', '20'],
  });
  using client = await open(server, '/echo');
  await client.receive(SWITCHED);
  using doomed = await open(server, '/die');
  await doomed.receive(SWITCHED);
  await new Promise((done) => setTimeout(done, 1800));
  client.send('still');
  await client.receive(/still$/);
  doomed.send('x');
  await assert.rejects(doomed.receive(/never/), Closed);
  await assert.rejects(client.receive(/never/), Closed);
  assert.doesNotMatch(server.log, /longer than the timeout/);
  const before = server.log.length;
  await until('it is replaced', () => server.workerPids.length === 1);
  using last = await open(server, '/echo');
  await last.receive(SWITCHED);
  const stopMs = performance.now();
  server.signal('SIGTERM');
  await server.logged(/the client has left/, undefined, before);
  assert.equal(await server.exit, 0);
  assert.ok(performance.now() - stopMs < 10_000, 'it did not wait for the graceful timeout');
});

test('a reload leaves it to its worker, whose application hears in time that its time is over', async () => {
  await using server = await serve({ app: APP, args: ['--threads', '2', '--graceful-timeout', '2'] });
  using client = await open(server, '/echo');
  await client.receive(SWITCHED);
  server.signal('SIGHUP');
  await server.logged(/reloaded/);
  client.send('still');
  await client.receive(/still$/);
  await assert.rejects(client.receive(/never/), Closed);
  await server.logged(/the client has left/);
  await until('its worker has ended', () => server.workerPids.length === 1);
  assert.doesNotMatch(server.log, /ERROR/);
});
