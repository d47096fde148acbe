import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { failUnknownEscape, parseByteEscape, parseOctal } from './parse-escape.ts';
import { PatternScanner } from './pattern-scanner.ts';

function escapeOf(text: string): unknown {
  const scanner = new PatternScanner(text);
  const value = parseByteEscape(scanner, scanner.next());
  return scanner.fault?.message ?? (typeof value === 'number' ? [value, scanner.position] : value);
}

test('parseByteEscape() reads the forms of a byte', () => {
  for (const [text, byte, length] of [
    ['n', 10, 1],
    ['e', 27, 1],
    ['0', 0, 1],
    ['0177', 15, 3],
    ['x41g', 0x41, 3],
    ['x', 0, 1],
    ['x{fF}', 255, 5],
    ['o{101}', 65, 6],
    ['ca', 1, 2],
    ['.', 46, 1],
    ['\xe9', 233, 1],
  ] as const) {
    deepEqual(escapeOf(text), [byte, length], text);
  }
  equal(escapeOf('y'), undefined);
});

test('parseByteEscape() refuses what is no byte', () => {
  equal(escapeOf(''), '\\ at end of pattern');
  equal(escapeOf('x{100}'), 'character code point value in \\x{} or \\o{} is too large: a subject is bytes');
  equal(escapeOf('x{g}'), 'bad digit in \\x{}');
  equal(escapeOf('o7'), 'missing opening brace or bad digit after \\o');
  equal(escapeOf('c\xe9'), '\\c must be followed by a printable ASCII character');
});

test('parseOctal() reads up to three digits', () => {
  const scanner = new PatternScanner('1013');
  equal(parseOctal(scanner, scanner.next()), 65);
  equal(scanner.position, 3);
});

test('failUnknownEscape() knows those that other languages have', () => {
  for (const [letter, message] of [
    ['u', 'PCRE has no \\F, \\L, \\l, \\U and \\u'],
    ['y', 'unrecognized character follows \\'],
  ] as const) {
    const scanner = new PatternScanner(letter);
    scanner.next();
    equal(failUnknownEscape(scanner, letter), undefined);
    equal(scanner.fault?.message, message);
  }
});
