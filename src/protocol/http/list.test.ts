import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { splitList } from './list.ts';

test('splitList() makes one list of several fields', () => {
  deepEqual(splitList(['a, b', 'c', ',', ' d\t']), ['a', 'b', 'c', 'd']);
});
