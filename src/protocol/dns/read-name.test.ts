import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { nameBytes } from './fake-response.ts';
import { readName } from './read-name.ts';

function at(hex: string, from = 0) {
  return readName(Buffer.from(hex.replaceAll(' ', ''), 'hex'), from);
}

test('a name is read in small letters, and ends where it was begun', () => {
  deepEqual(at('01 41 02 62 2d 00 ff'), { name: 'a.b-', end: 6 });
  deepEqual(at('00'), { name: '', end: 1 });
  deepEqual(at('01 62 00 01 61 c0 00 ff', 3), { name: 'a.b', end: 7 });
  deepEqual(at('01 63 00 01 62 c0 00 01 61 c0 03', 7), { name: 'a.b.c', end: 11 });
});

test('pointers lead backwards, and none of them to what was read already', () => {
  const loop = 'compression pointers loop in DNS response';
  equal(at('c0 00'), loop);
  equal(at('01 61 c0 00'), loop);
  equal(at('c0 02 01 61 00'), loop);
  equal(at('00 c0 03 c0 01', 3), loop);
  equal(at('01 61 c0 00', 2), loop);
});

test('what ends too early, or is no label, is told', () => {
  const out = 'name is out of DNS response';
  for (const hex of ['', '01', '01 61', '02 61', 'c0', '01 61 c0']) {
    equal(at(hex), out, hex);
  }
  equal(at('40 61'), 'invalid label type in DNS response');
  equal(at('80 61'), 'invalid label type in DNS response');
  for (const byte of ['2e', '5c', '22', '00', '0a', '20', '7f', 'e4']) {
    equal(at(`01 ${byte} 00`), 'invalid name in DNS response', byte);
  }
});

test('a name has four labels of the greatest length and no byte more', () => {
  const label = 'a'.repeat(63);
  const longest = [label, label, label, label].join('.');
  deepEqual(readName(nameBytes(longest), 0), { name: longest, end: 257 });
  equal(readName(nameBytes(`${longest}.a`), 0), 'too long name in DNS response');
});
