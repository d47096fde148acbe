import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Precompressed } from '../../../model/bodies.ts';
import type { Draft } from '../draft.ts';
import { errorsOf, readText } from '../fake-files.ts';
import { additionsOf, includesOf, rateOf, substitutionsOf } from './changed-bodies.ts';
import { charsetMapsOf, charsetOf } from './charset.ts';
import { compressionsOf } from './compression.ts';

const NONE: Precompressed = { gzip: 'off', brotli: 'off', zstd: 'off' };

/** The innermost of the first blocks. */
function innermost(text: string): Draft {
  let { draft } = readText(`events {}\nhttp { ${text} }`);
  draft = draft.children.find(({ kind }) => kind === 'http') ?? draft;
  for (let child = draft.children[0]; child !== undefined; child = child.children[0]) {
    draft = child;
  }
  return draft;
}

test('what is compressed is what nginx compresses, unless more is said', () => {
  const clients = { versionMin: '1.1', proxied: [], disabledFor: [] };
  assert.equal(compressionsOf(innermost('gzip_types text/css;'), NONE), undefined);
  assert.deepEqual(compressionsOf(innermost('gzip on; server { location / { } }'), NONE), {
    codings: [
      {
        coding: 'gzip',
        level: 1,
        types: ['text/html'],
        bytesMin: 20,
        clients,
        windowBits: undefined,
        memoryLevel: undefined,
      },
    ],
    varies: false,
    gzipClients: clients,
    decompresses: false,
    precompressed: NONE,
  });
});

test('types and proxies are those of the nearest block, with what each of its lines says', () => {
  const said = compressionsOf(
    innermost(
      'gzip on; gzip_types text/x; gzip_vary on; server { gzip_types text/css Text/Plain; gzip_types text/xml; gzip_proxied expired; gzip_proxied auth; gzip_disable msie6 "MSIE [4-6]"; gzip_http_version 1.0; location / { gzip_comp_level 6; gunzip on; } }',
    ),
    NONE,
  );
  assert.deepEqual(said?.codings[0]?.types, ['text/html', 'text/css', 'text/plain', 'text/xml']);
  assert.equal(said?.codings[0]?.level, 6);
  assert.deepEqual(said?.gzipClients, {
    versionMin: '1.0',
    proxied: ['expired', 'auth'],
    disabledFor: ['msie6', 'MSIE [4-6]'],
  });
  assert.deepEqual([said?.varies, said?.decompresses], [true, true]);
  assert.deepEqual(compressionsOf(innermost('gzip on; gzip_types *;'), NONE)?.codings[0]?.types, ['*']);
});

test('brotli and zstd stand beside gzip, and ask nothing about proxies', () => {
  const said = compressionsOf(innermost('gzip on; brotli on; brotli_window 512k; zstd on; zstd_comp_level 3;'), NONE);
  assert.deepEqual(
    said?.codings.map(({ coding, level, windowBits }) => [coding, level, windowBits]),
    [
      ['br', 6, 19],
      ['zstd', 3, undefined],
      ['gzip', 1, undefined],
    ],
  );
  assert.deepEqual(said?.codings[0]?.clients.proxied, ['any']);
});

test('texts that are replaced are inherited as a whole', () => {
  const text =
    'sub_filter a b; sub_filter_once off; server { sub_filter c $uri; sub_filter X$arg_x ""; location / { sub_filter_types text/css; } }';
  assert.deepEqual(substitutionsOf(innermost(text)), {
    pairs: [
      { from: 'c', to: [{ variable: 'uri' }] },
      { from: ['X', { variable: 'arg_x' }], to: '' },
    ],
    isOnce: false,
    keepsLastModified: false,
    types: ['text/html', 'text/css'],
  });
  assert.equal(substitutionsOf(innermost('sub_filter_once off;')), undefined);
  assert.match(errorsOf('events {} http { sub_filter "" x; }').join(), /empty search pattern/);
});

test('an empty path takes back what is added', () => {
  assert.deepEqual(additionsOf(innermost('add_before_body /a; server { add_after_body /b; }')), {
    before: '/a',
    after: '/b',
    types: ['text/html'],
  });
  assert.equal(additionsOf(innermost('add_before_body /a; server { add_before_body ""; }')), undefined);
});

test('commands in pages, and a rate', () => {
  assert.equal(includesOf(innermost('ssi_types text/css;')), undefined);
  assert.deepEqual(includesOf(innermost('ssi on; ssi_silent_errors on; ssi_value_length 1k;')), {
    types: ['text/html'],
    isSilent: true,
    keepsLastModified: false,
    valueLengthMax: 1024,
  });
  assert.deepEqual(rateOf(innermost('limit_rate 12k; server { limit_rate_after $arg_a; }')), {
    rate: '12k',
    rateAfter: [{ variable: 'arg_a' }],
  });
  assert.deepEqual(rateOf(innermost('')), {});
  assert.deepEqual(errorsOf('events {} http { limit_rate 5kb; limit_rate_after x; }'), [
    '1:29 "limit_rate" directive invalid value',
    '1:51 "limit_rate_after" directive invalid value',
  ]);
});

test('charsets, with their maps, which are said once', () => {
  const text = 'charset_map koi8-r utf-8 { C1 D0B0; 80 E29480; } charset utf-8; source_charset koi8-r; server { }';
  assert.equal(charsetOf(innermost(text))?.source, 'koi8-r');
  assert.deepEqual(charsetOf(innermost('charset $arg_c; charset_types text/css;')), {
    charset: [{ variable: 'arg_c' }],
    source: '',
    overridesContent: false,
    types: ['text/html', 'text/css'],
  });
  assert.deepEqual(charsetOf(innermost('charset utf-8;'))?.types, [
    'text/html',
    'text/xml',
    'text/plain',
    'text/vnd.wap.wml',
    'application/javascript',
    'application/rss+xml',
  ]);
  assert.equal(charsetOf(innermost('charset utf-8; server { charset off; }')), undefined);
  const [map] = charsetMapsOf(innermost(text));
  assert.deepEqual(map, {
    from: 'koi8-r',
    to: 'utf-8',
    pairs: [
      ['C1', 'D0B0'],
      ['80', 'E29480'],
    ],
  });
  const wrong = (maps: string): string => errorsOf(`events {} http { ${maps} }`).join();
  assert.match(wrong('charset_map a A { }'), /between the same charsets/);
  assert.match(wrong('charset_map utf-8 a { }'), /second column/);
  assert.match(wrong('charset_map a b { } charset_map B A { }'), /duplicate "charset_map"/);
  assert.match(wrong('charset_map a b { 100 20; }'), /invalid value "100"/);
  assert.match(wrong('charset_map a utf-8 { 80 D0; }'), /invalid value "D0"/);
});
