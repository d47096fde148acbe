// `kill PID; portico serve …`: the address is free for the next server at once, while the one before finishes its requests.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client } from './client.ts';
import { launch, makeFolder, serve } from './server.ts';

const APP = `
import os, time

def application(environ, start_response):
    start_response('200 OK', [])
    yield b'begun'
    if environ['PATH_INFO'] == '/slow':
        time.sleep(1)
    yield str(os.getpid()).encode()
`;

for (const [what, choose] of [
  ['a port', async () => `127.0.0.1:${await freePort()}`],
  ['a Unix socket', async () => `unix:${join(makeFolder(), 's')}`],
] as const) {
  test(`${what} is the next server's while the one before drains, and also if that is slow to let go of it`, async () => {
    const address = await choose();
    await using before = await serve({ app: APP, args: ['--bind', '127.0.0.1:0', '--bind', address] });
    using client = await before.connect();
    client.send('GET /slow HTTP/1.1\r\nHost: site.test\r\nConnection: close\r\n\r\n');
    await client.receive(/begun/);
    process.kill(before.edgePid, 'SIGSTOP');
    before.signal('SIGTERM');
    await using after = launch({ app: APP, args: ['--bind', address] });
    // The supervisor removes the file of a Unix socket, so the next server does not wait for the edge.
    await after.logged(
      what === 'a port' ? /portico: .* is still held by portico: edge \(pid \d+\), which is ending/ : /is ready/,
    );
    process.kill(before.edgePid, 'SIGCONT');
    await after.logged(/is ready/);
    await client.receive(/\d+/);
    assert.equal(await before.exit, 0);
    const [, path] = /^unix:(.*)/.exec(address) ?? [];
    using next = await Client.open(path === undefined ? Number(address.split(':')[1]) : { path });
    next.send('GET / HTTP/1.1\r\nHost: site.test\r\n\r\n');
    assert.equal((await next.read()).status, 200);
  });
}

async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}
