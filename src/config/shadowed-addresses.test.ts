import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findShadowing } from './shadowed-addresses.ts';

const NONE = undefined;

test('findShadowing() finds the rule before that decides already', () => {
  assert.deepEqual(findShadowing(['10.0.0.0/8', '10.1.2.3', '11.0.0.1', 'all', '12.0.0.1']), [NONE, 0, NONE, NONE, 3]);
  assert.deepEqual(findShadowing(['10.1.2.3', '10.0.0.0/8', '10.1.2.3', '10.9.0.0/16']), [NONE, NONE, 1, 1]);
  assert.deepEqual(findShadowing(['2001:db8::/32', '2001:db8::1', '::/0', '2001:db9::1']), [NONE, 0, NONE, 2]);
  assert.deepEqual(findShadowing(['unix:', 'unix:', '192.0.2.1', '192.0.2.1']), [NONE, 0, NONE, 2]);
  assert.deepEqual(findShadowing([]), []);
});

test('findShadowing() looks through a long list in a moment', () => {
  const list = Array.from({ length: 20_000 }, (_, index) => `10.${(index >> 8) & 255}.${index & 255}.0/24`);
  assert.ok(findShadowing([...list, '0.0.0.0/0']).every((each) => each === undefined));
});
