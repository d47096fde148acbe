import assert from 'node:assert/strict';
import { test } from 'node:test';
import { literalsOf } from './literals.ts';

/** A dollar sign in the sources below: what follows would otherwise be put in here. */
const D = '$';

function textsOf(source: string): string[] {
  return literalsOf(source).map(({ text }) => text);
}

test('literalsOf() finds strings and templates, with … for what is put in', () => {
  assert.deepEqual(textsOf(`say('warning', \`worker ${D}{name} is gone\`); x = "it's";`), [
    'warning',
    'worker … is gone',
    "it's",
  ]);
});

test('literalsOf() finds what stands inside of a template, and braces there do not end it', () => {
  assert.deepEqual(textsOf(`\`a ${D}{list.map(({ x }) => \`b ${D}{x}\`).join(', ')} c\``), ['b …', ', ', 'a … c']);
});

test('literalsOf() passes over comments and regular expressions', () => {
  assert.deepEqual(textsOf("// it's nothing\n/* `nor` */ const q = /['\"`/]/g.test('yes') ? 6 / 3 / 2 : 'no';"), [
    'yes',
    'no',
  ]);
});

test('literalsOf() says what an escape stands for, the line, and what is in front', () => {
  const [literal] = literalsOf("\n  throw new Error('two\\nlines');");
  assert.deepEqual(literal, { text: 'two\nlines', line: 2, before: '\n  throw new Error(' });
});
