import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { constants, createDeflateRaw, deflateRawSync, inflateRawSync } from 'node:zlib';
import type { DeflateParameters } from '../../../protocol/websocket/deflate-offer.ts';
import type { Inflated } from './message-deflate.ts';
import { DEFLATE_LIMITS, MessageDeflate } from './message-deflate.ts';
import { ZlibContexts } from './zlib-contexts.ts';

const { Z_SYNC_FLUSH } = constants;
const MESSAGE_BYTES_MAX = 2_000_000;
const AGREED: DeflateParameters = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
};

/** Large messages may be inflated. */
function atOnce(goOn: () => void): void {
  goOn();
}

function open(agreed: Partial<DeflateParameters> = {}, contexts: ZlibContexts = new ZlibContexts()): MessageDeflate {
  return new MessageDeflate({ ...AGREED, ...agreed }, { contexts, messageBytesMax: MESSAGE_BYTES_MAX });
}

function inflate(deflate: MessageDeflate, bytes: Buffer | string): Promise<Inflated> {
  const input = typeof bytes === 'string' ? Buffer.from(bytes, 'hex') : bytes;
  return new Promise((resolve) => deflate.inflate(input, atOnce, resolve));
}

async function inflateText(deflate: MessageDeflate, hex: string): Promise<string> {
  return (await inflate(deflate, hex)).toString();
}

function compress(deflate: MessageDeflate, bytes: Buffer): Promise<Buffer | undefined> {
  return new Promise((resolve) => deflate.deflate(bytes, resolve));
}

function textOf(length: number, seed = 0): Buffer {
  let text = '';
  for (let index = seed; text.length < length; index += 1) {
    text += `{"id": ${(index * 7919) % 1009}, "name": "somebody"}\n`;
  }
  return Buffer.from(text.slice(0, length));
}

/** Bytes that nothing can make shorter. */
function noiseOf(length: number): Buffer {
  let state = 1;
  return Buffer.from(
    Array.from({ length }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return state >>> 24;
    }),
  );
}

/** A client's compressor, which keeps its window unless told otherwise. */
function clientPack(messages: readonly Buffer[], windowBits = 15): Promise<Buffer[]> {
  const stream = createDeflateRaw({ windowBits });
  const packed: Buffer[] = [];
  let chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const { promise, resolve } = Promise.withResolvers<Buffer[]>();
  const next = (): void => {
    const message = messages[packed.length];
    if (message === undefined) {
      resolve(packed);
      return;
    }
    stream.write(message);
    stream.flush(Z_SYNC_FLUSH, () => {
      packed.push(Buffer.concat(chunks).subarray(0, -4));
      chunks = [];
      next();
    });
  };
  next();
  return promise;
}

/** A client's decompressor of all messages so far. Only with small chunks does zlib notice what refers beyond the window. */
function clientUnpack(messages: readonly Buffer[], windowBits = 15): Buffer {
  const tail = Buffer.from('0000ffff', 'hex');
  return inflateRawSync(Buffer.concat(messages.flatMap((message) => [message, tail])), {
    windowBits,
    chunkSize: 64,
    finishFlush: Z_SYNC_FLUSH,
  });
}

