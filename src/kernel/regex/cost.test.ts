import { equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { harmlessLength } from './cost.ts';
import { parseRegex } from './parse-regex.ts';

function lengthOf(pattern: string): number {
  const parsed = parseRegex(pattern, false);
  return parsed.ok ? harmlessLength(parsed.value.root) : -1;
}

test('harmlessLength() is long where the cost grows with the length', () => {
  for (const pattern of [
    '^/static/',
    '\\.php$',
    '^/([^/]+)/(.*)$',
    '^(?!.*\\.php)',
    '(?:foo|bar|qux)$',
    '^(?:a|b)+$',
    '^(?>a*)b',
  ]) {
    ok(lengthOf(pattern) >= 8192, `${pattern}: ${lengthOf(pattern)}`);
  }
});

test('harmlessLength() is the root of it where parts multiply', () => {
  equal(lengthOf('^(.*)/(.*)$'), 256);
  equal(lengthOf('^(.*)/(.*)/(.*)$'), 32);
  equal(lengthOf('(.*)/(.*)$'), 32);
});

test('harmlessLength() is next to nothing for a loop whose turns can match in two ways', () => {
  for (const pattern of ['(a+)+$', '(a|aa)+$', '(?:.*x)*y', '(?:a|a)*$']) ok(lengthOf(pattern) <= 16, pattern);
});

test('harmlessLength() counts what is not for JavaScript too', () => {
  for (const pattern of ['(a)\\1\\K', '(?>a+)b']) ok(lengthOf(pattern) >= 256, pattern);
});
