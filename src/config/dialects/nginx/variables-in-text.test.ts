import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseText } from './variables-in-text.ts';

test('parseText() finds variables and captures', () => {
  assert.equal(parseText('plain').template, 'plain');
  assert.deepEqual(parseText('$a-${b_1}c$2$10').template, [
    ...[{ variable: 'a' }, '-', { variable: 'b_1' }, 'c', { capture: 2 }, { capture: 1 }, '0'],
  ]);
  assert.deepEqual(parseText('x${1}$0').variables, [
    { name: '1', offset: 1, length: 4 },
    { name: '0', offset: 5, length: 2 },
  ]);
});

test('parseText() refuses a dollar without a name, and a bracket that is not closed', () => {
  assert.deepEqual(parseText('a $ b').fault, { message: 'invalid variable name', offset: 2, length: 2 });
  assert.deepEqual(parseText('a$').fault, { message: 'invalid variable name', offset: 1, length: 1 });
  assert.deepEqual(parseText('${}').fault?.message, 'invalid variable name');
  assert.deepEqual(parseText('${host').fault, {
    ...{ message: 'the closing bracket in "host" variable is missing', offset: 0, length: 6 },
  });
});
