import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { javascriptSource } from './javascript-source.ts';
import { parseRegex } from './parse-regex.ts';

function sourceOf(pattern: string, caseless = false): string | undefined {
  const parsed = parseRegex(pattern, caseless);
  return parsed.ok ? javascriptSource(parsed.value.root) : 'refused';
}

test('javascriptSource() writes out what JavaScript means otherwise', () => {
  for (const [pattern, source] of [
    ['^/a.b$', '^/a[^\\n]b(?=\\n?$)'],
    ['\\Aa\\z', '^a$'],
    ['(?m)^$', '(?:^|(?<=\\n)(?=[^]))(?=\\n|$)'],
    ['\\s[^/]', '[\\x09-\\x0d\\x20][^\\x2f]'],
    ['(?<n>a)+?b{2,}c{3}d{1,2}', '(a)+?b{2,}c{3}d{1,2}'],
    ['(?:ab|c)?\\b', '(?:ab|c){0,1}\\b'],
    ['(?<!a)(?=b)', '(?<!a)(?=b)'],
    ['a|b|', 'a|b|'],
  ] as const) {
    equal(sourceOf(pattern), source, pattern);
    equal(new RegExp(source).flags, '');
  }
  equal(sourceOf('aZ1', true), '[Aa][Zz]1');
});

test('javascriptSource() is undefined where JavaScript would match something else', () => {
  for (const pattern of [
    '(?>a)',
    'a++',
    '(a)\\1',
    'a\\Kb',
    '(a*)*',
    '(a?)?',
    '(?:(a)|b)*',
    '(?:b(a)?)*',
    '(?<=(a))b',
    '\\R',
  ]) {
    equal(sourceOf(pattern), undefined, pattern);
  }
  for (const pattern of ['((a)+)+', '(?:(a)b)*', '(?:(a)|b)?']) equal(typeof sourceOf(pattern), 'string', pattern);
});