for (const canRunSync of [true, false]) {
  const way = canRunSync ? 'with' : 'without';
  const contexts = (): ZlibContexts => new ZlibContexts({ canRunSync });

  test(`the messages of RFC 7692 7.2.3, ${way} SyncZlib`, async () => {
    const shared = open({}, contexts());
    equal(await inflateText(shared, 'f248cdc9c90700'), 'Hello', '7.2.3.1 one block');
    equal(await inflateText(shared, 'f200110000'), 'Hello', '7.2.3.2 the window of the message before');
    equal(await inflateText(shared, '000500faff48656c6c6f00'), 'Hello', '7.2.3.3 no compression');
    equal(await inflateText(shared, 'f348cdc9c9070000'), 'Hello', '7.2.3.4 a final block');
    equal(await inflateText(shared, 'f24805000000ffffcac9c90700'), 'Hello', '7.2.3.5 two blocks');
    equal(await inflateText(shared, '00'), '', '7.2.3.6 nothing');
    equal(await inflateText(shared, 'f248cdc9c90700'), 'Hello');
  });

  test(`messages of any size go both ways, ${way} SyncZlib`, async () => {
    const sizes = [64, 200, 0, 1, 1000, 16_384, 16_385, 70_000, 100, 1_000_000, 65_536, 300];
    const messages = sizes.map((length, index) => textOf(length, index * 100));
    const deflate = open({}, contexts());
    const sent: Buffer[] = [];
    const seen: Buffer[] = [];
    for (const [index, packed] of (await clientPack(messages)).entries()) {
      const plain = messages[index]!;
      ok(plain.equals((await inflate(deflate, packed)) as Buffer), `inflated ${plain.length}`);
      const compressed = await compress(deflate, plain);
      equal(compressed === undefined, plain.length < DEFLATE_LIMITS.plainBytesMin);
      if (compressed !== undefined) {
        sent.push(compressed);
        seen.push(plain);
      }
    }
    ok(Buffer.concat(seen).equals(clientUnpack(sent)));
  });

  test(`a message over the limit is refused, ${way} SyncZlib`, async () => {
    const pack = (length: number): Buffer =>
      deflateRawSync(Buffer.alloc(length), { finishFlush: Z_SYNC_FLUSH }).subarray(0, -4);
    equal(((await inflate(open({}, contexts()), pack(MESSAGE_BYTES_MAX))) as Buffer).length, MESSAGE_BYTES_MAX);
    equal(await inflate(open({}, contexts()), pack(MESSAGE_BYTES_MAX + 1)), 'too-big');
    equal(await inflate(open({}, contexts()), pack(MESSAGE_BYTES_MAX * 20)), 'too-big');
  });

  test(`what is not DEFLATE is refused, ${way} SyncZlib`, async () => {
    for (const bytes of [Buffer.alloc(40, 0xff), Buffer.alloc(50_000, 0xff), Buffer.from('07', 'hex')]) {
      equal(await inflate(open({}, contexts()), bytes), 'bad', `${bytes.length}`);
    }
    // What follows a final block must be the first byte of an empty one.
    for (const hex of ['f348cdc9c907000000', 'f348cdc9c90700f248cdc9c90700', 'f348cdc9c9070001', 'f348cdc9c90700']) {
      equal(await inflate(open({}, contexts()), hex), 'bad', hex);
    }
    // 7.2.3.2 without the message before.
    equal(await inflate(open({}, contexts()), 'f200110000'), 'bad');
  });

  test(`without context takeover of the server messages refer to nothing, and nothing is kept, ${way} SyncZlib`, async () => {
    const all = contexts();
    const deflate = open({ serverNoContextTakeover: true }, all);
    const text = textOf(500);
    const [first, second] = [await compress(deflate, text), await compress(deflate, text)];
    ok(first !== undefined && second?.equals(first));
    ok(clientUnpack([first]).equals(text));
    deepEqual([all.keptCount, all.spareCount], [0, 1]);
  });

  test(`without context takeover of the client messages may refer to nothing, and nothing is kept, ${way} SyncZlib`, async () => {
    const all = contexts();
    const deflate = open({ clientNoContextTakeover: true }, all);
    equal(await inflateText(deflate, 'f248cdc9c90700'), 'Hello');
    equal(all.spareCount, 1);
    equal(await inflateText(deflate, 'f248cdc9c90700'), 'Hello');
    equal(await inflate(deflate, 'f200110000'), 'bad');
  });

  test(`after close() nobody is called, ${way} SyncZlib`, async () => {
    const all = contexts();
    const deflate = open({}, all);
    const [packed] = await clientPack([textOf(1_000_000)]);
    let calls = 0;
    const count = (): void => {
      calls += 1;
    };
    deflate.inflate(packed!, atOnce, count);
    deflate.deflate(textOf(1_000_000), count);
    deflate.close();
    deflate.close();
    deflate.inflate(packed!, atOnce, count);
    deflate.deflate(textOf(100), count);
    // Another message goes the same way meanwhile.
    await inflate(open({}, all), packed!);
    await compress(open({}, all), textOf(1_000_000));
    equal(calls, 0);
  });
}

test('a message that ends in the middle of a block is refused', async () => {
  for (const hex of ['', 'f2', 'f248cd', 'f248cdc9c907', '000500faff48656c', 'f24805000000ff']) {
    equal(await inflate(open(), hex), 'bad', hex);
  }
});

test('small messages are dealt with before the call returns', () => {
  const deflate = open();
  const results: unknown[] = [];
  deflate.inflate(Buffer.from('f248cdc9c90700', 'hex'), atOnce, (result) => results.push(result.toString()));
  deflate.deflate(Buffer.alloc(16_384), (compressed) => results.push(compressed !== undefined));
  deepEqual(results, ['Hello', true]);
});

