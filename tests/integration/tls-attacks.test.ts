// Whatever is sent in the place of a handshake costs its sender the connection, and nobody else anything.

import { deepEqual, equal, match } from 'node:assert/strict';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { connect as connectSecurely } from 'node:tls';
import { Authority } from './certificates.ts';
import { Client } from './client.ts';
import { findPort } from './free-port.ts';
import type { NginxServer } from './nginx-server.ts';
import { runNginx } from './nginx-server.ts';
import { makeFolder } from './server.ts';
import { within } from './waiting.ts';

/** How long a handshake may take at most where nothing is said. */
const USUAL_MS = 20_000;

const folder = makeFolder();
const site = new Authority(folder).issue('site');

let nginx: NginxServer;
let port = 0;
let hastyPort = 0;
before(async () => {
  port = await findPort();
  hastyPort = await findPort();
  const hasty = `server { listen 127.0.0.1:${hastyPort} ssl; client_header_timeout 1s; ssl_certificate ${site.cert}; ssl_certificate_key ${site.key}; return 200 served; }`;
  const http = `${hasty} server { listen 127.0.0.1:${port} ssl; server_name site.test ~^(a+)+\\.test$; ssl_certificate ${site.cert}; ssl_certificate_key ${site.key}; return 200 served; }`;
  nginx = await runNginx('return 204;', {}, { http });
});
after(async () => {
  await nginx[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** The first message of a client of Node's, as it is sent. */
async function helloOf(servername: string): Promise<Buffer> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connectSecurely({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', servername });
  client.on('error', () => undefined);
  const [socket] = (await once(server, 'connection')) as [Socket];
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  client.destroy();
  socket.destroy();
  server.close();
  return bytes;
}

/** What the server answers until it closes the connection, or has sent so many bytes. */
async function send(bytes: Buffer, { oneByOne = false, enough = Infinity } = {}): Promise<Buffer> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true }).on('error', () => undefined);
  let read = Buffer.alloc(0);
  const closed = once(socket, 'close');
  socket.on('data', (more: Buffer) => {
    read = Buffer.concat([read, more]);
    if (read.length >= enough) socket.destroy();
  });
  await once(socket, 'connect');
  if (oneByOne) {
    for (const byte of bytes) {
      socket.write(Buffer.from([byte]));
      await new Promise(setImmediate);
    }
  } else {
    socket.write(bytes);
  }
  await closed;
  return read;
}

async function isServed(): Promise<void> {
  using client = await Client.secure(port, { rejectUnauthorized: false });
  client.send('GET / HTTP/1.1\r\nHost: site.test\r\n\r\n');
  equal((await client.read('GET')).body, 'served');
}

const ALERT = 21;
const HANDSHAKE = 22;

function vector(size: number, body: Buffer): Buffer {
  const head = Buffer.alloc(size);
  head.writeUIntBE(body.length, 0, size);
  return Buffer.concat([head, body]);
}

/** A first message of TLS 1.2 that asks for a name, in records of so many bytes. */
function messageFor(name: string, recordBytes: number): Buffer {
  const names = vector(2, Buffer.concat([Buffer.from([0]), vector(2, Buffer.from(name, 'latin1'))]));
  const body = Buffer.concat([
    ...[Buffer.from([3, 3]), Buffer.alloc(32), Buffer.from([0, 0, 2, 0xc0, 0x2b, 1, 0])],
    vector(2, Buffer.concat([Buffer.from([0, 0]), vector(2, names)])),
  ]);
  const message = Buffer.concat([Buffer.from([1]), vector(3, body)]);
  const records: Buffer[] = [];
  for (let at = 0; at < message.length; at += recordBytes) {
    records.push(Buffer.from([HANDSHAKE, 3, 1]), vector(2, message.subarray(at, at + recordBytes)));
  }
  return Buffer.concat(records);
}

test('a handshake that stands still is ended after client_header_timeout', async () => {
  const hello = await helloOf('site.test');
  const ends = [0, 100, hello.length].map(async (bytes) => {
    const socket = connect({ port: hastyPort, host: '127.0.0.1' }).on('error', () => undefined);
    socket.resume().write(hello.subarray(0, bytes));
    await once(socket, 'close');
  });
  await within(USUAL_MS, 'to end handshakes that stand still', Promise.all(ends));
});

test('a handshake may come one byte at a time', async () => {
  equal((await send(await helloOf('site.test'), { oneByOne: true, enough: 1 }))[0], HANDSHAKE);
});

test('what is no handshake is answered by an alert, or as a request, and the connection is closed', async () => {
  for (const bytes of [
    [22, 3, 1, 0, 5, 9, 9, 9, 9, 9],
    [0x80, 0x2e, 1, 0, 2, ...Buffer.alloc(44, 1)],
  ]) {
    equal((await send(Buffer.from(bytes)))[0], ALERT, String(bytes));
  }
  equal((await send(Buffer.from([22, 9, 9, 0, 0]))).length, 0, 'OpenSSL says nothing to it');
  match((await send(Buffer.from('nonsense\r\n\r\n'))).toString(), /^HTTP\/1\.1 400 /);
  await isServed();
});

test('names that nobody has, that are too long, or cut into a thousand pieces, keep nobody busy', async () => {
  const names = ['a\0.test', '..', 'x'.repeat(255), 'x'.repeat(15_000), 'x'.repeat(60_000), `${'a'.repeat(240)}-.test`];
  const alerts = await Promise.all(names.map((name) => send(messageFor(name, 16_384), { enough: 7 })));
  deepEqual(new Set(alerts.map(([type]) => type === ALERT || type === HANDSHAKE)), new Set([true]));
  equal((await send(messageFor('site.test', 1)))[0], ALERT);
  await isServed();
});

test('clients that leave in the middle of a handshake leave nothing behind', async () => {
  const hello = await helloOf('site.test');
  for (let round = 0; round < 5; round += 1) {
    await Promise.all(Array.from({ length: 20 }, () => send(hello, { enough: 1 })));
    await Promise.all(
      Array.from({ length: 20 }, async () => {
        const socket = connect({ port, host: '127.0.0.1' }).on('error', () => undefined);
        socket.end(hello.subarray(0, 100));
        socket.resume();
        await once(socket, 'close');
      }),
    );
  }
  await isServed();
});
