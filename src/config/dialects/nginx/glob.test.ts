import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findPaths } from './glob.ts';

const FOLDERS: Readonly<Record<string, readonly string[]>> = {
  '/': ['a', 'b', 'etc'],
  '/a': ['x.conf', 'y.conf', 'y.conf~', '.z.conf', 'B.conf', '[q]'],
  '/b': ['x.conf', 'ä.conf'],
};

function find(pattern: string): readonly string[] {
  return findPaths(pattern, (path) => FOLDERS[path]);
}

test('findPaths() knows the wildcards of the shell', () => {
  assert.deepEqual(find('/a/*.conf'), ['/a/B.conf', '/a/x.conf', '/a/y.conf']);
  assert.deepEqual(find('/?/x.*'), ['/a/x.conf', '/b/x.conf']);
  assert.deepEqual(find('/a/[x-z].conf'), ['/a/x.conf', '/a/y.conf']);
  assert.deepEqual(find('/a/[!x].conf'), ['/a/B.conf', '/a/y.conf']);
  assert.deepEqual(find('/a/.*'), ['/a/.z.conf']);
  assert.deepEqual(find('/a/\\[*'), ['/a/[q]']);
  assert.deepEqual(find('/b/?.conf'), ['/b/x.conf', '/b/ä.conf']);
});

test('findPaths() finds nothing where there is nothing', () => {
  for (const pattern of ['/none/*', '/a/[z-a]', '/a/[', '/a/*x', '/a/x.conf/*']) {
    assert.deepEqual(find(pattern), [], pattern);
  }
});

test('findPaths() looks into a bounded number of folders, and patterns cost little', () => {
  let looks = 0;
  findPaths('/*/*/*/*/*/*', () => {
    looks += 1;
    return ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];
  });
  assert.equal(looks, 10_000);
  assert.deepEqual(
    findPaths(`/${'*a'.repeat(12)}b`, () => ['a'.repeat(60)]),
    [],
  );
});
