import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { Compressions } from '../../../config/model/bodies.ts';
import { markLasting } from '../../../kernel/lasting-bytes.ts';
import type { ResponseHead } from '../../../protocol/http/exchange.ts';
import { fieldsOf } from '../../../protocol/http/response-fields.ts';
import { FakeClientExchange } from '../../plan/fake-client-exchange.ts';
import { AcceptedCodingsMemory } from './accept-encoding.ts';
import { CompressedCache } from './compressed-cache.ts';
import { ServeCompression } from './serve-compression.ts';
import { ZlibPool } from './zlib-pool.ts';

const CLIENTS = { versionMin: '1.1', proxied: [], disabledFor: [] } as const;
const SHARED = {
  types: ['text/html'],
  bytesMin: 1024,
  clients: CLIENTS,
  windowBits: undefined,
  memoryLevel: undefined,
};
const COMPRESSIONS: Compressions = {
  codings: [
    { coding: 'zstd', level: 3, ...SHARED },
    { coding: 'gzip', level: 4, ...SHARED },
  ],
  varies: true,
  gzipClients: CLIENTS,
  decompresses: false,
  precompressed: { gzip: 'on', brotli: 'on', zstd: 'on' },
};
const HEAD: ResponseHead = {
  status: 200,
  reason: undefined,
  fields: fieldsOf('Content-Type: text/html\r\nETag: "x"\r\n'),
};
const onBug = (error: unknown): void => {
  throw error;
};

function newCompression(bytesMax?: number): ServeCompression {
  const pool = new ZlibPool({ jobsMax: 1, onBug, ...(bytesMax !== undefined && { bytesMax }) });
  return new ServeCompression(
    COMPRESSIONS,
    { pool, cache: new CompressedCache(), accepted: new AcceptedCodingsMemory() },
    onBug,
  );
}

function ask(field: string, more: readonly (readonly [string, string])[] = [], method = 'GET'): FakeClientExchange {
  const fields = field === '' ? more : ([['Accept-Encoding', field], ...more] as const);
  return new FakeClientExchange(
    { method, path: '/', fields },
    { handle: () => undefined, refuse: () => undefined, onFinished: undefined },
  );
}

const HTML = Buffer.from('<p>some text that comes again</p>\n'.repeat(700));

async function answered(
  exchange: FakeClientExchange,
  compression: ServeCompression,
  body: Buffer | string,
  head = HEAD,
): Promise<FakeClientExchange> {
  exchange.responseFilter = compression;
  exchange.responder.respond(head, body);
  return exchange.over;
}

test('nothing stands in front of the responder of a request that accepts no coding, or comes through a proxy', async () => {
  const compression = newCompression();
  for (const exchange of [ask(''), ask('br'), ask('gzip', [['Via', '1.1 x']]), ask('*')]) {
    await answered(exchange, compression, HTML);
    equal(exchange.responder, exchange);
    equal(exchange.head, HEAD);
  }
});

test('nothing stands in front of the responder of what is short, or no text, however much its client accepts', async () => {
  const compression = newCompression();
  const image = { ...HEAD, fields: fieldsOf('Content-Type: image/png\r\n') };
  for (const [body, head] of [
    ['hello', HEAD],
    [HTML, image],
  ] as const) {
    const exchange = await answered(ask('gzip, zstd'), compression, body, head);
    equal(exchange.responder, exchange);
  }
});

test('who watches a response that is compressed hears that its client has gone', () => {
  const compression = newCompression();
  const exchange = ask('gzip');
  exchange.responseFilter = compression;
  let isGone = false;
  exchange.responder.watch({
    times: undefined,
    onDrain: () => undefined,
    onClientEnd: () => false,
    onGone: () => {
      isGone = true;
    },
  });
  exchange.responder.begin(HEAD, undefined);
  equal(exchange.responder === exchange, false);
  exchange.leave();
  equal(isGone, true);
});

