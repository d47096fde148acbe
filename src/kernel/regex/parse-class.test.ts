import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { parseClass } from './parse-class.ts';
import { PatternScanner } from './pattern-scanner.ts';

/** The members among printable ASCII, or the fault. The opening bracket is left out. */
function classOf(text: string, caseless = false, extendedMore = false): string {
  const scanner = new PatternScanner(text);
  const set = parseClass(scanner, { caseless, extendedMore });
  const members = [...set].map((member, byte) => (member === 1 ? String.fromCharCode(byte) : ''));
  return scanner.fault?.message ?? members.slice(0x20, 0x7f).join('');
}

test('parseClass() reads members and ranges', () => {
  for (const [text, members] of [
    ['a-c]', 'abc'],
    [']a]', ']a'],
    ['-a]', '-a'],
    ['a-]', '-a'],
    ['a-c-e]', '-abce'],
    ['\\]-a]', ']^_`a'],
    ['\\Qa-c\\E]', '-ac'],
    ['\\Qa\\E-c]', 'abc'],
    ['a\\E-\\Qc\\E]', 'abc'],
    ['[:digit:]x]', '0123456789x'],
    ['[:digit]', ':[dgit'],
    ['\\d-]', '-0123456789'],
    ['\\8]', '8'],
    ['a b]', ' ab'],
  ] as const) {
    deepEqual(new Set(classOf(text)), new Set(members), text);
  }
  equal(classOf('^ -~]'), '');
  equal(classOf('^]a]').includes(']'), false);
});

test('parseClass() knows options', () => {
  equal(classOf('a-cX]', true), 'ABCXabcx');
  equal(classOf('[:upper:]]', true).length, 52);
  equal(classOf('[:^upper:]]', true).includes('a'), false);
  equal(classOf('a b]', false, true), 'ab');
});

test('parseClass() refuses what PCRE refuses', () => {
  for (const [text, message] of [
    ['a', 'missing terminating ] for character class'],
    [']', 'missing terminating ] for character class'],
    ['z-a]', 'range out of order in character class'],
    ['a-\\d]', 'invalid range in character class'],
    ['\\d-z]', 'invalid range in character class'],
    ['\\R]', 'escape sequence is invalid in character class'],
    ['\\y]', 'unrecognized character follows \\'],
    ['[:foo:]]', 'unknown POSIX class name'],
    ['[=a=]]', 'POSIX collating elements are not supported'],
  ] as const) {
    equal(classOf(text), message, text);
  }
});
