import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toLatin1 } from './latin1.ts';

test('toLatin1() makes a character of each byte of UTF-8', () => {
  assert.equal(toLatin1('/é€'), '/\xc3\xa9\xe2\x82\xac');
  assert.equal(toLatin1('plain'), 'plain');
});
