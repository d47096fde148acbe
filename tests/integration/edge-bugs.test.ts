// Errors of our own in the edge, which a module that is loaded before it plants: each ends what it was thrown in, and nothing else.

import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { test } from 'node:test';
import { Authority } from './certificates.ts';
import { Client, Closed } from './client.ts';
import type { Server } from './server.ts';
import { makeFolder, serve } from './server.ts';
import { until } from './waiting.ts';

const SOURCES = new URL('../../src/', import.meta.url).href;
const APP = `
import os, time

def application(environ, start_response):
    start_response('200 OK', [])
    if environ['PATH_INFO'] == '/slow':
        yield b'begun'
        time.sleep(0.5)
        yield b'finished'
    else:
        yield str(os.getpid()).encode()
`;

/** Makes `method` of the class in `file` throw as long as `condition` holds; `args` are those it is called with. */
function plant(file: string, className: string, method: string, condition: string): string {
  return `
    if (!process.argv.includes('serve')) {
      const { ${className}: Planted } = await import('${SOURCES}${file}');
      const before = Planted.prototype.${method};
      Planted.prototype.${method} = function (...args) {
        if (${condition}) throw new Error('a planted bug');
        return before.apply(this, args);
      };
    }
  `;
}

const SAYS_BANG = `args[0].subarray(0, args[1]).includes('bang')`;

async function isCut(client: Client): Promise<boolean> {
  return client.read().then(
    () => false,
    (error: unknown) => error instanceof Closed,
  );
}

function send(client: Client, target: string): void {
  client.send(`GET ${target} HTTP/1.1\r\nHost: site.test\r\n\r\n`);
}

async function stillServes(server: Server, edgePid: number, other: Client): Promise<void> {
  send(other, '/');
  assert.equal((await other.read()).status, 200, 'another connection goes on');
  assert.equal((await server.ask('/')).status, 200);
  assert.equal(server.edgePid, edgePid, 'the edge is the same');
}

test('an error in a connection ends that one alone; it is logged with its stack, once', async () => {
  const preloaded = plant('edge/transport/http1-connection.ts', 'Http1Connection', 'onBytes', SAYS_BANG);
  await using server = await serve({ app: APP, preloaded });
  const { edgePid } = server;
  using other = await server.connect();
  send(other, '/');
  await other.read();
  for (let count = 0; count < 20; count += 1) {
    using client = await server.connect();
    send(client, '/bang');
    assert.ok(await isCut(client));
  }
  await stillServes(server, edgePid, other);
  await server.logged(/ERROR edge: internal error 1 in the connection of 127\.0\.0\.1.*: Error: a planted bug/);
  await server.logged(/ERROR edge: {5}at /);
  assert.equal(server.log.match(/a planted bug/g)?.length, 1);
});

test('an error at the end of a connection neither ends the edge nor keeps it from ending', async () => {
  const preloaded = plant('edge/transport/lingering-socket.ts', 'LingeringSocket', 'onClose', 'true');
  await using server = await serve({ app: APP, preloaded });
  const { edgePid } = server;
  using other = await server.connect();
  (await server.connect()).close();
  await server.logged(/internal error 1 in the connection/);
  await stillServes(server, edgePid, other);
  server.signal('SIGTERM');
  assert.equal(await server.exit, 0);
});

test('an error in a handler is a 500', async () => {
  const preloaded = plant('gateway/serial/serial-gateway.ts', 'SerialGateway', 'submit', `args[0].target === '/bang'`);
  await using server = await serve({ app: APP, preloaded });
  const { edgePid } = server;
  using client = await server.connect();
  send(client, '/bang');
  assert.equal((await client.read()).status, 500);
  await stillServes(server, edgePid, client);
});

test('an error in a lane ends what runs on it; the worker stays and dials again', async () => {
  const preloaded = plant(
    'gateway/serial/serial-lane.ts',
    'SerialLane',
    'endCall',
    `this.calls.peek()?.exchange.target === '/bang'`,
  );
  await using server = await serve({ app: APP, preloaded });
  const { edgePid } = server;
  const before = (await server.ask('/')).body;
  using other = await server.connect();
  using client = await server.connect();
  send(client, '/bang');
  assert.ok(await isCut(client));
  await server.logged(/internal error 1 in a lane/);
  await stillServes(server, edgePid, other);
  assert.equal((await server.ask('/')).body, before, 'the worker is the same');
});