test('a callback may give the next message', () => {
  const deflate = open();
  const results: string[] = [];
  deflate.inflate(Buffer.from('f248cdc9c90700', 'hex'), atOnce, (first) => {
    deflate.inflate(Buffer.from('f200110000', 'hex'), atOnce, (second) =>
      results.push(first.toString() + second.toString()),
    );
  });
  deepEqual(results, ['HelloHello']);
});

test('windows are those that were agreed', async () => {
  const half = noiseOf(700);
  const twice = Buffer.concat([half, half]);
  for (const serverMaxWindowBits of [9, 10]) {
    const compressed = await compress(open({ serverMaxWindowBits }), twice);
    ok(twice.equals(clientUnpack([compressed!], serverMaxWindowBits)), `${serverMaxWindowBits}`);
  }
  throws(() => clientUnpack([deflateRawSync(twice)], 9), /invalid distance/);
  // A client that says 9 and uses 15.
  const packed = await clientPack([half, half]);
  for (const clientMaxWindowBits of [9, 15]) {
    const deflate = open({ clientMaxWindowBits });
    await inflate(deflate, packed[0]!);
    const second = await inflate(deflate, packed[1]!);
    equal(typeof second === 'string' ? second : half.equals(second), clientMaxWindowBits === 9 ? 'bad' : true);
  }
  const [small] = await clientPack([twice], 9);
  for (const clientMaxWindowBits of [8, 9]) {
    ok(twice.equals((await inflate(open({ clientMaxWindowBits }), small!)) as Buffer), `${clientMaxWindowBits}`);
  }
});

test('what gets longer is sent plain, unless later messages refer to it', async () => {
  const noise = noiseOf(1000);
  equal(await compress(open({ serverNoContextTakeover: true }), noise), undefined);
  const deflate = open();
  const first = await compress(deflate, noise);
  ok(first !== undefined && first.length > noise.length);
  const second = await compress(deflate, noise);
  ok(second !== undefined && second.length < 50);
  ok(Buffer.concat([noise, noise]).equals(clientUnpack([first, second])));
});

test('a compressor that was taken away is not missed by the client', async () => {
  const contexts = new ZlibContexts({ keptMax: 1 });
  const [one, other] = [open({}, contexts), open({}, contexts)];
  const text = textOf(500);
  const sent: Buffer[] = [];
  for (const deflate of [one, one, other, one]) {
    const compressed = await compress(deflate, text);
    if (deflate === one) {
      sent.push(compressed!);
    }
  }
  equal(contexts.keptCount, 1);
  const [first, second, third] = sent.map(({ length }) => length);
  ok(second! < first! / 2);
  equal(third, first);
  ok(Buffer.concat([text, text, text]).equals(clientUnpack(sent)));
});

test('a message that cannot be compressed is sent plain, and the next is compressed', async () => {
  const contexts = new ZlibContexts();
  const broken = contexts.take('deflate', DEFLATE_LIMITS.windowBitsMax);
  contexts.give(broken);
  broken.close();
  const deflate = open({}, contexts);
  equal(await compress(deflate, textOf(500)), undefined);
  const compressed = await compress(deflate, textOf(500));
  ok(clientUnpack([compressed!]).equals(textOf(500)));
});

test('contexts are given back when a connection closes', async () => {
  const contexts = new ZlibContexts();
  const deflate = open({}, contexts);
  await inflate(deflate, 'f248cdc9c90700');
  await compress(deflate, textOf(100));
  deepEqual([contexts.keptCount, contexts.spareCount], [1, 0]);
  deflate.close();
  deepEqual([contexts.keptCount, contexts.spareCount], [0, 2]);
  equal(await inflate(open({}, contexts), 'f200110000'), 'bad', 'nothing of the one is seen by the other');
});

test('nothing more than a piece is made of a large message before it is wanted', async () => {
  const packed = await compress(open(), Buffer.alloc(1_000_000));
  ok(packed !== undefined);
  const deflate = open();
  let goOn: (() => void) | undefined;
  const results: Inflated[] = [];
  const done = new Promise<void>((resolve) => {
    deflate.inflate(
      packed,
      (given) => {
        goOn = given;
      },
      (inflated) => {
        results.push(inflated);
        resolve();
      },
    );
  });
  await new Promise((resolve) => setImmediate(resolve));
  equal(results.length, 0);
  goOn?.();
  await done;
  equal(results[0]?.length, 1_000_000);
  const closed = open();
  closed.inflate(
    packed,
    (given) => {
      goOn = given;
    },
    () => ok(false, 'it was closed'),
  );
  closed.close();
  goOn?.();
  await new Promise((resolve) => setImmediate(resolve));
});
