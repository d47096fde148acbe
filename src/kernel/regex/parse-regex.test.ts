import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { parseRegex } from './parse-regex.ts';

function faultOf(pattern: string): unknown {
  const parsed = parseRegex(pattern, false);
  return parsed.ok ? undefined : [parsed.fault.kind, parsed.fault.offset, parsed.fault.message];
}

test('parseRegex() refuses what PCRE knows and this program does not, and names it', () => {
  for (const [pattern, offset, words] of [
    ['a(?R)', 5, 'recursion and calling a group as a subroutine are not supported'],
    ['(a)(?1)', 7, 'recursion and calling a group as a subroutine are not supported'],
    ['(?<n>a)(?&n)', 10, 'recursion and calling a group as a subroutine are not supported'],
    ['(?<n>a)\\g<n>', 9, 'calling a group as a subroutine is not supported'],
    ['(a)(?(1)b|c)', 6, 'a condition is not supported'],
    ['a(?C1)', 4, 'a callout is not supported'],
    ['a(*SKIP)b', 1, '(*SKIP…) is not supported'],
    ['(?J)a', 4, '(?J), names that several groups share, is not supported'],
    ['(a\\1)', 3, 'a reference to a group from inside itself is not supported'],
    ['\\X', 2, '\\X is not supported'],
  ] as const) {
    deepEqual(faultOf(pattern), ['unsupported', offset, words], pattern);
  }
});

test('parseRegex() refuses the UTF mode, and says what holds instead', () => {
  for (const name of ['UTF8', 'UTF', 'UCP']) {
    deepEqual(faultOf(`(*${name})a`), [
      'unsupported',
      0,
      `(*${name}) is not supported: patterns and subjects are bytes, and a letter outside ASCII is the sequence of its bytes in UTF-8`,
    ]);
  }
});

test('parseRegex() takes prefixes that change nothing about what matches', () => {
  equal(faultOf('(*NO_JIT)(*LIMIT_MATCH=10)a'), undefined);
});

test('parseRegex() bounds the length and the depth of a pattern', () => {
  deepEqual(faultOf('a'.repeat(65_537)), ['unsupported', 0, 'the pattern is longer than 65536 bytes']);
  equal(faultOf(`${'('.repeat(250)}${')'.repeat(250)}`), undefined);
  deepEqual(
    faultOf(`${'('.repeat(251)}${')'.repeat(251)}`)?.toString(),
    'invalid,251,parentheses are too deeply nested',
  );
});

test('parseRegex() ends for every beginning of a pattern', () => {
  const pattern =
    "(?<n>a{2,3}?[^]\\]a-f[:alpha:]]\\x{41}\\o{101}\\cA)(?:b|\\Qx\\E)(?#c)\\k<n>\\g{-1}(?i-s:x)(?>y)(?<=z)\\p{Lu}(?'m'q)";
  for (let length = 0; length <= pattern.length; length += 1) {
    const parsed = parseRegex(pattern.slice(0, length), false);
    equal(parsed.ok || parsed.fault.offset <= length, true);
  }
});
