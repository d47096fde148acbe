import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { GroupNames } from './group-names.ts';
import type { InlineOptions } from './parse-options.ts';
import { openGroup } from './parse-options.ts';
import { PatternScanner } from './pattern-scanner.ts';

const NONE: InlineOptions = {
  caseless: false,
  multiline: false,
  dotAll: false,
  extended: false,
  extendedMore: false,
  noCapture: false,
  ungreedy: false,
};

function open(text: string, options: InlineOptions = NONE): unknown {
  const scanner = new PatternScanner(text);
  const opened = openGroup(scanner, options, new GroupNames());
  return scanner.fault?.message ?? opened;
}

test('openGroup() tells the kinds of groups apart', () => {
  deepEqual(open('a)'), { kind: 'capture', number: 1 });
  deepEqual(open('a)', { ...NONE, noCapture: true }), { kind: 'plain', options: { ...NONE, noCapture: true } });
  deepEqual(open('?:a)'), { kind: 'plain', options: NONE });
  deepEqual(open('?>a)'), { kind: 'atomic' });
  deepEqual(open('?|a)'), { kind: 'reset' });
  deepEqual(open('?<!a)'), { kind: 'look', behind: true, negative: true });
  deepEqual(open('?=a)'), { kind: 'look', behind: false, negative: false });
  for (const text of ['?<n>a)', '?P<n>a)', "?'n'a)"]) deepEqual(open(text), { kind: 'capture', number: 1 }, text);
  deepEqual(open('?P=n)'), { kind: 'reference', groups: [] });
});

test('openGroup() sets and clears options', () => {
  deepEqual(open('?im-s)', { ...NONE, dotAll: true }), {
    kind: 'options',
    options: { ...NONE, caseless: true, multiline: true },
  });
  deepEqual(open('?^x:a)', { ...NONE, caseless: true }), { kind: 'plain', options: { ...NONE, extended: true } });
  deepEqual(open('?xx)'), { kind: 'options', options: { ...NONE, extended: true, extendedMore: true } });
  deepEqual(open('?x)', { ...NONE, extended: true, extendedMore: true }), {
    kind: 'options',
    options: { ...NONE, extended: true },
  });
});

test('openGroup() refuses what follows no question mark', () => {
  for (const text of ['?k)', '?i', '?<-n>a)', '?']) equal(typeof open(text), 'string', text);
});
