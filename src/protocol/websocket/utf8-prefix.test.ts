import { equal } from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { test } from 'node:test';
import { utf8PrefixEnd } from './utf8-prefix.ts';

function endOf(...bytes: number[]): number {
  return utf8PrefixEnd(Buffer.from(bytes), 0, bytes.length);
}

test('utf8PrefixEnd() is the end of whole characters', () => {
  for (const text of ['', 'a', 'abcd', 'é', '€', '𝄞', 'aé€𝄞', '𝄞𝄞']) {
    const bytes = Buffer.from(text);
    equal(utf8PrefixEnd(bytes, 0, bytes.length), bytes.length, text);
  }
});

test('utf8PrefixEnd() stops before a character that has begun', () => {
  for (const character of ['é', '€', '𝄞', '\u0800', '\ud7ff', '\u{10000}', '\u{10ffff}']) {
    const bytes = Buffer.from(`ab${character}`);
    for (let to = 3; to < bytes.length; to += 1) {
      equal(utf8PrefixEnd(bytes, 0, to), 2, `${to - 2} of ${character}`);
      equal(utf8PrefixEnd(bytes, 2, to), 2, `${to - 2} of ${character} alone`);
    }
  }
});

test('utf8PrefixEnd() looks at nothing outside its range', () => {
  const bytes = Buffer.from([0xff, 0x61, 0xff]);
  equal(utf8PrefixEnd(bytes, 1, 2), 2);
  equal(utf8PrefixEnd(bytes, 1, 1), 1);
});

test('utf8PrefixEnd() refuses what cannot become valid', () => {
  for (const bytes of [
    [0x80],
    [0x61, 0x80],
    [0xc0],
    [0xc1],
    [0xf5],
    [0xff],
    [0xe2, 0x41],
    [0xe2, 0x82, 0x41],
    [0xe0, 0x9f],
    [0xed, 0xa0],
    [0xf0, 0x8f],
    [0xf4, 0x90],
    [0xf0, 0x90, 0x41],
    [0xf0, 0x90, 0xc0],
    [0x80, 0x80, 0x80, 0x80],
    [0xff, 0x61, 0xe2],
  ]) {
    equal(endOf(...bytes), -1, Buffer.from(bytes).toString('hex'));
  }
});

test('utf8PrefixEnd() says no exactly when no ending helps', () => {
  // Every lead with every second byte, and what may follow at most.
  const endings = [[], [0x80], [0x80, 0x80], [0xa0], [0x90, 0x80, 0x80], [0xa0, 0x80], [0x80, 0x80, 0x80]];
  for (let lead = 0; lead < 256; lead += 1) {
    for (let second = -1; second < 256; second += 1) {
      const bytes = second === -1 ? [lead] : [lead, second];
      const canBeValid = endings.some((ending) => isUtf8(Buffer.from([...bytes, ...ending])));
      equal(endOf(...bytes) !== -1, canBeValid, Buffer.from(bytes).toString('hex'));
    }
  }
});
