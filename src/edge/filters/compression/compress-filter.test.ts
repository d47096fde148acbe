import { deepEqual, equal, match } from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { Compression, CompressionClients } from '../../../config/model/bodies.ts';
import type { Scope } from '../../../config/model/scope.ts';
import { markLasting } from '../../../kernel/lasting-bytes.ts';
import { HTTP_VERSION } from '../../../protocol/http/version.ts';
import type { Filter } from '../../pipeline/route.ts';
import { fakeCompilation } from '../fake-compilation.ts';
import type { FakeAnswer } from '../fake-writers.ts';
import { fakeAnswer, fakeRoute, passThrough } from '../fake-writers.ts';
import { compileCompression } from './compress-filter.ts';
import { compileGunzip } from './gunzip-filter.ts';
import { gzipRatio } from './gzip-ratio.ts';

const CLIENTS: CompressionClients = { versionMin: '1.1', proxied: [], disabledFor: [] };
const GZIP: Compression = {
  coding: 'gzip',
  level: 1,
  types: ['text/html'],
  bytesMin: 20,
  clients: CLIENTS,
  windowBits: undefined,
  memoryLevel: undefined,
};
const HTML = 'Content-Type: text/html; charset=utf-8\r\n';

function scopeOf(codings: readonly Compression[], more: object = {}): Scope {
  const compressions = { codings, varies: false, gzipClients: CLIENTS, decompresses: false, ...more };
  return { compressions } as unknown as Scope;
}

function filterOf(codings: readonly Compression[], more: object = {}): Filter {
  const filter = compileCompression(scopeOf(codings, more), fakeCompilation());
  if (filter === undefined) {
    throw new Error('there is no filter');
  }
  return filter;
}

const asks = (field = 'gzip', ...more: (readonly [string, string])[]): ReturnType<typeof fakeRoute> =>
  fakeRoute([['Accept-Encoding', field], ...more]);

function isCompressed(answer: FakeAnswer, route = asks(), filter = filterOf([GZIP])): boolean {
  return filter(fakeAnswer({ fields: HTML, ...answer, hasBody: false }), route) !== undefined;
}

test('a compressed response says so, and nothing that is not true of it any more', async () => {
  const answer = fakeAnswer({
    fields: `${HTML}ETag: "abc"\r\nAccept-Ranges: bytes\r\nLast-Modified: x\r\n`,
    length: 100,
  });
  const transform = filterOf([GZIP])(answer, asks());
  equal(answer.fields.text, `${HTML}ETag: W/"abc"\r\nLast-Modified: x\r\nContent-Encoding: gzip\r\n`);
  equal(answer.length, undefined);
  equal(answer.takesRanges, false);
  equal(
    gunzipSync(await passThrough(transform!, ['x'.repeat(50), 'y'.repeat(50)])).toString(),
    'x'.repeat(50) + 'y'.repeat(50),
  );
});

test('how much shorter a response has become can be asked for when it is sent', async () => {
  const route = asks();
  equal(gzipRatio(route), undefined);
  await passThrough(filterOf([GZIP])(fakeAnswer({ fields: HTML }), route)!, ['x'.repeat(1000)]);
  match(gzipRatio(route) ?? '', /^[2-9]\d\.\d\d$/);
});

test('only what may be compressed is: by status, type, length, and what the application says', () => {
  equal(isCompressed({}), true);
  equal(isCompressed({ length: 20 }), true);
  equal(isCompressed({ length: 19 }), false);
  for (const status of [200, 403, 404]) {
    equal(isCompressed({ status }), true);
  }
  for (const status of [201, 204, 206, 301, 304, 500]) {
    equal(isCompressed({ status }), false, `${status}`);
  }
  equal(isCompressed({ fields: 'Content-Type: image/png\r\n' }), false);
  equal(isCompressed({ fields: '' }), false);
  equal(isCompressed({ fields: 'Content-Type: Text/HTML\r\n' }), true);
  equal(isCompressed({ fields: `${HTML}Content-Encoding: br\r\n` }), false);
  equal(isCompressed({ fields: `${HTML}Cache-Control: max-age=1, no-transform\r\n` }), false);
  const any = filterOf([{ ...GZIP, types: ['*'] }]);
  equal(isCompressed({ fields: 'Content-Type: image/png\r\n' }, asks(), any), true);
  equal(isCompressed({ fields: '' }, asks(), any), true);
});

