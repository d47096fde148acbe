import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { leadsUp } from './leads-up.ts';

test('leadsUp() sees the name .. and no other', () => {
  const paths = ['..', '../a', '/..', '/a/../b', 'a/..', '', '/a..b', '/...', '/a../b', '/..a', '/a/..b/c', '/.'];
  deepEqual(
    paths.filter((path) => leadsUp(path)),
    ['..', '../a', '/..', '/a/../b', 'a/..'],
  );
});
