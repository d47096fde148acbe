import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import type { ZlibKind, ZlibOutput } from './zlib-context.ts';
import { ZLIB_LIMITS, ZlibContext } from './zlib-context.ts';

const { Z_NO_FLUSH, Z_SYNC_FLUSH } = constants;
const NO_LIMIT = Number.POSITIVE_INFINITY;

/** Compresses to about a tenth. */
function textOf(length: number): Buffer {
  let text = '';
  for (let index = 0; text.length < length; index += 1) {
    text += `{"id": ${(index * 7919) % 1009}, "name": "somebody"}\n`;
  }
  return Buffer.from(text.slice(0, length));
}

function pack(bytes: Buffer): Buffer {
  return deflateRawSync(bytes, { finishFlush: Z_SYNC_FLUSH });
}

function bytesOf(output: ZlibOutput): Buffer {
  if (typeof output === 'string') {
    throw new Error(output);
  }
  return output;
}

function run(
  context: ZlibContext,
  input: Buffer,
  outputBytesMax = NO_LIMIT,
): Promise<{ output: ZlibOutput; inputLeft: number; wasSync: boolean }> {
  const flush = context.kind === 'inflate' ? Z_NO_FLUSH : Z_SYNC_FLUSH;
  const { promise, resolve } = Promise.withResolvers<{ output: ZlibOutput; inputLeft: number; wasSync: boolean }>();
  let wasSync = true;
  context.run({ input, flush, outputBytesMax }, (output, inputLeft) => resolve({ output, inputLeft, wasSync }));
  wasSync = false;
  return promise;
}

for (const canRunSync of [true, false]) {
  const way = canRunSync ? 'with' : 'without';
  const open = (kind: ZlibKind): ZlibContext => new ZlibContext(kind, 15, canRunSync);

  test(`a context inflates and deflates any size, one after the other, ${way} SyncZlib`, async () => {
    const inflater = open('inflate');
    const deflater = open('deflate');
    const reader = open('inflate');
    for (const length of [0, 1, 200, 65_536, 65_537, 1_000_000, 5, 300_000, 20_000, 30]) {
      const plain = textOf(length);
      const { output, inputLeft } = await run(inflater, pack(plain));
      ok(plain.equals(bytesOf(output)), `inflated ${length}`);
      equal(inputLeft, 0);
      const packed = bytesOf((await run(deflater, plain)).output);
      ok(plain.equals(bytesOf((await run(reader, packed)).output)), `deflated ${length}`);
    }
  });

  test(`a context gives no more than the limit, ${way} SyncZlib`, async () => {
    for (const length of [1000, 100_000, 3_000_000]) {
      const packed = pack(Buffer.alloc(length, 'x'));
      equal(bytesOf((await run(open('inflate'), packed, length)).output).length, length);
      const context = open('inflate');
      equal((await run(context, packed, length - 1)).output, 'too-big', `${length}`);
      equal(context.reset(), false);
    }
  });

  test(`a context that was given bad data is closed, ${way} SyncZlib`, async () => {
    for (const length of [40, 50_000]) {
      const context = open('inflate');
      equal((await run(context, Buffer.alloc(length, 0xff))).output, 'bad');
      equal(context.reset(), false);
    }
  });

  test(`a context says how much is left after the end of a stream, ${way} SyncZlib`, async () => {
    const context = open('inflate');
    const { output, inputLeft } = await run(context, Buffer.concat([deflateRawSync('Hello'), Buffer.alloc(3)]));
    deepEqual([output, inputLeft], [Buffer.from('Hello'), 3]);
    const large = textOf(200_000);
    const rest = await run(open('inflate'), Buffer.concat([deflateRawSync(large), Buffer.alloc(3)]));
    ok(large.equals(bytesOf(rest.output)));
    equal(rest.inputLeft, 3);
  });

  test(`a context that was reset refers to nothing, ${way} SyncZlib`, async () => {
    const text = textOf(1000);
    const deflater = open('deflate');
    const first = bytesOf((await run(deflater, text)).output);
    const second = bytesOf((await run(deflater, text)).output);
    ok(second.length < first.length / 2);
    equal(deflater.reset(), true);
    deepEqual((await run(deflater, text)).output, first);
    const inflater = open('inflate');
    await run(inflater, first);
    equal(inflater.reset(), true);
    equal((await run(inflater, second)).output, 'bad');
  });

  test(`a context that was closed calls nobody, ${way} SyncZlib`, async () => {
    const context = open('inflate');
    let calls = 0;
    context.run({ input: pack(textOf(5_000_000)), flush: Z_NO_FLUSH, outputBytesMax: NO_LIMIT }, () => {
      calls += 1;
    });
    equal(context.isBusy, true);
    context.close();
    equal(context.isBusy, false);
    // Another goes all the way through the thread pool meanwhile.
    await run(open('inflate'), pack(textOf(5_000_000)));
    equal(calls, 0);
  });

  test(`a context does one job at a time, ${way} SyncZlib`, async () => {
    const context = open('deflate');
    const first = run(context, textOf(100_000));
    throws(() => context.run({ input: textOf(10), flush: Z_SYNC_FLUSH, outputBytesMax: NO_LIMIT }, () => undefined));
    equal(context.reset(), false);
    equal(await Promise.race([first, Promise.resolve('closed')]), 'closed');
  });
}

test('short input is dealt with at once, long input and long output in the thread pool', async () => {
  const inflater = new ZlibContext('inflate', 15);
  equal((await run(inflater, pack(textOf(ZLIB_LIMITS.syncOutputBytesMax - 1)))).wasSync, true);
  equal((await run(inflater, pack(textOf(ZLIB_LIMITS.syncOutputBytesMax + 1)))).wasSync, false);
  const deflater = new ZlibContext('deflate', 15);
  equal((await run(deflater, textOf(ZLIB_LIMITS.syncInputBytesMax))).wasSync, true);
  equal((await run(deflater, textOf(ZLIB_LIMITS.syncInputBytesMax + 1))).wasSync, false);
  equal((await run(new ZlibContext('deflate', 15, false), textOf(10))).wasSync, false);
});

test('a context keeps to its window', async () => {
  const half = Buffer.from(Array.from({ length: 3000 }, (_, index) => Math.imul(index, index * 2_654_435_761) >>> 24));
  const twice = Buffer.concat([half, half]);
  throws(() => inflateRawSync(deflateRawSync(twice), { windowBits: 9, chunkSize: 64 }), /invalid distance/);
  for (const windowBits of [9, 10, 13]) {
    const output = bytesOf((await run(new ZlibContext('deflate', windowBits), twice)).output);
    // Only with small chunks does zlib notice what refers beyond the window.
    ok(twice.equals(inflateRawSync(output, { windowBits, chunkSize: 64, finishFlush: Z_SYNC_FLUSH })), `${windowBits}`);
  }
});

test('what inflates to very much costs little memory', async () => {
  const part = pack(Buffer.alloc(4_000_000));
  const bomb = Buffer.concat(Array.from({ length: 50 }, () => part));
  const before = process.memoryUsage();
  equal((await run(new ZlibContext('inflate', 15), bomb, 1_000_000)).output, 'too-big');
  const after = process.memoryUsage();
  ok(after.arrayBuffers - before.arrayBuffers < 3_000_000, `${after.arrayBuffers - before.arrayBuffers}`);
  ok(after.rss - before.rss < 30_000_000, `${after.rss - before.rss}`);
});
