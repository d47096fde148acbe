// Addresses come, change and go with a reload: connections that are busy finish what they have, files of sockets go with their addresses, and one that cannot be had changes nothing.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from './client.ts';
import { runFile } from './file-server.ts';
import { findPort } from './free-port.ts';
import type { Server } from './server.ts';

const SERVED = /the new configuration is served/;
const KEPT = /the configuration was not changed: the one before is served on/;

function sites(...listens: readonly (readonly [listen: string, reply: string])[]): string {
  return `[edge]\nthreads = 2\n${listens.map(([listen, reply]) => `[[site]]\nlisten = "${listen}"\nreply = "${reply}"\n`).join('')}`;
}

async function reload(server: Server, text: string, says = SERVED): Promise<void> {
  const from = server.log.length;
  writeFileSync(join(server.folder, 'portico.toml'), text);
  server.signal('SIGHUP');
  await server.logged(says, undefined, from);
}

const REQUEST = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n';

async function ask(to: Parameters<typeof Client.open>[0]): Promise<string> {
  using client = await Client.open(to);
  client.send(REQUEST);
  return (await client.read()).body;
}

/** The old address is still read for a moment, for those who have come by it. */
async function answers(look: () => Promise<string>, wanted: string): Promise<void> {
  for (let left = 300; left > 0 && (await look()) !== wanted; left -= 1) await wait(10);
  assert.equal(await look(), wanted);
}

test('a socket in the file system comes and goes with its address', async () => {
  const port = await findPort();
  const main = [`127.0.0.1:${port}`, 'main'] as const;
  await using server = await runFile({ 'portico.toml': sites(main) });
  const path = join(server.folder, 's.sock');
  await reload(server, sites(main, [`unix:${path}`, 'socket']));
  assert.equal(await ask({ path }), 'socket');
  using kept = await Client.open({ path });
  await reload(server, sites(main));
  assert.equal(existsSync(path), false);
  await kept.ended();
  await reload(server, sites(main, [`unix:${path}`, 'again']));
  assert.equal(await ask({ path }), 'again');
});

test('one address becomes all addresses of its port, and one again', async () => {
  const port = await findPort();
  const [one, all] = [sites([`127.0.0.1:${port}`, 'one']), sites([`0.0.0.0:${port}`, 'all'])];
  await using server = await runFile({ 'portico.toml': one });
  await reload(server, all);
  await answers(() => ask(port), 'all');
  const from = server.log.length;
  writeFileSync(join(server.folder, 'portico.toml'), one);
  server.signal('SIGHUP');
  // What listens at the one address is preferred by the kernel, so that nobody meets the end of the other.
  while (!SERVED.test(server.log.slice(from)) || (await ask(port)) !== 'one') await wait(1);
  await wait(300);
  assert.equal(await ask(port), 'one');
});

test('a port that somebody else has is refused, and had when it is free', async () => {
  const [port, other] = [await findPort(), await findPort()];
  await using server = await runFile({ 'portico.toml': sites([`127.0.0.1:${port}`, 'one']) });
  const stranger = createServer().listen(other, '127.0.0.1');
  await once(stranger, 'listening');
  const wanted = sites([`127.0.0.1:${port}`, 'two'], [`127.0.0.1:${other}`, 'other']);
  await reload(server, wanted, KEPT);
  assert.equal(await ask(port), 'one');
  stranger.close();
  await once(stranger, 'close');
  await reload(server, wanted);
  assert.equal(await ask(port), 'two');
  assert.equal(await ask(other), 'other');
});

test('who sends a request to an address that goes is answered, and the connection ends with that', async () => {
  const [port, other] = [await findPort(), await findPort()];
  const main = [`127.0.0.1:${port}`, 'main'] as const;
  await using server = await runFile({ 'portico.toml': sites(main, [`127.0.0.1:${other}`, 'goes']) });
  using busy = await Client.open(other);
  busy.send(REQUEST.slice(0, 20));
  await reload(server, sites(main));
  busy.send(REQUEST.slice(20));
  const { status, isKept } = await busy.read();
  assert.deepEqual([status, isKept], [200, false]);
  await busy.ended();
  await answers(async () => {
    using late = await Client.open(other).catch(() => undefined);
    return late === undefined ? 'nobody' : 'somebody';
  }, 'nobody');
});

const ECHO = `
async def application(scope, receive, send):
    while True:
        event = await receive()
        if event['type'] == 'websocket.connect':
            await send({'type': 'websocket.accept'})
        elif event['type'] == 'websocket.receive':
            await send({'type': 'websocket.send', 'text': event['text']})
        else:
            return
`;

test('a WebSocket goes on when its address has gone', async () => {
  const [port, other] = [await findPort(), await findPort()];
  const listening = (...ports: readonly number[]) =>
    `[edge]\nthreads = 1\n[app]\nmodule = "app"\nworkers = 1\n[[site]]\nlisten = [${ports.map((each) => `"127.0.0.1:${each}"`).join(', ')}]\n`;
  await using server = await runFile({ 'app.py': ECHO, 'portico.toml': listening(port, other) });
  using client = await Client.open(other);
  using idle = await Client.open(other);
  const fields = 'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n';
  client.send(`GET / HTTP/1.1\r\nHost: a.test\r\n${fields}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`);
  await client.receive(/^HTTP\/1.1 101 [\s\S]*\r\n\r\n$/);
  await reload(server, listening(port));
  await idle.ended();
  client.send(Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]));
  await client.receive(/hi$/);
});

test('an address moves to another site, with the connections that it has', async () => {
  const port = await findPort();
  const named = (name: string, isDefault: boolean) =>
    `[[site]]\nnames = "${name}"\nlisten = "127.0.0.1:${port}${isDefault ? ' default' : ''}"\nreply = "${name}"\n`;
  await using server = await runFile({ 'portico.toml': `${named('x', true)}${named('y', false)}` });
  using client = await Client.open(port);
  const next = async () => {
    client.send(REQUEST);
    return (await client.read()).body;
  };
  assert.equal(await next(), 'x');
  await reload(server, `${named('x', false)}${named('y', true)}`);
  assert.equal(await next(), 'y');
  await reload(server, named('z', false));
  assert.equal(await next(), 'z');
});
