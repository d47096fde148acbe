import { deepEqual, equal, match } from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { test } from 'node:test';
import { TLSSocket } from 'node:tls';
import type { DeflateRaw, InflateRaw } from 'node:zlib';
import {
  brotliDecompressSync,
  constants,
  createBrotliCompress,
  createDeflateRaw,
  createGunzip,
  createGzip,
  createInflateRaw,
  createZstdCompress,
  gunzipSync,
  inflateRawSync,
  zstdDecompressSync,
} from 'node:zlib';
import { openPair } from './fake-connection.ts';
import { descriptorOf, isPeerGone, resetConnection, SyncZlib, ZlibJobContext } from './node-internals.ts';

const { Z_BLOCK, Z_NO_FLUSH, Z_SYNC_FLUSH } = constants;
/** RFC 7692 7.2.3.1, with its tail. */
const HELLO = Buffer.from('f248cdc9c907000000ffff', 'hex');

function syncOf(stream: InflateRaw | DeflateRaw): SyncZlib {
  const sync = SyncZlib.of(stream);
  if (sync === undefined) {
    throw new Error('this Node does not show what SyncZlib needs');
  }
  return sync;
}

test('SyncZlib inflates in the calling thread and says what is left', () => {
  const sync = syncOf(createInflateRaw());
  const output = Buffer.alloc(20);
  equal(sync.run(Z_NO_FLUSH, Buffer.concat([Buffer.from('xx'), HELLO]), 2, output), true);
  deepEqual([sync.inputLeft, sync.outputLeft], [0, 15]);
  equal(output.subarray(0, 5).toString(), 'Hello');
});

test('SyncZlib goes on where the output was full', () => {
  const sync = syncOf(createInflateRaw());
  const output = Buffer.alloc(3);
  equal(sync.run(Z_NO_FLUSH, HELLO, 0, output), true);
  equal(sync.outputLeft, 0);
  equal(output.toString(), 'Hel');
  equal(sync.run(Z_NO_FLUSH, HELLO, HELLO.length - sync.inputLeft, output), true);
  equal(sync.outputLeft, 1);
  equal(output.subarray(0, 2).toString(), 'lo');
});

test('SyncZlib leaves the context open: later output refers to earlier', () => {
  const sync = syncOf(createDeflateRaw());
  const text = Buffer.from('a text that comes again, a text that comes again');
  const lengths: number[] = [];
  const packed: Buffer[] = [];
  for (let count = 0; count < 2; count += 1) {
    const output = Buffer.alloc(200);
    equal(sync.run(Z_SYNC_FLUSH, text, 0, output), true);
    lengths.push(output.length - sync.outputLeft);
    packed.push(output.subarray(0, output.length - sync.outputLeft));
  }
  equal(lengths[1]! < lengths[0]! / 2, true, lengths.join());
  equal(inflateRawSync(Buffer.concat(packed), { finishFlush: Z_SYNC_FLUSH }).toString(), text.toString().repeat(2));
});

test('SyncZlib stops at the end of a block where it is told to', () => {
  const sync = syncOf(createInflateRaw());
  const output = Buffer.alloc(20);
  sync.run(Z_NO_FLUSH, HELLO.subarray(0, -4), 0, output);
  equal(sync.run(Z_BLOCK, Buffer.from('0000ffff00', 'hex'), 0, output), true);
  deepEqual([sync.inputLeft, sync.outputLeft], [1, 20]);
});

test('SyncZlib says that data is bad, and the stream ends with an error', async () => {
  const stream = createInflateRaw();
  const sync = syncOf(stream);
  const told = once(stream, 'error');
  equal(sync.run(Z_NO_FLUSH, Buffer.alloc(10, 0xff), 0, Buffer.alloc(20)), false);
  match(String(await told), /invalid/);
  equal(stream.destroyed, true);
  equal(sync.run(Z_NO_FLUSH, HELLO, 0, Buffer.alloc(20)), false);
});

test('a stream that SyncZlib has used goes on in the thread pool, and back', async () => {
  const stream = createInflateRaw({ chunkSize: 64 });
  const sync = syncOf(stream);
  const output = Buffer.alloc(20);
  sync.run(Z_NO_FLUSH, HELLO, 0, output);
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  // The second message of RFC 7692 7.2.3.2 refers to the first.
  await new Promise((resolve) => stream.write(Buffer.from('f2001100000000ffff', 'hex'), resolve));
  equal(Buffer.concat(chunks).toString(), 'Hello');
  equal(sync.run(Z_NO_FLUSH, Buffer.from('f2001100000000ffff', 'hex'), 0, output), true);
  equal(output.subarray(0, 20 - sync.outputLeft).toString(), 'Hello');
});

