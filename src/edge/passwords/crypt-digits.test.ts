import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { cryptDigit, encodeDigits, encodeTriples, valueOfCryptDigit } from './crypt-digits.ts';

test('digits of crypt(3) have the least significant first', () => {
  equal(encodeDigits(1 + 64 * 2, 3), '/0.');
  equal(encodeTriples(Uint8Array.of(0, 0, 63), [[0, 1, 2]]), 'z...');
  deepEqual(
    [cryptDigit(2), valueOfCryptDigit('0'), valueOfCryptDigit('!'), valueOfCryptDigit('')],
    ['0', 2, undefined, undefined],
  );
});
