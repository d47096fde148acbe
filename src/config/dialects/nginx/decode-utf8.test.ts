import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeUtf8, encodeUtf8 } from './decode-utf8.ts';

test('decodeUtf8() keeps what is not UTF-8, a byte at a time', () => {
  assert.equal(decodeUtf8(Buffer.from('ä€𝄞')), 'ä€𝄞');
  assert.equal(decodeUtf8(Buffer.from([0x61, 0xff, 0xc3, 0xa4, 0xc3])), 'a\udcffä\udcc3');
  assert.equal(decodeUtf8(Buffer.from([0xed, 0xa0, 0x80])), '\udced\udca0\udc80', 'a surrogate');
  assert.equal(decodeUtf8(Buffer.from([0xc0, 0x80])), '\udcc0\udc80', 'an overlong form');
});

test('encodeUtf8() gives the bytes back', () => {
  for (const hex of ['', '61', 'ff', 'f09d849eff', 'c3a4c3', 'ff80eda080']) {
    const bytes = Buffer.from(hex, 'hex');
    assert.deepEqual(encodeUtf8(decodeUtf8(bytes)), bytes);
  }
});