test('a body is compressed whole before its head leaves, short ones with gzip at once', async () => {
  const compression = newCompression();
  const long = await answered(ask('gzip, deflate, br, zstd'), compression, HTML);
  equal(long.field('content-encoding'), 'zstd');
  deepEqual(zstdDecompressSync(Buffer.concat(long.bytes)), HTML);
  equal(long.length, Buffer.concat(long.bytes).length);
  equal(long.field('etag'), 'W/"x"');
  equal(long.field('vary'), 'Accept-Encoding');

  const short = ask('gzip, deflate, br, zstd');
  short.responseFilter = compression;
  short.responder.respond(HEAD, HTML.subarray(0, 2000));
  equal(short.isOver, true);
  equal(short.field('content-encoding'), 'gzip');
  equal(gunzipSync(Buffer.concat(short.bytes)).length, 2000);

  const old = await answered(ask('gzip'), compression, HTML.toString());
  deepEqual(gunzipSync(Buffer.concat(old.bytes)), HTML);
});

test('what is short, no text, encoded, partial, or not to be transformed is sent as it is, and the head is the same object', async () => {
  const compression = newCompression();
  const heads: ResponseHead[] = [
    { ...HEAD, fields: fieldsOf('Content-Type: image/png\r\n') },
    { ...HEAD, fields: fieldsOf('Content-Type: text/html\r\nContent-Encoding: br\r\n') },
    { ...HEAD, fields: fieldsOf('Content-Type: text/html\r\nCache-Control: no-transform\r\n') },
    { ...HEAD, fields: fieldsOf('Content-Type: text/html\r\nContent-Digest: sha-256=:x:\r\n') },
    { ...HEAD, status: 206 },
  ];
  for (const head of heads) {
    const exchange = await answered(ask('gzip'), compression, HTML, head);
    equal(exchange.head, head);
    deepEqual(Buffer.concat(exchange.bytes), HTML);
  }
  equal((await answered(ask('gzip'), compression, 'hello', HEAD)).head, HEAD);
  let state = 1;
  const noise = Buffer.alloc(3000).map(() => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 24;
  });
  equal(
    (await answered(ask('gzip'), compression, Buffer.from(noise), HEAD)).head,
    HEAD,
    'what does not become shorter',
  );
});

test('HEAD has the head of GET, without a length that is not known', async () => {
  const exchange = await answered(ask('gzip', [], 'HEAD'), newCompression(), HTML);
  equal(exchange.field('content-encoding'), 'gzip');
  equal(exchange.bytes.length === 0 || Buffer.concat(exchange.bytes).length === 0, true);
});

test('a body that comes bit by bit is compressed on its way, and leaves when nothing follows for now', async () => {
  const exchange = ask('gzip');
  exchange.responseFilter = newCompression();
  exchange.responder.begin(HEAD, undefined);
  exchange.responder.write(Buffer.from('first'));
  await new Promise(setImmediate);
  ok(Buffer.concat(exchange.bytes).length > 0);
  exchange.responder.write(HTML);
  exchange.responder.end();
  await exchange.over;
  equal(gunzipSync(Buffer.concat(exchange.bytes)).toString(), `first${HTML.toString()}`);
});

test('a file that lies in memory is compressed once', async () => {
  const file = Buffer.from(HTML);
  markLasting(file);
  const compression = newCompression();
  const first = await answered(ask('gzip'), compression, file);
  const second = ask('gzip');
  second.responseFilter = compression;
  second.responder.respond(HEAD, file);
  equal(second.isOver, true, 'at once');
  deepEqual(Buffer.concat(second.bytes), Buffer.concat(first.bytes));
});

test('where no memory is left bodies are sent as they are', async () => {
  const compression = newCompression(1000);
  equal((await answered(ask('gzip'), compression, HTML)).head, HEAD);
  const streamed = ask('gzip');
  streamed.responseFilter = compression;
  streamed.responder.begin(HEAD, undefined);
  equal(streamed.head, HEAD);
});
