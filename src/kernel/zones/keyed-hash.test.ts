import { equal, notEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { KeyedHash } from './keyed-hash.ts';

/** By the authors' own program: the key is the bytes 0 to 7, and the input the bytes from 0 on, one more each time. */
const RESULTS = [
  ...['218d1f59b9b83cc8', 'be552412f8387315', '064f39ef7c50eb57', 'ce0f1a45f7060679', 'd5e78a175be52ea1'],
  ...['cb9d7c3f2f3db580', 'ce3e91358aa2bc25', 'ff202728b07bc684', 'edfee820bce4858c', '5b51cccc13888307'],
  ...['95b0469f06a6f2ee', 'ae26333994ddcd48', '7bc71f9faef5c799'],
];

const littleEndian = (word: number): string => Buffer.from(Uint32Array.of(word).buffer).toString('hex');

test('KeyedHash gives the results of its authors for every length', () => {
  const hash = new KeyedHash(0x03020100, 0x07060504);
  RESULTS.forEach((wanted, length) => {
    hash.of(String.fromCharCode(...Array.from({ length }, (_, byte) => byte)));
    equal(littleEndian(hash.low) + littleEndian(hash.high), wanted, `${length} bytes`);
  });
});

test('KeyedHash depends on the secret', () => {
  const one = new KeyedHash(1, 2);
  const other = new KeyedHash(1, 3);
  one.of('a');
  other.of('a');
  notEqual(one.low, other.low);
});
