import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { factorChoices } from './factor-choices.ts';
import { javascriptSource } from './javascript-source.ts';
import { parseRegex } from './parse-regex.ts';

function factored(pattern: string): string | undefined {
  const parsed = parseRegex(pattern, false);
  return parsed.ok ? javascriptSource(factorChoices(parsed.value.root)) : undefined;
}

test('factorChoices() has alternatives share what they begin with, in their order', () => {
  for (const [pattern, source] of [
    ['abc|abd|x|ae', 'a(?:b(?:c|d)|e)|x'],
    ['a|ab', 'a(?:|b)'],
    ['(ab|ac)+', '(a(?:b|c))+'],
    ['(?:ab|ac|)d', '(?:a(?:b|c)|)d'],
    ['ab|[ab]c|ad', 'ab|[ab]c|ad'],
    ['a(x)|b|a(y)', 'a(?:(x)|(y))|b'],
    ['(?=ab|ac)', '(?=a(?:b|c))'],
    ['(?<=ab|ac)', '(?<=ab|ac)'],
  ] as const) {
    equal(factored(pattern), source, pattern);
  }
});
