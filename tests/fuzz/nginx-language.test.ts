// Configurations made of what a reader may stumble over: whatever the bytes are, reading ends, says what is wrong at a place that there is,
// and does not throw. Bytes that are no UTF-8 come back as they were.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeUtf8, encodeUtf8 } from '../../src/config/dialects/nginx/decode-utf8.ts';
import { readText } from '../../src/config/dialects/nginx/fake-files.ts';
import { seededRandom } from '../conformance/seeded-random.ts';

const FILES = 1000;
const PIECES_MAX = 40;
const PIECES = [
  ...[' ', ' ', '\n', '\n', '\t', '\r', ';', ';', ';', '{', '{', '}', '}', '"', "'", '\\', '$', '${', '#', ')', '('],
  ...[
    'http',
    'events',
    'server',
    'location',
    'if',
    'map',
    'types',
    'geo',
    'include',
    'upstream',
    'limit_except',
    'stream',
  ],
  ...[
    'listen',
    'root',
    'gzip',
    'return',
    'rewrite',
    'server_name',
    'alias',
    'error_page',
    'add_header',
    'index',
    'set',
  ],
  ...[
    'on',
    'off',
    '80',
    '8k',
    '1m',
    '/a',
    '$uri',
    '$x',
    '~',
    '~*',
    '^~',
    '=',
    '@n',
    '^/(a+)+$',
    '(',
    '*.a',
    'default_server',
  ],
  ...[
    'include a;',
    'include *;',
    '\0',
    '\xff',
    'ä',
    '\ufeff',
    'a'.repeat(4100),
    'constructor',
    '__proto__',
    'toString',
    '-1',
  ],
];

test('whatever the bytes of a configuration are, it is read to its end', () => {
  const random = seededRandom(20_260_101);
  const pick = () => PIECES[Math.floor(random() * PIECES.length)] ?? '';
  for (let file = 0; file < FILES; file += 1) {
    const make = () => Array.from({ length: Math.floor(random() * PIECES_MAX) }, pick).join(random() < 0.5 ? ' ' : '');
    const text = Buffer.from(make(), file % 3 === 0 ? 'latin1' : 'utf8');
    const { diagnostics } = readText(text, { '/etc/nginx/a': make() }, { isFragment: file % 2 === 0 });
    for (const { place, message } of diagnostics) {
      assert.ok(message !== '', text.toString('latin1'));
      assert.ok(
        place.kind !== 'file' || (place.line > 0 && place.column > 0 && place.length > 0),
        text.toString('latin1'),
      );
    }
  }
});

test('bytes that are decoded can be had again', () => {
  const random = seededRandom(1);
  for (let round = 0; round < 2000; round += 1) {
    const bytes = Buffer.from(Array.from({ length: Math.floor(random() * 12) }, () => Math.floor(random() * 256)));
    assert.deepEqual(encodeUtf8(decodeUtf8(bytes)), bytes, bytes.toString('hex'));
  }
});

test('a configuration of the cheapest mistakes costs time by its length alone', () => {
  const count = 30_000;
  for (const piece of [
    '"a;\n',
    "'",
    '{',
    '}',
    'a "b"c;\n',
    'a {',
    ';',
    '$',
    '\\',
    '"\\',
    'x;\n',
    'map a b {',
    'gzip x;\n',
  ]) {
    const begun = process.hrtime.bigint();
    const { diagnostics } = readText(piece.repeat(count).slice(0, 50_000));
    assert.ok(diagnostics.length <= 3000, piece);
    const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
    assert.ok(seconds < 10, `${piece} took ${seconds} s`);
  }
});
