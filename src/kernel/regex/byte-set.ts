/** Sets of bytes: what one position of a subject may be. PCRE without its UTF mode knows nothing else, and its letters are those of ASCII. */

/** 1 at each byte that is a member. */
export type ByteSet = Uint8Array;

const BYTES = 256;

export function emptySet(): ByteSet {
  return new Uint8Array(BYTES);
}

export function setOf(text: string): ByteSet {
  const set = emptySet();
  for (let index = 0; index < text.length; index += 1) {
    set[text.charCodeAt(index)] = 1;
  }
  return set;
}

export function addRange(set: ByteSet, first: number, last: number): void {
  set.fill(1, first, last + 1);
}

export function addAll(set: ByteSet, more: ByteSet): void {
  more.forEach((member, byte) => {
    if (member === 1) {
      set[byte] = 1;
    }
  });
}

export function complement(set: ByteSet): ByteSet {
  return set.map((member) => 1 - member);
}

export function isDisjoint(one: ByteSet, other: ByteSet): boolean {
  for (let byte = 0; byte < BYTES; byte += 1) {
    if (one[byte] === 1 && other[byte] === 1) {
      return false;
    }
  }
  return true;
}

export function isSame(one: ByteSet, other: ByteSet): boolean {
  return one === other || (one.length === other.length && one.every((member, byte) => member === other[byte]));
}

export function union(one: ByteSet, other: ByteSet): ByteSet {
  return one.map((member, byte) => member | (other[byte] ?? 0));
}

const CASE_BIT = 0x20;

function isLetter(byte: number): boolean {
  const lower = byte | CASE_BIT;
  return lower >= 0x61 && lower <= 0x7a;
}

/** Adds the other case of every letter. */
export function closeOverCase(set: ByteSet): ByteSet {
  return set.map((member, byte) => (isLetter(byte) ? member | (set[byte ^ CASE_BIT] ?? 0) : member));
}

const SINGLE: ByteSet[] = [];
const BOTH_CASES: ByteSet[] = [];

/** The set of one byte, or of one letter in both cases: the same object each time, because most of a pattern is letters and nobody changes what they stand for. */
export function setOfByte(byte: number, isCaseless: boolean): ByteSet {
  const known = isCaseless ? BOTH_CASES : SINGLE;
  const before = known[byte];
  if (before !== undefined) {
    return before;
  }
  const single = setOf(String.fromCharCode(byte));
  const fresh = isCaseless ? closeOverCase(single) : single;
  known[byte] = fresh;
  return fresh;
}

export function foldCase(byte: number): number {
  return isLetter(byte) ? byte | CASE_BIT : byte;
}

function ranges(...list: readonly (readonly [number, number])[]): ByteSet {
  const set = emptySet();
  for (const [first, last] of list) {
    addRange(set, first, last);
  }
  return set;
}

const DIGIT = ranges([0x30, 0x39]);
const LOWER = ranges([0x61, 0x7a]);
const UPPER = ranges([0x41, 0x5a]);
const ALPHA = union(LOWER, UPPER);
const ALNUM = union(ALPHA, DIGIT);
const WORD = union(ALNUM, setOf('_'));
const SPACE = ranges([0x09, 0x0d], [0x20, 0x20]);

export const ANY_BYTE: ByteSet = ranges([0x00, 0xff]);
export const NOT_NEWLINE: ByteSet = complement(setOf('\n'));
export const WORD_BYTES: ByteSet = WORD;

/** `[:name:]` inside a class. */
export const POSIX_CLASSES: ReadonlyMap<string, ByteSet> = new Map([
  ['alpha', ALPHA],
  ['lower', LOWER],
  ['upper', UPPER],
  ['alnum', ALNUM],
  ['ascii', ranges([0x00, 0x7f])],
  ['blank', setOf('\t ')],
  ['cntrl', ranges([0x00, 0x1f], [0x7f, 0x7f])],
  ['digit', DIGIT],
  ['graph', ranges([0x21, 0x7e])],
  ['print', ranges([0x20, 0x7e])],
  ['punct', ranges([0x21, 0x2f], [0x3a, 0x40], [0x5b, 0x60], [0x7b, 0x7e])],
  ['space', SPACE],
  ['word', WORD],
  ['xdigit', ranges([0x30, 0x39], [0x41, 0x46], [0x61, 0x66])],
]);

const HORIZONTAL = setOf('\t \xa0');
const VERTICAL = ranges([0x0a, 0x0d], [0x85, 0x85]);

/** Escapes that stand for a set, inside a class and outside. */
export const ESCAPED_SETS: ReadonlyMap<string, ByteSet> = new Map([
  ['d', DIGIT],
  ['D', complement(DIGIT)],
  ['w', WORD],
  ['W', complement(WORD)],
  ['s', SPACE],
  ['S', complement(SPACE)],
  ['h', HORIZONTAL],
  ['H', complement(HORIZONTAL)],
  ['v', VERTICAL],
  ['V', complement(VERTICAL)],
]);
