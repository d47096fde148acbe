import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { parseRegex } from './parse-regex.ts';
import { childrenOf, firstBytes, fixedLength, isAnchored, isNullable } from './shape.ts';
import type { RegexNode } from './syntax.ts';
import { EMPTY } from './syntax.ts';

function tree(pattern: string): RegexNode {
  const parsed = parseRegex(pattern, false);
  return parsed.ok ? parsed.value.root : EMPTY;
}

test('fixedLength() is undefined where matches differ in length', () => {
  for (const [pattern, length] of [
    ['', 0],
    ['ab(c|d)', 3],
    ['a{3}(?>b)\\b', 4],
    ['(?=a)*', 0],
    ['a?', undefined],
    ['a|bc', undefined],
    ['(a)\\1', undefined],
  ] as const) {
    equal(fixedLength(tree(pattern)), length, pattern);
  }
});

test('isNullable() says whether the empty string can match', () => {
  for (const pattern of ['', 'a*', 'a|', '(a?)', '^', '(?=a)', '(?>a*)', '(?:a*){2}'])
    equal(isNullable(tree(pattern)), true, pattern);
  for (const pattern of ['a', 'a+', '(a|b)', 'a*b', '(?>a)']) equal(isNullable(tree(pattern)), false, pattern);
});

test('firstBytes() looks through what may be empty', () => {
  for (const [pattern, first] of [
    ['abc', 'a'],
    ['a*b', 'ab'],
    ['^\\b(?!x)(?:a|b)+c', 'ab'],
    ['(a)|(?>b)', 'ab'],
  ] as const) {
    const bytes = firstBytes(tree(pattern)) ?? [];
    const members = [...bytes].flatMap((member, byte) => (member === 1 ? [String.fromCharCode(byte)] : []));
    deepEqual(members.join(''), first, pattern);
  }
  for (const pattern of ['a*', 'a|', '\\b', '(a?)\\1b', '(?:a?b?)c'])
    equal(firstBytes(tree(pattern)), undefined, pattern);
});

test('isAnchored() holds if every match begins at the beginning', () => {
  for (const pattern of ['^a', '\\Aa', '(^a|^b)c', '(?>^a)']) equal(isAnchored(tree(pattern)), true, pattern);
  for (const pattern of ['a', '', '^a|b', '(?m)^a', '(?:^)?a']) equal(isAnchored(tree(pattern)), false, pattern);
});

test('childrenOf() gives what is directly inside', () => {
  deepEqual(
    [tree('ab'), tree('a|b'), tree('a*'), tree('(a)'), tree('a')].map((node) => childrenOf(node).length),
    [2, 2, 1, 1, 0],
  );
});
