import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { parseProperty } from './parse-property.ts';
import { PatternScanner } from './pattern-scanner.ts';

function has(text: string, character: string, isNegated = false): boolean | string {
  const scanner = new PatternScanner(text);
  const set = parseProperty(scanner, isNegated);
  return scanner.fault?.message ?? set?.[character.charCodeAt(0)] === 1;
}

test('parseProperty() reads categories, scripts and what is PCRE alone', () => {
  for (const [text, inside, outside] of [
    ['L', 'é', '1'],
    ['{Lu}', 'É', 'é'],
    ['{L&}', 'a', 'ª'],
    ['{Latin}', 'a', '1'],
    ['{Xwd}', '_', '-'],
    ['{Xsp}', '\xa0', 'a'],
    ['{^Lu}', 'é', 'É'],
  ] as const) {
    equal(has(text, inside), true, text);
    equal(has(text, outside), false, text);
    equal(has(text, outside, true), true, text);
  }
  equal(has('{Any}', '\n'), true);
});

test('parseProperty() refuses what is no property', () => {
  equal(has('{Foo}', 'a'), 'unknown property name after \\P or \\p');
  equal(has('{', 'a'), 'malformed \\P or \\p sequence');
});
