import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { ByteSet } from './byte-set.ts';
import {
  ANY_BYTE,
  addAll,
  addRange,
  closeOverCase,
  complement,
  ESCAPED_SETS,
  emptySet,
  foldCase,
  isDisjoint,
  isSame,
  NOT_NEWLINE,
  POSIX_CLASSES,
  setOf,
  setOfByte,
  union,
} from './byte-set.ts';

function members(set: ByteSet | undefined): string {
  return [...(set ?? [])].map((member, byte) => (member === 1 ? String.fromCharCode(byte) : '')).join('');
}

test('sets are made of characters, ranges and other sets', () => {
  const set = setOf('xa');
  addRange(set, 0x62, 0x63);
  addAll(set, setOf('z'));
  equal(members(set), 'abcxz');
  equal(members(union(setOf('b'), setOf('a'))), 'ab');
  equal(members(emptySet()), '');
  equal(members(complement(NOT_NEWLINE)), '\n');
  equal(members(ANY_BYTE).length, 256);
});

test('isDisjoint() is false where one byte is in both', () => {
  equal(isDisjoint(setOf('ab'), setOf('cd')), true);
  equal(isDisjoint(setOf('ab'), setOf('bc')), false);
});

test('sets of one byte are made once', () => {
  equal(setOfByte(0x61, false), setOfByte(0x61, false));
  equal(members(setOfByte(0x61, false)), 'a');
  equal(members(setOfByte(0x61, true)), 'Aa');
  equal(isSame(setOfByte(0x61, true), setOf('Aa')), true);
  equal(isSame(setOf('a'), setOf('b')), false);
});

test('case is that of ASCII', () => {
  equal(members(closeOverCase(setOf('aZ[\xe9'))), 'AZ[az\xe9');
  deepEqual([foldCase(0x41), foldCase(0x5a), foldCase(0x40), foldCase(0xc9)], [0x61, 0x7a, 0x40, 0xc9]);
});

test('classes hold what PCRE has in them', () => {
  equal(members(POSIX_CLASSES.get('punct')), '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~');
  equal(members(POSIX_CLASSES.get('xdigit')), '0123456789ABCDEFabcdef');
  equal(members(ESCAPED_SETS.get('s')), '\t\n\v\f\r ');
  equal(members(ESCAPED_SETS.get('h')), '\t \xa0');
  equal(members(ESCAPED_SETS.get('v')), '\n\v\f\r\x85');
  equal(members(ESCAPED_SETS.get('D')).length, 246);
});
