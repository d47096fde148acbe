import { deepEqual, equal, ok } from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { brotliDecompressSync, constants, gunzipSync, gzipSync, zstdDecompressSync } from 'node:zlib';
import { FakeTransport, NOBODY, passThrough, slices } from '../fake-writers.ts';
import { FILTER_LIMITS } from '../limits.ts';
import type { ZlibRecipe } from './coding.ts';
import { ZlibPool } from './zlib-pool.ts';
import { ZlibWriter } from './zlib-writer.ts';

const GZIP: ZlibRecipe = { kind: 'gzip', level: 1, windowBits: 15, memoryLevel: 8 };
const GUNZIP: ZlibRecipe = { kind: 'gunzip' };
const RECIPES: readonly (readonly [ZlibRecipe, (bytes: Buffer) => Buffer])[] = [
  [GZIP, (bytes) => gunzipSync(bytes)],
  [{ ...GZIP, level: 9, windowBits: 9, memoryLevel: 1 }, (bytes) => gunzipSync(bytes)],
  [{ kind: 'br', level: 5, windowBits: 18 }, (bytes) => brotliDecompressSync(bytes)],
  [{ kind: 'zstd', level: 3, windowBits: undefined }, (bytes) => zstdDecompressSync(bytes)],
];

const throwBug = (error: unknown): void => {
  throw error;
};
const newPool = (jobsMax = 2, bytesMax?: number): ZlibPool =>
  new ZlibPool({ jobsMax, onBug: throwBug, ...(bytesMax !== undefined && { bytesMax }) });

/** Text that compresses, and bytes that do not. */
function makeBody(bytes: number): Buffer {
  const body = Buffer.alloc(bytes);
  let state = 1;
  for (let at = 0; at < bytes; at += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    body[at] = at % 3000 < 1500 ? 32 + (at % 64) : state >>> 24;
  }
  return body;
}

function pass(pool: ZlibPool, recipe: ZlibRecipe, pieces: readonly Buffer[]): Promise<Buffer> {
  equal(pool.admit(recipe), true);
  return passThrough((next, before) => new ZlibWriter(pool, recipe, next, before, { bytes: undefined }), pieces);
}

/** Resolves when the transport was written to. */
function nextWrite(transport: FakeTransport): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  transport.onWrite = resolve;
  return promise;
}

test('every coding gives the body back, however it is cut and however long it is', async () => {
  for (const [recipe, decompress] of RECIPES) {
    const pool = newPool();
    for (const [bytes, size] of [
      [0, 1],
      [1, 1],
      [100, 7],
      [4096, 4096],
      [5000, 999],
      [200_000, 200_000],
      [200_000, 3001],
    ] as const) {
      const body = makeBody(bytes);
      deepEqual(decompress(await pass(pool, recipe, slices(body, size))), body, `${recipe.kind} ${bytes} by ${size}`);
    }
    equal(pool.usedBytes, 0);
  }
});

test('gunzip undoes gzip of one member or several, however it is cut', async () => {
  const pool = newPool();
  const body = makeBody(100_000);
  const packed = Buffer.concat([gzipSync(body), gzipSync('more')]);
  for (const size of [packed.length, 65_536, 1000, 7]) {
    deepEqual(await pass(pool, GUNZIP, slices(packed, size)), Buffer.concat([body, Buffer.from('more')]));
  }
  deepEqual(await pass(pool, GUNZIP, [gzipSync('')]), Buffer.alloc(0));
  deepEqual(await pass(pool, GUNZIP, []), Buffer.alloc(0));
  equal(pool.usedBytes, 0);
});

test('gunzip of what is not gzip, or ends too early, cuts the response', async () => {
  const packed = gzipSync(makeBody(1000));
  for (const body of [
    Buffer.from('<html>'),
    packed.subarray(0, -5),
    Buffer.concat([packed.subarray(0, 200), Buffer.alloc(800, 1)]),
  ]) {
    const pool = newPool();
    pool.admit(GUNZIP);
    const transport = new FakeTransport();
    const { promise, resolve } = Promise.withResolvers<void>();
    transport.onEnd = resolve;
    const writer = new ZlibWriter(pool, GUNZIP, transport, NOBODY, { bytes: undefined });
    writer.write(body);
    writer.end();
    await promise;
    equal(transport.ended, 'cut');
    equal(pool.usedBytes, 0);
  }
});

test('a body of a megabyte that stands for a gigabyte has no more in memory than the client has not taken', async () => {
  const pool = newPool();
  pool.admit(GUNZIP);
  const transport = new FakeTransport();
  transport.takes = false;
  const writer = new ZlibWriter(pool, GUNZIP, transport, NOBODY, { bytes: undefined });
  writer.write(gzipSync(Buffer.alloc(20_000_000)));
  writer.end();
  for (let count = 1; count <= 5; count += 1) {
    await nextWrite(transport);
    await new Promise(setImmediate);
    ok(transport.body.length <= count * FILTER_LIMITS.compressionOutputBytes, `${transport.body.length}`);
    writer.drained();
  }
  writer.drop();
  equal(pool.usedBytes, 0);
});