test('an error while a connection is looked at once a second ends that one alone', async () => {
  const preloaded = plant('edge/transport/lingering-socket.ts', 'LingeringSocket', 'onTick', `args[1] > 0`);
  await using server = await serve({ app: APP, preloaded });
  const { edgePid } = server;
  using other = await server.connect();
  using client = await server.connect();
  client.send('POST / HTTP/1.1\r\nHost: site.test\r\nContent-Length: 9\r\n\r\n1');
  assert.ok(await isCut(client));
  await stillServes(server, edgePid, other);
});

test('an error that belongs to no connection: the edge finishes what it has, and is replaced', async () => {
  const throwing = `setTimeout(() => { throw new Error('a planted bug'); }, 0)`;
  await using server = await serve({
    app: APP,
    preloaded: `if (!process.argv.includes('serve')) process.on('SIGWINCH', () => ${throwing});`,
    args: ['--edge-threads', '2'],
  });
  const { edgePid, workerPids } = server;
  using client = await server.connect();
  send(client, '/slow');
  await client.receive(/begun/);
  process.kill(edgePid, 'SIGWINCH');
  await client.receive(/finished/);
  await server.logged(/ERROR edge: internal error 1 in an edge thread.*a planted bug/);
  await server.logged(/the edge process exited with code 70; it is started again/);
  assert.equal((await server.ask('/')).status, 200);
  assert.notEqual(server.edgePid, edgePid);
  assert.deepEqual(server.workerPids, workerPids, 'the workers are the same');
});

test('an error in what the disk calls back ends the request whose body is in the file', async () => {
  const preloaded = `
    if (!process.argv.includes('serve')) {
      const { SpoolFile } = await import('${SOURCES}relay/spool/spool-file.ts');
      const { get } = Object.getOwnPropertyDescriptor(SpoolFile.prototype, 'isFlushed');
      Object.defineProperty(SpoolFile.prototype, 'isFlushed', {
        get() {
          if (this.writtenBytes >= 2_200_000) throw new Error('a planted bug');
          return get.call(this);
        },
      });
    }
  `;
  await using server = await serve({ app: APP, preloaded });
  const { edgePid } = server;
  using other = await server.connect();
  using client = await server.connect();
  client.send(`POST / HTTP/1.1\r\nHost: site.test\r\nContent-Length: 2200000\r\n\r\n${'x'.repeat(2_199_999)}`);
  // A last piece that the disk holds back would be read on from within its call: then the error is one of the connection.
  await until('the rest is in the file', () => server.spooled.some((path) => statSync(path).size === 2_199_999));
  client.send('x');
  assert.equal((await client.read('POST')).status, 500);
  await server.logged(/internal error 1 in what waits in a file/);
  await stillServes(server, edgePid, other);
});

test('an error in a stream of an event loop ends that request alone', async () => {
  const app = `
import asyncio
from os import getpid

async def application(scope, receive, send):
    assert scope['type'] == 'http'
    await send({'type': 'http.response.start', 'status': 200, 'headers': []})
    await send({'type': 'http.response.body', 'body': b'begun', 'more_body': True})
    if scope['path'] == '/slow':
        await asyncio.sleep(0.5)
    await send({'type': 'http.response.body', 'body': b'finished'})
`;
  const preloaded = plant('gateway/call.ts', 'Call', 'newFlow', `this.exchange.target === '/bang'`);
  await using server = await serve({ app, preloaded });
  const { edgePid } = server;
  using other = await server.connect();
  send(other, '/slow');
  await other.receive(/begun/);
  using client = await server.connect();
  send(client, '/bang');
  assert.ok(await isCut(client));
  await other.receive(/finished/);
  await stillServes(server, edgePid, await server.connect());
});

test('an error in a connection over TLS ends that one alone', async () => {
  const folder = makeFolder();
  const { cert, key } = new Authority(folder);
  const preloaded = plant('edge/transport/http1-connection.ts', 'Http1Connection', 'onBytes', SAYS_BANG);
  await using server = await serve({ app: APP, preloaded, folder, args: ['--certfile', cert, '--keyfile', key] });
  const { edgePid } = server;
  const connect = (): Promise<Client> => Client.secure(server.port, { rejectUnauthorized: false });
  using other = await connect();
  using client = await connect();
  send(client, '/bang');
  assert.ok(await isCut(client));
  send(other, '/');
  assert.equal((await other.read()).status, 200);
  assert.equal(server.edgePid, edgePid);
});
