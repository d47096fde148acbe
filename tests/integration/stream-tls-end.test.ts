// A stream whose sides speak TLS tells each of them when it has got all, and only then: who hears nothing knows that something is missing.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import type { AddressInfo, Socket } from 'node:net';
import { connect as connectPlainly } from 'node:net';
import { after, test } from 'node:test';
import { connect, createServer } from 'node:tls';
import { Authority } from './certificates.ts';
import { makeFolder } from './server.ts';
import type { Backend } from './stream-server.ts';
import { dial, listenTo, runStream } from './stream-server.ts';

const ALERT = 21;
const folder = makeFolder();
const site = new Authority(folder).issue('site');
const shown = `ssl_certificate ${site.cert}; ssl_certificate_key ${site.key};`;

after(() => rmSync(folder, { recursive: true }));

/** The types of the records of TLS 1.2 that have come over a connection. */
function recordsOf(socket: Socket): number[] {
  const types: number[] = [];
  let kept: Buffer = Buffer.alloc(0);
  socket.on('data', (bytes: Buffer) => {
    kept = Buffer.concat([kept, bytes]);
    while (kept.length >= 5 && kept.length >= 5 + kept.readUInt16BE(3)) {
      types.push(kept[0] ?? 0);
      kept = kept.subarray(5 + kept.readUInt16BE(3));
    }
  });
  return types;
}

/** Passes connections on to a port, and looks at what comes from there (`down`) and from those who connect (`up`). */
async function tap(port: number, looked: { down: number[]; up: number[] }): Promise<Backend> {
  return listenTo((socket) => {
    const behind = connectPlainly({ port, host: '127.0.0.1', allowHalfOpen: true });
    looked.up = recordsOf(socket);
    looked.down = recordsOf(behind);
    behind.on('error', () => socket.destroy());
    socket.on('close', () => behind.destroy());
    socket.pipe(behind).pipe(socket);
  });
}

interface Ended {
  readonly text: string;
  readonly isTold: boolean;
}

/** How a connection ends for a client that says this. */
async function ask(port: number, text: string): Promise<Ended> {
  const looked = { down: [], up: [] };
  await using between = await tap(port, looked);
  const socket = connect({ port: between.port, host: '127.0.0.1', rejectUnauthorized: false, maxVersion: 'TLSv1.2' });
  let got = '';
  socket.on('data', (bytes: Buffer) => {
    got += bytes.latin1Slice();
  });
  socket.on('error', () => undefined).write(text);
  await new Promise((resolve) => socket.once('close', resolve));
  return { text: got, isTold: looked.down.at(-1) === ALERT };
}

test('a client is told that a text, or what a server has sent, was all', async () => {
  await using server = await runStream(`${shown} return "that is all";`, { isTls: true });
  assert.deepEqual(await ask(server.port, ''), { text: 'that is all', isTold: true });
  await using backend = await listenTo((socket) => {
    socket.once('data', (bytes) => {
      socket.write('x'.repeat(100_000), () => {
        if (String(bytes) === 'reset') socket.resetAndDestroy();
        else socket.end('y');
      });
    });
  });
  await using passing = await runStream(`${shown} proxy_pass 127.0.0.1:${backend.port};`, { isTls: true });
  const { text, isTold } = await ask(passing.port, 'hello');
  assert.deepEqual([text.length, isTold], [100_001, true]);
  const cut = await ask(passing.port, 'reset');
  assert.equal(cut.isTold, false, 'a server that is gone has not said that this was all');
});

test('a server is told that its client has said all, with and without a half that stays open', async () => {
  const secure = createServer({ cert: readFileSync(site.cert), key: readFileSync(site.key), maxVersion: 'TLSv1.2' });
  secure.on('secureConnection', (socket) => socket.on('error', () => undefined).resume());
  secure.listen(0, '127.0.0.1');
  await once(secure, 'listening');
  const told: boolean[] = [];
  for (const halfClose of ['on', 'off']) {
    const looked = { down: [], up: [] };
    await using between = await tap((secure.address() as AddressInfo).port, looked);
    await using server = await runStream(
      `proxy_ssl on; proxy_half_close ${halfClose}; proxy_pass 127.0.0.1:${between.port};`,
    );
    const client = await dial(server.port);
    client.end('hello');
    client.resume();
    await once(client, 'end');
    client.destroy();
    const [socket] = between.sockets;
    if (socket?.readableEnded === false) await once(socket, 'end');
    told.push(looked.up.at(-1) === ALERT);
  }
  secure.close();
  assert.deepEqual(told, [true, true]);
});
