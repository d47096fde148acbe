import { deepEqual, equal, match } from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Compression } from '../../config/model/bodies.ts';
import type { Scope } from '../../config/model/scope.ts';
import { fieldsOf } from '../../protocol/http/response-fields.ts';
import type { Produce } from '../pipeline/route.ts';
import type { FakeClientExchange } from './fake-client-exchange.ts';
import { FakeSite, location } from './fake-site.ts';

const CLIENTS = { versionMin: '1.1', proxied: [], disabledFor: [] } as const;
const GZIP: Compression = {
  coding: 'gzip',
  level: 1,
  types: ['text/html'],
  bytesMin: 10,
  clients: CLIENTS,
  windowBits: undefined,
  memoryLevel: undefined,
};
const COMPRESSIONS = {
  codings: [GZIP],
  varies: true,
  gzipClients: CLIENTS,
  decompresses: true,
  precompressed: { gzip: 'off', brotli: 'off', zstd: 'off' },
} as const;
const HTML = fieldsOf('Content-Type: text/html\r\n');
const SUBSTITUTIONS = {
  pairs: [{ from: 'foo', to: ['<', { variable: 'uri' }, '>'] }],
  isOnce: false,
  keepsLastModified: false,
  types: ['text/html'],
} as const;

/** Answers with the path, in two pieces, as an application does that streams. */
const streams: Produce = ({ path, responder }) => {
  responder.begin({ status: 200, reason: undefined, fields: HTML }, undefined);
  responder.write(Buffer.from(`a f`));
  responder.write(Buffer.from(`oo at ${path}`));
  responder.end();
};

function ask(
  scope: Partial<Scope>,
  acceptEncoding = '',
  produce = streams,
  method = 'GET',
  path = '/page',
): Promise<FakeClientExchange> {
  const site = new FakeSite({ scopes: [scope], locations: [location('/')] }, { produceOf: () => produce });
  const fields = acceptEncoding === '' ? [] : ([['Accept-Encoding', acceptEncoding]] as const);
  return site.ask({ method, path, fields }).over;
}

test('a body is changed, and compressed behind that', async () => {
  const exchange = await ask({ substitutions: SUBSTITUTIONS, compressions: COMPRESSIONS }, 'gzip');
  equal(exchange.field('content-encoding'), 'gzip');
  equal(exchange.field('vary'), 'Accept-Encoding');
  equal(exchange.length, undefined);
  equal(gunzipSync(Buffer.concat(exchange.bytes)).toString(), 'a </page> at /page');
});

test('whoever does not accept it gets it as it is, and HEAD the same head', async () => {
  const plain = await ask({ compressions: COMPRESSIONS });
  equal(plain.body, 'a foo at /page');
  equal(plain.field('vary'), 'Accept-Encoding');
  const head = await ask({ compressions: COMPRESSIONS }, 'gzip', streams, 'HEAD');
  deepEqual([head.field('content-encoding'), head.length], ['gzip', undefined]);
});

test('gzip of the content is undone, searched, and compressed anew for who accepts another coding', async () => {
  const packed = gzipSync('foo and foo');
  const gzips: Produce = ({ responder }) =>
    responder.respond({ status: 200, reason: undefined, fields: HTML.with('Content-Encoding', 'gzip') }, packed);
  const exchange = await ask({ substitutions: SUBSTITUTIONS, compressions: COMPRESSIONS }, '', gzips);
  equal(exchange.body, '</page> and </page>');
  equal(exchange.field('content-encoding'), undefined);
});

test('parts before and behind are part of what is compressed', async () => {
  const additions = { before: '/before', after: '/after', types: ['text/html'] };
  const exchange = await ask({ additions, compressions: COMPRESSIONS }, 'gzip');
  equal(gunzipSync(Buffer.concat(exchange.bytes)).toString(), 'a foo at /beforea foo at /pagea foo at /after');
});

test('a charset is said, and a rate holds a body back', async () => {
  const charset = { charset: 'utf-8', source: '', overridesContent: false, types: ['text/html'] };
  const exchange = await ask({ charset, sending: { rate: '1k', rateAfter: '', timeoutMs: 60_000 } });
  equal(exchange.field('content-type'), 'text/html; charset=utf-8');
  equal(exchange.body, 'a foo at /page');
});

test('a page includes what other locations answer, refusals too, and blocks stand for those', async () => {
  const includes = {
    types: ['text/html'],
    isSilent: false,
    keepsLastModified: false,
    valueLengthMax: 255,
  };
  const pages: Readonly<Record<string, string>> = {
    '/page':
      'x<!--#include virtual="/inner?v=1" -->x<!--#block name="b" -->STUB<!--#endblock --><!--#include virtual="/missing" stub="b" -->x<!--#include virtual="/page-of-itself" -->',
    '/failing': 'a<!--#include virtual="/missing" -->b',
    '/inner': '[<!--#echo var="arg_v" --><!--#include virtual="/leaf" wait="yes" -->]',
    '/leaf': 'LEAF',
    '/page-of-itself': '<<!--#include virtual="/page-of-itself" -->>',
  };
  const answers: Produce = ({ path, responder }) => {
    const text = pages[path];
    if (text === undefined) {
      responder.refuse(404);
    } else {
      responder.respond({ status: 200, reason: undefined, fields: HTML }, text);
    }
  };
  const failing = await ask({ includes }, '', answers, 'GET', '/failing');
  match(failing.body, /^a.*404.*b$/s, 'the page of a refusal stands where the include was');
  const { body } = await ask({ includes }, '', answers);
  equal(body.startsWith('x[1LEAF]xSTUBx<<'), true, body.slice(0, 100));
  equal(body.length < 5000, true, 'a page that includes itself ends');
});

test('a filter gives back what it holds when the client has gone, and is not made for one that has', () => {
  let answer = (): void => undefined;
  const late: Produce = ({ responder }) => {
    answer = () => responder.respond({ status: 200, reason: undefined, fields: HTML }, Buffer.alloc(100_000));
  };
  const scopes = [{ sending: { rate: ['1000'] } }];
  const site = new FakeSite({ scopes, locations: [location('/')] }, { produceOf: () => late });
  const paced = site.ask('/');
  answer();
  const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const before = timers();
  paced.leave();
  equal(timers(), before - 1, 'the wait of the rate has ended');
  const gone = site.ask('/');
  gone.leave();
  answer();
  equal(timers(), before - 1);
  equal(gone.bytes.length, 0);
});
