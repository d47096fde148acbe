import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemWords } from './system-words.ts';

test('an error of the system is told by its number and its words', () => {
  const error = Object.assign(new Error('ENOENT: no such file'), { code: 'ENOENT', errno: -2 });
  assert.equal(systemWords(error), '2: No such file or directory');
  assert.equal(systemWords({ code: 'EISDIR', errno: -21 }), '21: Is a directory');
});

test('an error without words has its code', () => {
  assert.equal(systemWords({ code: 'EXDEV', errno: -18 }), '18: EXDEV');
});

test('what the system has not made is told by its message', () => {
  assert.equal(systemWords(new Error('one of ours')), 'one of ours');
  assert.equal(systemWords(Object.assign(new Error('bad'), { code: 'ERR_INVALID_ARG' })), 'bad');
  assert.equal(systemWords('thrown'), 'thrown');
});
