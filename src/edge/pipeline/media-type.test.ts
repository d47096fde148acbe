import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { endingOf } from './media-type.ts';

test('endingOf() is what stands behind the last dot of the last name, but for dots in front', () => {
  const endings: Readonly<Record<string, string>> = {
    '/a.PNG': 'png',
    '/a.b/c': '',
    '/a.': '',
    '/.png': '',
    '/..png': '',
    '/...png': '',
    '/....png': 'png',
    '/a..png': 'png',
    '/.a.png': 'png',
    '/': '',
  };
  deepEqual(Object.fromEntries(Object.keys(endings).map((path) => [path, endingOf(path)])), endings);
});
