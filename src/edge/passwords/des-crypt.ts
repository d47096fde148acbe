/**
 * The traditional crypt(3): two characters of salt and DES, 25 times. Eight characters of a password count, seven bits of each, so it protects nothing today; files of
 * twenty years ago have it all the same. Written for clearness and not for speed: a check takes a few milliseconds. Bits are numbered as FIPS 46-3 does, from 1 on.
 */

import { cryptDigit, valueOfCryptDigit } from './crypt-digits.ts';

type Bits = readonly number[];

const INITIAL = range(8, (row) => steps([58, 60, 62, 64, 57, 59, 61, 63][row] ?? 0, -8));
const FINAL = range(8, (row) => [40, 8, 48, 16, 56, 24, 64, 32].map((bit) => bit - row));
const EXPANSION = range(8, (row) => [32, 1, 2, 3, 4, 5].map((bit) => ((4 * row + bit - 1) % 32) + 1));
const PERMUTATION = [
  ...[16, 7, 20, 21, 29, 12, 28, 17, 1, 15, 23, 26, 5, 18, 31, 10],
  ...[2, 8, 24, 14, 32, 27, 3, 9, 19, 13, 30, 6, 22, 11, 4, 25],
];
const KEY_CHOICE_1 = [
  ...[57, 49, 41, 33, 25, 17, 9, 1, 58, 50, 42, 34, 26, 18, 10, 2, 59, 51, 43, 35, 27, 19, 11, 3, 60, 52, 44, 36],
  ...[63, 55, 47, 39, 31, 23, 15, 7, 62, 54, 46, 38, 30, 22, 14, 6, 61, 53, 45, 37, 29, 21, 13, 5, 28, 20, 12, 4],
];
const KEY_CHOICE_2 = [
  ...[14, 17, 11, 24, 1, 5, 3, 28, 15, 6, 21, 10, 23, 19, 12, 4, 26, 8, 16, 7, 27, 20, 13, 2],
  ...[41, 52, 31, 37, 47, 55, 30, 40, 51, 45, 33, 48, 44, 49, 39, 56, 34, 53, 46, 42, 50, 36, 29, 32],
];
const SHIFTS = [1, 1, 2, 2, 2, 2, 2, 2, 1, 2, 2, 2, 2, 2, 2, 1];
/** Rows of the eight substitutions, a hexadecimal digit for each entry. */
const SUBSTITUTIONS = [
  'e4d12fb83a6c5907' + '0f74e2d1a6cb9538' + '41e8d62bfc973a50' + 'fc8249175b3ea06d',
  'f18e6b34972dc05a' + '3d47f28ec01a69b5' + '0e7ba4d158c6932f' + 'd8a13f42b67c05e9',
  'a09e63f51dc7b428' + 'd709346a285ecbf1' + 'd6498f30b12c5ae7' + '1ad069874fe3b52c',
  '7de3069a1285bc4f' + 'd8b56f03472c1ae9' + 'a690cb7df13e5284' + '3f06a1d8945bc72e',
  '2c417ab6853fd0e9' + 'eb2c47d150fa3986' + '421bad78f9c5630e' + 'b8c71e2d6f09a453',
  'c1af92680d34e75b' + 'af427c9561de0b38' + '9ef528c3704a1db6' + '432c95fabe17608d',
  '4b2ef08d3c975a61' + 'd0b7491ae35c2f86' + '14bdc37eaf680592' + '6bd814a7950fe23c',
  'd2846fb1a93e50c7' + '1fd8a374c56b0e92' + '7b419ce206adf358' + '21e74a8dfc90356b',
];
const ITERATIONS = 25;
const PASSWORD_BYTES = 8;

/** Undefined: the salt is no two digits of crypt(3). */
export function desCrypt(password: Buffer, setting: string): string | undefined {
  const first = valueOfCryptDigit(setting.charAt(0));
  const second = valueOfCryptDigit(setting.charAt(1));
  if (first === undefined || second === undefined) {
    return undefined;
  }
  const expansion = salted(first | (second << 6));
  const keys = schedule(keyBits(password));
  let block: Bits = Array<number>(64).fill(0);
  for (let iteration = 0; iteration < ITERATIONS; iteration += 1) {
    block = encrypt(block, keys, expansion);
  }
  const bits = [...block, 0, 0];
  const digits = Array.from({ length: 11 }, (_, index) => cryptDigit(numberOf(bits.slice(6 * index, 6 * index + 6))));
  return setting.slice(0, 2) + digits.join('');
}

/** Where a bit of the salt is set, two places of the expansion change. */
function salted(salt: number): Bits {
  const expansion = [...EXPANSION];
  for (let bit = 0; bit < 12; bit += 1) {
    if ((salt >> bit) % 2 === 1) {
      const before = expansion[bit] ?? 0;
      expansion[bit] = expansion[bit + 24] ?? 0;
      expansion[bit + 24] = before;
    }
  }
  return expansion;
}

function keyBits(password: Buffer): Bits {
  return range(PASSWORD_BYTES, (index) => bitsOf((password[index] ?? 0) << 1, 8));
}

function schedule(key: Bits): readonly Bits[] {
  const chosen = permute(key, KEY_CHOICE_1);
  let shift = 0;
  return SHIFTS.map((step) => {
    shift += step;
    const halves = [0, 28].flatMap((start) => {
      const half = chosen.slice(start, start + 28);
      return [...half.slice(shift), ...half.slice(0, shift)];
    });
    return permute(halves, KEY_CHOICE_2);
  });
}

function encrypt(block: Bits, keys: readonly Bits[], expansion: Bits): Bits {
  const start = permute(block, INITIAL);
  let left = start.slice(0, 32);
  let right = start.slice(32);
  for (const key of keys) {
    const mixed = permute(right, expansion).map((bit, index) => bit ^ (key[index] ?? 0));
    const changed = permute(substitute(mixed), PERMUTATION).map((bit, index) => bit ^ (left[index] ?? 0));
    left = right;
    right = changed;
  }
  return permute([...right, ...left], FINAL);
}

function substitute(bits: Bits): Bits {
  return SUBSTITUTIONS.flatMap((rows, box) => {
    const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = bits.slice(6 * box, 6 * box + 6);
    return bitsOf(Number.parseInt(rows.charAt(16 * numberOf([a, f]) + numberOf([b, c, d, e])), 16), 4);
  });
}

function permute(bits: Bits, order: Bits): number[] {
  return order.map((place) => bits[place - 1] ?? 0);
}

function bitsOf(value: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => (value >> (count - 1 - index)) & 1);
}

function numberOf(bits: Bits): number {
  return bits.reduce((value, bit) => 2 * value + bit, 0);
}

function range(count: number, row: (index: number) => readonly number[]): number[] {
  return Array.from({ length: count }, (_, index) => row(index)).flat();
}

function steps(first: number, step: number): number[] {
  return Array.from({ length: 8 }, (_, index) => first + step * index);
}
