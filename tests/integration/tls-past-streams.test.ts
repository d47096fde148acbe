// TLS connections that are written and read past Node's streams: everything arrives, in order, whatever else is done with the connection meanwhile.

import { deepEqual, equal, ok } from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import type { AddressInfo, Socket } from 'node:net';
import { after, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { connect, createServer } from 'node:tls';
import { Output } from '../../src/edge/transport/output.ts';
import { DirectWriter } from '../../src/relay/sockets/direct-writer.ts';
import { readIntoBuffer } from '../../src/relay/sockets/tls-internals.ts';
import { Authority } from './certificates.ts';
import { makeFolder } from './server.ts';

const folder = makeFolder();
after(() => rmSync(folder, { recursive: true }));
const issued = new Authority(folder).issue('site');
const server = createServer({ cert: readFileSync(issued.cert), key: readFileSync(issued.key), allowHalfOpen: true });
server.on('tlsClientError', () => undefined).listen(0, '127.0.0.1');
await once(server, 'listening');
after(() => server.close());

async function openPair(): Promise<{ readonly edge: TLSSocket; readonly peer: TLSSocket }> {
  const { port } = server.address() as AddressInfo;
  const secured = once(server, 'secureConnection') as Promise<[TLSSocket]>;
  const peer = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }).on('error', () => undefined);
  const [[edge]] = await Promise.all([secured, once(peer, 'secureConnect')]);
  edge.on('error', () => undefined);
  return { edge, peer };
}

async function readAll(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const QUIET = { onDrain: () => undefined, onError: () => undefined, onBug: () => undefined };

test('a TLS connection can be written past its stream, one piece at a time', async () => {
  const { edge, peer } = await openPair();
  const writer = new DirectWriter(edge);
  equal(writer.isReady, true);
  equal(writer.write(Buffer.from('xhellox'), 1, 6), 5);
  equal(writer.isReady, false, 'until the kernel has it');
  equal(writer.pendingBytes, 0, 'which had room for it');
  edge.write(' world');
  edge.end('!');
  equal((await readAll(peer)).toString(), 'hello world!');
});

test('whatever is written in one turn arrives in order, with the end behind it', async () => {
  const { edge, peer } = await openPair();
  const output = new Output(edge, QUIET);
  let wanted = '';
  for (let index = 0; index < 300; index += 1) {
    const text = `${index} ${'x'.repeat((index * 977) % 20_000)}\n`;
    wanted += text;
    if (index % 3 === 0) output.text(text);
    else if (index % 3 === 1) output.buffer(Buffer.from(text));
    else output.joined(text.slice(0, 5), Buffer.from(text.slice(5)));
  }
  edge.end();
  equal((await readAll(peer)).toString() === wanted, true);
});

test('an output is not empty while the kernel has no room, and tells when it is', async () => {
  const { edge, peer } = await openPair();
  peer.pause();
  let tellDrained: () => void = () => undefined;
  const drained = new Promise<void>((done) => {
    tellDrained = done;
  });
  const output = new Output(edge, { ...QUIET, onDrain: () => tellDrained() });
  // The kernel's buffers of both ends are some megabytes.
  for (let turn = 0; turn < 2000 && output.isEmpty; turn += 1) {
    output.text('y'.repeat(10_000));
    if (output.isEmpty) await new Promise((done) => setImmediate(done));
  }
  ok(!output.isEmpty && output.bytes >= 10_000, 'it fills up at last');
  peer.resume();
  await drained;
  peer.destroy();
  edge.destroy();
});

test('a connection may be destroyed at any time', async () => {
  const { edge, peer } = await openPair();
  const writer = new DirectWriter(edge);
  writer.write(Buffer.from('a'), 0, 1);
  edge.write('b');
  edge.destroy();
  equal(writer.isReady, false);
  peer.resume();
  await once(peer, 'close');
  const other = await openPair();
  other.peer.destroy();
  const late = new DirectWriter(other.edge);
  other.edge.resume();
  while (!other.edge.destroyed) {
    if (late.isReady) late.write(Buffer.from('c'), 0, 1);
    if (late.isBroken) other.edge.destroy();
    await new Promise((done) => setImmediate(done));
  }
});

test('a TLS connection is read into one buffer, paused as any other, and its end is told', async () => {
  const { edge, peer } = await openPair();
  const buffer = Buffer.alloc(10);
  const read: string[] = [];
  const isRead = readIntoBuffer(
    edge,
    buffer,
    (length) => void read.push(buffer.latin1Slice(0, length)),
    (error) => read.push(String(error)),
  );
  ok(isRead);
  peer.write('0123456789abcdef');
  const reads = async (text: string) => {
    while (read.join('') !== text) await new Promise((done) => setImmediate(done));
  };
  await reads('0123456789abcdef');
  edge.pause();
  peer.write('more');
  for (let turn = 0; turn < 50; turn += 1) await new Promise((done) => setImmediate(done));
  deepEqual(read, ['0123456789', 'abcdef']);
  edge.resume();
  await reads('0123456789abcdefmore');
  const ended = once(edge, 'end');
  peer.end();
  await ended;
  edge.end();
});

test('an error of whoever reads is told, and reading goes on', async () => {
  const { edge, peer } = await openPair();
  const errors: unknown[] = [];
  const fail = (): undefined => {
    throw new Error('a bug');
  };
  ok(readIntoBuffer(edge, Buffer.alloc(10), fail, (error) => errors.push(error)));
  peer.write('a');
  while (errors.length < 1) await new Promise((done) => setImmediate(done));
  peer.write('b');
  while (errors.length < 2) await new Promise((done) => setImmediate(done));
  edge.destroy();
  peer.destroy();
});