test('resizeChunks() decides how much the thread pool makes at a time', async () => {
  const stream = createInflateRaw({ chunkSize: 64 });
  const sync = syncOf(stream);
  const lengths: number[] = [];
  stream.on('data', (chunk: Buffer) => lengths.push(chunk.length));
  const deflater = syncOf(createDeflateRaw());
  const packed = Buffer.alloc(100);
  deflater.run(Z_SYNC_FLUSH, Buffer.alloc(1000), 0, packed);
  const input = packed.subarray(0, packed.length - deflater.outputLeft);
  sync.resizeChunks(600);
  await new Promise((resolve) => stream.write(input, resolve));
  deepEqual(lengths, [600, 400]);
});

test('SyncZlib.of() is undefined for a stream that has none of it', () => {
  const stream = createInflateRaw();
  stream.close();
  equal(SyncZlib.of(stream), undefined);
  equal(SyncZlib.of({} as InflateRaw), undefined);
});

test('isPeerGone() tells of a Unix socket that its peer has closed, and of no other, without reading', async () => {
  await using pair = await openPair();
  equal(isPeerGone(pair.edge), false);
  pair.peer.write('unread');
  pair.peer.end();
  await once(pair.peer, 'finish');
  equal(isPeerGone(pair.edge), false, 'it may still read');
  pair.peer.destroy();
  await once(pair.peer, 'close');
  equal(isPeerGone(pair.edge), true);
  equal(isPeerGone(pair.edge), true);
  equal(pair.edge.read(), null);
  pair.edge.destroy();
  equal(isPeerGone(pair.edge), false, 'its descriptor may be that of another by now');
});

test('isPeerGone() tells of a TCP connection that its peer has reset, also under TLS', async () => {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const peer = connect(port, '127.0.0.1').on('error', () => undefined);
  const [edge] = (await once(server, 'connection')) as [Socket];
  const secured = new TLSSocket(edge, { isServer: true }).on('error', () => undefined);
  equal(isPeerGone(edge), false);
  equal(isPeerGone(secured), false);
  peer.resetAndDestroy();
  await once(peer, 'close');
  equal(isPeerGone(secured) || isPeerGone(edge), true);
  secured.destroy();
  edge.destroy();
  server.close();
});

for (const state of ['open', 'being closed', 'closed on our side'] as const) {
  test(`resetConnection() leaves no descriptor of a connection that is ${state}`, async () => {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const peer = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).on('error', () => undefined);
    const [edge] = (await once(server, 'connection')) as [Socket];
    edge.on('error', () => undefined);
    const fd = descriptorOf(edge);
    if (state !== 'open') edge.end();
    if (state === 'closed on our side') await once(edge, 'finish');
    resetConnection(edge);
    // Handles are closed when the event loop has turned.
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    peer.destroy();
    server.close();
    equal(existsSync(`/proc/self/fd/${fd}`), false);
    equal(edge.destroyed, true);
  });
}

function jobContextOf(stream: Parameters<typeof ZlibJobContext.of>[0]): ZlibJobContext {
  const context = ZlibJobContext.of(stream);
  if (context === undefined) {
    throw new Error('this Node does not show what ZlibJobContext needs');
  }
  return context;
}

test('ZlibJobContext compresses in the thread pool and in the calling thread, in every coding', async () => {
  const codings = [
    [createGzip(), constants.Z_FINISH, gunzipSync],
    [createBrotliCompress(), constants.BROTLI_OPERATION_FINISH, brotliDecompressSync],
    [createZstdCompress(), constants.ZSTD_e_end, zstdDecompressSync],
  ] as const;
  for (const [stream, finish, decompress] of codings) {
    const context = jobContextOf(stream);
    const output = Buffer.alloc(1000);
    const isGood = await new Promise((resolve) => context.run(finish, Buffer.from('xxHello'), 2, output, resolve));
    deepEqual([isGood, context.inputLeft], [true, 0]);
    equal(decompress(output.subarray(0, output.length - context.outputLeft)).toString(), 'Hello');
  }
  const gzip = jobContextOf(createGzip());
  const output = Buffer.alloc(1000);
  for (const text of ['once', 'again']) {
    equal(gzip.runHere(constants.Z_FINISH, Buffer.from(text), 0, output), true);
    equal(gunzipSync(output.subarray(0, output.length - gzip.outputLeft)).toString(), text);
    gzip.reset();
  }
});

test('ZlibJobContext tells of bad data once, and may be closed while it works', async () => {
  const bad = jobContextOf(createGunzip());
  const results: boolean[] = [];
  await new Promise<void>((resolve) => {
    bad.run(constants.Z_NO_FLUSH, Buffer.from('no gzip at all'), 0, Buffer.alloc(100), (isGood) => {
      results.push(isGood);
      setImmediate(resolve);
    });
  });
  deepEqual(results, [false]);
  equal(
    jobContextOf(createGunzip()).runHere(constants.Z_NO_FLUSH, Buffer.from('no gzip'), 0, Buffer.alloc(100)),
    false,
  );
  const closed = jobContextOf(createGzip());
  await new Promise((resolve) => {
    closed.run(constants.Z_FINISH, Buffer.alloc(100_000), 0, Buffer.alloc(1000), resolve);
    closed.close();
  });
});