test('only whoever may get it does: by what is accepted, version, proxy and browser', () => {
  equal(isCompressed({}, fakeRoute()), false);
  equal(isCompressed({}, asks('deflate')), false);
  equal(isCompressed({}, fakeRoute([['Accept-Encoding', 'gzip']], { version: HTTP_VERSION.http10 })), false);
  const old = filterOf([{ ...GZIP, clients: { ...CLIENTS, versionMin: '1.0' } }]);
  equal(isCompressed({}, fakeRoute([['Accept-Encoding', 'gzip']], { version: HTTP_VERSION.http10 }), old), true);
  equal(isCompressed({}, asks('gzip', ['Via', '1.1 proxy'])), false);
  const proxied = filterOf([{ ...GZIP, clients: { ...CLIENTS, proxied: ['any'] } }]);
  equal(isCompressed({}, asks('gzip', ['Via', '1.1 proxy']), proxied), true);
  const picky = filterOf([{ ...GZIP, clients: { ...CLIENTS, disabledFor: ['msie6', 'old.bot/\\d'] } }]);
  const by = (userAgent: string): boolean => isCompressed({}, asks('gzip', ['User-Agent', userAgent]), picky);
  equal(by('Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)'), false);
  equal(by('Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; SV1)'), true);
  equal(by('Mozilla/4.0 (compatible; MSIE 5.5; Windows 98)'), false);
  equal(by('Mozilla/4.0 (compatible; MSIE 6.0; X11; Linux) Opera 8'), true);
  equal(by('Mozilla/4.0 (compatible; MSIE 7.0)'), true);
  equal(by('OLD BOT/1'), false);
});

test('a subrequest is not compressed: it becomes part of another body', () => {
  const route = fakeRoute([['Accept-Encoding', 'gzip']], { main: fakeRoute() });
  equal(isCompressed({}, route), false);
});

test('of several codings the client gets the one it likes best, and the first of equals', () => {
  const filter = filterOf([{ ...GZIP, coding: 'br', level: 4 }, { ...GZIP, coding: 'zstd' }, GZIP]);
  const coding = (field: string): string | undefined => {
    const answer = fakeAnswer({ fields: HTML, hasBody: false });
    filter(answer, asks(field));
    return answer.fields.get('content-encoding');
  };
  equal(coding('gzip, deflate, br, zstd'), 'br');
  equal(coding('gzip, zstd'), 'zstd');
  equal(coding('gzip, br;q=0.5'), 'gzip');
  equal(coding('br;q=0, gzip'), 'gzip');
  equal(coding('deflate'), undefined);
});

test('Vary is added to what could have been compressed, whoever asks, and once', () => {
  const filter = filterOf([GZIP], { varies: true });
  const vary = (fields: string, route = fakeRoute()): readonly string[] => {
    const answer = fakeAnswer({ fields, hasBody: false });
    filter(answer, route);
    return answer.fields.getAll('vary');
  };
  deepEqual(vary(HTML), ['Accept-Encoding']);
  deepEqual(vary(HTML, asks()), ['Accept-Encoding']);
  deepEqual(vary(`${HTML}Vary: Cookie\r\n`), ['Cookie', 'Accept-Encoding']);
  deepEqual(vary(`${HTML}Vary: cookie, accept-encoding\r\n`), ['cookie, accept-encoding']);
  deepEqual(vary('Content-Type: image/png\r\n'), []);
});

test('a body that lies in memory is compressed once, and its length is known from then on', async () => {
  const whole = Buffer.from('a file of some text '.repeat(500));
  markLasting(whole);
  const filter = filterOf([GZIP]);
  const answers = [
    fakeAnswer({ fields: HTML, length: whole.length, whole }),
    fakeAnswer({ fields: HTML, length: whole.length, whole }),
  ] as const;
  const first = await passThrough(filter(answers[0], asks())!, [whole]);
  const second = await passThrough(filter(answers[1], asks())!, [whole]);
  deepEqual(second, first);
  deepEqual(gunzipSync(first), whole);
  deepEqual([answers[0].length, answers[1].length], [undefined, first.length]);
});

test('gunzip is for clients that do not accept gzip, and leaves all else alone', () => {
  const filter = compileGunzip(scopeOf([], { decompresses: true, varies: true }), fakeCompilation());
  const answerOf = (
    route: ReturnType<typeof fakeRoute>,
    fields = 'Content-Encoding: gzip\r\nETag: "x"\r\n',
  ): string => {
    const answer = fakeAnswer({ fields, hasBody: false });
    filter?.(answer, route);
    return answer.fields.text;
  };
  equal(answerOf(fakeRoute()), 'ETag: W/"x"\r\nVary: Accept-Encoding\r\n');
  equal(answerOf(asks()), 'Content-Encoding: gzip\r\nETag: "x"\r\nVary: Accept-Encoding\r\n');
  equal(answerOf(fakeRoute(), 'Content-Encoding: br\r\n'), 'Content-Encoding: br\r\n');
  equal(compileGunzip(scopeOf([GZIP]), fakeCompilation()), undefined);
});
