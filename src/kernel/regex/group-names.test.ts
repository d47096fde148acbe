import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { GroupNames } from './group-names.ts';
import { PatternScanner } from './pattern-scanner.ts';

test('GroupNames finds what references mean, also those to groups that come later', () => {
  const groups = new GroupNames();
  const scanner = new PatternScanner('{2}{-1}<late>late>');
  groups.close(groups.open());
  const byNumber = groups.parseReference(scanner, 'g');
  const backwards = groups.parseReference(scanner, 'g');
  const byName = groups.parseReference(scanner, 'k');
  equal(groups.openNamed(scanner, '>'), 2);
  groups.check(scanner);
  deepEqual([byNumber, backwards, byName, scanner.fault], [[2], [1], [2], undefined]);
});

test('GroupNames refuses names and references that mean nothing', () => {
  for (const [text, message] of [
    ['>', 'subpattern name expected'],
    ['1>', 'subpattern name must start with a non-digit'],
    ['n!', 'syntax error in subpattern name (missing terminator?)'],
    [`${'n'.repeat(33)}>`, 'subpattern name is too long (maximum 32 code units)'],
  ] as const) {
    const scanner = new PatternScanner(text);
    equal(new GroupNames().openNamed(scanner, '>'), undefined);
    equal(scanner.fault?.message, message);
  }
  const scanner = new PatternScanner('n>n>');
  const groups = new GroupNames();
  groups.openNamed(scanner, '>');
  groups.openNamed(scanner, '>');
  equal(scanner.fault?.message, 'two named subpatterns have the same name');
});

test('GroupNames.check() tells of references without a group', () => {
  for (const text of ['{3}', '{-1}', '0']) {
    const scanner = new PatternScanner(text);
    const groups = new GroupNames();
    groups.parseReference(scanner, 'g');
    groups.check(scanner);
    equal(scanner.fault?.message, 'reference to non-existent subpattern', text);
  }
});
