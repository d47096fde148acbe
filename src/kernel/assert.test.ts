import { doesNotThrow, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { assert } from './assert.ts';

test('assert() throws its message when it is not so, and nothing else', () => {
  doesNotThrow(() => assert(true, 'never'));
  throws(() => assert(false, 'a mount has no root'), /^Error: a mount has no root$/);
});
