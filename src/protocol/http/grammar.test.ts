import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFieldValue, isFieldValueBytes, isSpace, isToken, isTokenCode, trimSpaces } from './grammar.ts';

test('isToken() accepts the tchar of RFC 9110 5.6.2 and no other byte', () => {
  const expected = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]$/;
  for (let code = 0; code < 0x180; code += 1) {
    const character = String.fromCharCode(code);
    assert.equal(isToken(character), expected.test(character), `code ${code}`);
    assert.equal(isTokenCode(code), expected.test(character), `code ${code}`);
  }
});

test('isToken() refuses the empty text, and looks at the beginning only when told so', () => {
  assert.equal(isToken(''), false);
  assert.equal(isToken('abc: d', 3), true);
  assert.equal(isToken('abc: d', 0), false);
  assert.equal(isToken('abc: d'), false);
});

test('isFieldValue() refuses controls and DEL, and accepts tabs and obs-text', () => {
  for (let code = 0; code < 0x100; code += 1) {
    const isForbidden = (code < 0x20 && code !== 0x09) || code === 0x7f;
    assert.equal(isFieldValue(`a${String.fromCharCode(code)}b`), !isForbidden, `code ${code}`);
    assert.equal(isFieldValueBytes(Buffer.from([0, 0x61, code, 0x62, 0]), 1, 4), !isForbidden, `code ${code}`);
  }
});

test('trimSpaces() takes SP and HTAB away, and nothing else that looks like a space', () => {
  assert.equal(trimSpaces(' \t a b\t '), 'a b');
  assert.equal(trimSpaces(' \t '), '');
  assert.equal(trimSpaces('\xa0a\x0b'), '\xa0a\x0b');
});

test('isSpace() knows SP and HTAB', () => {
  assert.deepEqual([0x20, 0x09, 0x0b, 0x0d].map(isSpace), [true, true, false, false]);
});