test('what is held back leaves when it is flushed, and can be read by then', async () => {
  for (const [recipe] of RECIPES) {
    const pool = newPool();
    pool.admit(recipe);
    const transport = new FakeTransport();
    const writer = new ZlibWriter(pool, recipe, transport, NOBODY, { bytes: undefined });
    writer.write(Buffer.from('data: 1\n\n'));
    equal(transport.parts.length, 0);
    const written = nextWrite(transport);
    writer.flush();
    writer.flush();
    await written;
    const text =
      recipe.kind === 'gzip'
        ? gunzipSync(transport.body, { finishFlush: constants.Z_SYNC_FLUSH })
        : recipe.kind === 'br'
          ? brotliDecompressSync(transport.body, { finishFlush: constants.BROTLI_OPERATION_FLUSH })
          : zstdDecompressSync(transport.body, { finishFlush: constants.ZSTD_e_flush });
    equal(text.toString(), 'data: 1\n\n', recipe.kind);
    equal(transport.flushes >= 1, true);
    writer.drop();
  }
});

test('who answers is stopped when much waits, and told when it is compressed', async () => {
  const pool = newPool();
  pool.admit(GZIP);
  const transport = new FakeTransport();
  transport.takes = false;
  const { promise, resolve } = Promise.withResolvers<void>();
  const writer = new ZlibWriter(pool, GZIP, transport, { drained: resolve }, { bytes: undefined });
  let count = 0;
  while (writer.write(makeBody(20_000))) {
    count += 1;
  }
  ok(count * 20_000 < FILTER_LIMITS.compressionHeldBytesMax + FILTER_LIMITS.compressionJobBytes);
  transport.takes = true;
  await promise;
  writer.cut();
  equal(transport.ended, 'cut');
  equal(pool.usedBytes, 0);
});

test('a client that goes in the middle of a job leaves nothing behind, and the pool goes on', async () => {
  const pool = newPool(1);
  const transport = new FakeTransport();
  for (let count = 0; count < 20; count += 1) {
    pool.admit(GZIP);
    const writer = new ZlibWriter(pool, GZIP, new FakeTransport(), NOBODY, { bytes: undefined });
    writer.write(makeBody(60_000));
    writer.end();
    writer.drop();
  }
  equal(pool.usedBytes, 0);
  equal(transport.parts.length, 0);
  deepEqual(gunzipSync(await pass(pool, GZIP, [makeBody(50_000)])), makeBody(50_000));
});

test('contexts of gzip are used again, and each body is its own', async () => {
  const pool = newPool();
  const first = await pass(pool, GZIP, [makeBody(10_000)]);
  equal(pool.spareCount, 1);
  deepEqual(await pass(pool, GZIP, [makeBody(10_000)]), first);
  equal(pool.spareCount, 1);
});

/** A body of one job by a pool whose clock says that each step took so long. */
function compressedAtOnce(
  stepMs: number,
  body: Buffer,
  recipe = GZIP,
): FakeTransport & { readonly whole: Promise<Buffer> } {
  let nowMs = 0;
  const pool = new ZlibPool({ jobsMax: 1, onBug: throwBug, monotonicMs: () => (nowMs += stepMs) });
  pool.admit(recipe);
  const { promise, resolve } = Promise.withResolvers<Buffer>();
  const transport = Object.assign(new FakeTransport(), { whole: promise });
  transport.onEnd = () => resolve(transport.body);
  const writer = new ZlibWriter(pool, recipe, transport, NOBODY, { bytes: undefined });
  writer.write(body);
  writer.end();
  return transport;
}

test('a page that is compressed quickly never leaves the thread, and the rest of one that is not goes to the pool', async () => {
  const body = makeBody(20_480);
  const quick = compressedAtOnce(FILTER_LIMITS.compressionHereMsMax / 6, body);
  equal(quick.ended, 'end');
  deepEqual(gunzipSync(quick.body), body);

  const slow = compressedAtOnce(FILTER_LIMITS.compressionHereMsMax, body);
  equal(slow.ended, undefined);
  equal(slow.parts.length, 0, 'the head of gzip does not leave alone');
  deepEqual(gunzipSync(await slow.whole), body);

  const random = randomBytes(FILTER_LIMITS.compressionJobBytes);
  deepEqual(gunzipSync(await compressedAtOnce(0, random).whole), random);
});

test('a high level, and the first piece of a long body, are not begun in the thread', async () => {
  const page = makeBody(20_480);
  const high = compressedAtOnce(0, page, { ...GZIP, level: 6 });
  equal(high.ended, undefined);
  deepEqual(gunzipSync(await high.whole), page);
  const body = makeBody(FILTER_LIMITS.compressionJobBytes + 20_480);
  const long = compressedAtOnce(0, body);
  equal(long.ended, undefined);
  deepEqual(gunzipSync(await long.whole), body);
});

test('no more bodies are compressed than there is memory for', () => {
  const pool = newPool(1, 600_000);
  equal(pool.admit(GZIP), true);
  equal(pool.admit(GZIP), true);
  equal(pool.admit(GZIP), false);
  equal(pool.refusedCount, 1);
  pool.leave(GZIP);
  equal(pool.admit(GZIP), true);
});
