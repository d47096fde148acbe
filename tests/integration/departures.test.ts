// Clients that leave while an asynchronous application waits, with bytes behind their request that nobody wants yet. The application
// sends nothing: only the connection itself can tell that the client has gone.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connect as connectSecurely } from 'node:tls';
import { maskedFrame, WebSocketClient } from '../conformance/websocket-client.ts';
import { Authority } from './certificates.ts';
import { Client } from './client.ts';
import type { Server } from './server.ts';
import { makeFolder, serve } from './server.ts';

/** /wait waits for its client to leave; /deaf never asks whether it has; /count tells how long a body is, and asks late. */
const APP = `
import asyncio

async def application(scope, receive, send):
    if scope['type'] == 'lifespan':
        return
    path, name = scope['path'], scope['query_string'].decode()
    if scope['type'] == 'websocket':
        await receive()
        await send({'type': 'websocket.accept'})
    print('began', name, flush=True)
    if path == '/deaf':
        await asyncio.sleep(3600)
    if path == '/count':
        await asyncio.sleep(0.3)
        size = 0
        while (message := await receive())['type'] == 'http.request':
            size += len(message['body'])
            if not message['more_body']:
                await send({'type': 'http.response.start', 'status': 200})
                await send({'type': 'http.response.body', 'body': b'%s has %d' % (name.encode(), size)})
                return
    while not (await receive())['type'].endswith('.disconnect'):
        await asyncio.sleep(0.05)
    print('heard', name, flush=True)
`;

const CARRIERS = ['tcp', 'unix', 'tls'] as const;
type Carrier = (typeof CARRIERS)[number];

const folder = makeFolder();
const path = join(folder, 'site.sock');
const site = new Authority(folder).issue('site');
let server: Server;
let plain = 0;
let secure = 0;

before(async () => {
  server = await serve({
    app: APP,
    args: [
      ...['--bind', '127.0.0.1:0', '--certfile', site.cert, '--keyfile', site.key, '--access-log', '-'],
      ...['--insecure-bind', '127.0.0.1:0', '--insecure-bind', `unix:${path}`, '--ws-ping-interval', '0'],
    ],
  });
  plain = Number((await server.logged(/http:\/\/\S+:(\d+)[\s\S]*unix:/))[1]);
  secure = server.port;
  await leaveWebSockets();
});
after(() => server[Symbol.asyncDispose]());

/** A connection, and the socket that its bytes go through in the end. */
async function dial(carrier: Carrier): Promise<[Socket, Socket]> {
  const socket =
    carrier === 'unix' ? connect(path) : connect({ port: carrier === 'tls' ? secure : plain, host: '127.0.0.1' });
  await once(socket, 'connect');
  if (carrier !== 'tls') return [socket, socket];
  const secured = connectSecurely({ socket, servername: 'site.test', rejectUnauthorized: false });
  await once(secured, 'secureConnect');
  return [secured, socket];
}

async function open(carrier: Carrier): Promise<[Client, Socket]> {
  const [socket, under] = await dial(carrier);
  return [Client.over(socket), under];
}

/** A reset, where there is one. */
function reset(carrier: Carrier, socket: Socket): void {
  if (carrier === 'unix') socket.destroy();
  else socket.resetAndDestroy();
}

/**
 * Clients leave whose messages lie beyond what a deaf application takes: in the edge alone, or in the kernel as well. The application has some seconds to take
 * them, so the test looks for these clients at the end.
 */
async function leaveWebSockets(): Promise<void> {
  for (const carrier of CARRIERS) {
    for (const count of [1700, 6000]) {
      const [talking, socket] = await dial(carrier);
      const client = await WebSocketClient.over(talking, `/deaf?messages-${carrier}-${count}`);
      const frame = maskedFrame(1, 'x'.repeat(100), { isFinal: true, reserved: 0 });
      talking.write(Buffer.concat(Array<Buffer>(count).fill(frame)));
      // Waits until as much of the body as the edge takes has come.
      setTimeout(() => {
        if (count === 1700) client.socket.destroy();
        else reset(carrier, socket);
      }, 200);
    }
  }
}

const LATER = 'GET /later HTTP/1.1\r\nHost: a\r\n';
const TAILS = { nothing: '', 'one byte': 'G', 'half a request': LATER, '15 KB': `${LATER}X: ${'x'.repeat(15_000)}` };
const WAYS = ['closes', 'closes its side', 'resets'] as const;

for (const carrier of CARRIERS) {
  for (const [what, tail] of Object.entries(TAILS)) {
    for (const way of WAYS) {
      test(`who ${way} behind ${what} has left (${carrier})`, async () => {
        const name = `${carrier}-${what}-${way}`.replaceAll(' ', '.');
        const [client, socket] = await open(carrier);
        client.send(`GET /wait?${name} HTTP/1.1\r\nHost: a\r\n\r\n${tail}`);
        await server.logged(new RegExp(`began ${name}`));
        if (way === 'resets') reset(carrier, socket);
        else if (way === 'closes') client.close();
        else client.socket.end();
        await server.logged(new RegExp(`heard ${name}`));
        client.close();
      });
    }
  }

  test(`a connection ends with its client, whose body an application does not read (${carrier})`, async () => {
    for (const [length, sent] of [
      [40_000, 20_000],
      [900_000, 400_000],
    ] as const) {
      const name = `body-${carrier}-${sent}`;
      const [client, socket] = await open(carrier);
      client.send(`POST /deaf?${name} HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n${'x'.repeat(sent)}`);
      await server.logged(new RegExp(`began ${name}`));
      reset(carrier, socket);
      await server.logged(new RegExp(`POST /deaf\\?${name} HTTP/1.1" 499`));
    }
  });
}

test('who closes only its own side gets the answers to all that it has asked', async () => {
  using client = await Client.open(plain);
  client.socket.allowHalfOpen = true;
  const ask = (name: string, framing: string) => `POST /count?${name} HTTP/1.1\r\nHost: a\r\n${framing}`;
  client.send(ask('a', `Content-Length: 5000\r\n\r\n${'x'.repeat(5000)}`));
  client.send(ask('b', 'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n'));
  client.send(ask('c', 'Content-Length: 0\r\n\r\n'));
  client.socket.end();
  for (const expected of ['a has 5000', 'b has 3', 'c has 0']) {
    assert.equal((await client.read('POST')).body, expected);
  }
  assert.equal(await client.ended(), 'end');
});

test('who closes its own side behind a body that nobody has taken yet gets its answer', async () => {
  using client = await Client.open(plain);
  client.socket.allowHalfOpen = true;
  client.send(`POST /count?late HTTP/1.1\r\nHost: a\r\nContent-Length: 270000\r\n\r\n${'x'.repeat(270_000)}`);
  client.socket.end();
  assert.equal((await client.read('POST')).body, 'late has 270000');
  assert.equal(await client.ended(), 'end');
});

test('WebSockets end with their clients, whose messages an application does not take', async () => {
  for (const carrier of CARRIERS) {
    for (const count of [1700, 6000]) {
      await server.logged(new RegExp(`GET /deaf\\?messages-${carrier}-${count} HTTP/1.1" 101`));
    }
  }
});

test('none of these departures is an error of the application', async () => {
  await server.logged(/wait\?tls-15\.KB-resets HTTP/);
  assert.doesNotMatch(server.log, /the application returned|Traceback|ERROR/);
  const statuses = [...server.log.matchAll(/GET \/wait\S* HTTP\/1\.1" (\d+)/g)].map(([, status]) => status);
  assert.deepEqual(new Set(statuses), new Set(['499']));
});
