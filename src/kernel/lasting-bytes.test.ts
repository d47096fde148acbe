import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLasting, markLasting } from './lasting-bytes.ts';

test('isLasting() is true of the very buffer that was marked', () => {
  const file = Buffer.from('body');
  markLasting(file);

  assert.equal(isLasting(file), true);
  assert.equal(isLasting(file.subarray(0)), false);
});

test('isLasting() is false of what nobody marked, and of what is no buffer', () => {
  assert.equal(isLasting(Buffer.from('body')), false);
  assert.equal(isLasting('body'), false);
  assert.equal(isLasting(undefined), false);
});
