import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FileCache } from './cache.ts';
import { STATIC_LIMITS } from './limits.ts';
import type { Found, StaticFile } from './load-file.ts';
import { DIRECTORY } from './load-file.ts';
import { compileMounts } from './mount.ts';
import { MISSING } from './open-file.ts';

const [MOUNT, OTHER] = compileMounts([
  { url: '/', root: '/srv', hashed: false },
  { url: '/', root: '/other', hashed: false },
]);
assert.ok(MOUNT !== undefined && OTHER !== undefined);
const FOLDER = MOUNT.folder;
const BOUNDS = { entriesMax: 3, bytesMax: 100, missingMax: 2 };

function file(weight = 10): StaticFile {
  return { kind: 'file', hasPlain: true, rule: FOLDER.rule, representations: [], watched: [], isSettled: true, weight };
}

test('FileCache knows a file for its second and remembers it for revalidation', () => {
  const cache = new FileCache(BOUNDS);
  const kept = file();
  cache.keep(FOLDER, '/a', kept, 0);
  assert.equal(cache.find(FOLDER, '/a', STATIC_LIMITS.revalidateMs - 1), kept);
  assert.equal(cache.find(FOLDER, '/a', STATIC_LIMITS.revalidateMs), undefined);
  assert.equal(cache.findFile(FOLDER, '/a'), kept);
  cache.refresh(FOLDER, '/a', 1000);
  assert.equal(cache.find(FOLDER, '/a', 1999), kept);
  cache.refresh(FOLDER, '/b', 1000);
  assert.equal(cache.find(FOLDER, '/b', 1000), undefined);
});

test('FileCache keeps within its entries, those in use longest', () => {
  const cache = new FileCache(BOUNDS);
  for (const path of ['/a', '/b', '/c']) {
    cache.keep(FOLDER, path, file(), 0);
  }
  cache.find(FOLDER, '/a', 0);
  cache.keep(FOLDER, '/d', file(), 0);
  assert.equal(cache.size, 3);
  assert.ok(cache.find(FOLDER, '/a', 0));
  assert.equal(cache.find(FOLDER, '/b', 0), undefined);
  assert.ok(cache.find(FOLDER, '/c', 0));
  assert.ok(cache.find(FOLDER, '/d', 0));
});

test('FileCache finds room even if all is in use', () => {
  const cache = new FileCache(BOUNDS);
  for (const path of ['/a', '/b', '/c']) {
    cache.keep(FOLDER, path, file(), 0);
    cache.find(FOLDER, path, 0);
  }
  cache.keep(FOLDER, '/d', file(), 0);
  assert.equal(cache.size, 3);
  assert.equal(cache.find(FOLDER, '/a', 0), undefined);
});

test('FileCache keeps within its bytes', () => {
  const cache = new FileCache(BOUNDS);
  cache.keep(FOLDER, '/a', file(60), 0);
  cache.keep(FOLDER, '/b', file(40), 0);
  assert.equal(cache.bytes, 100);
  cache.keep(FOLDER, '/c', file(50), 0);
  assert.equal(cache.bytes, 90);
  assert.equal(cache.find(FOLDER, '/a', 0), undefined);
  cache.keep(FOLDER, '/b', file(10), 0);
  assert.equal(cache.bytes, 60);
  cache.keep(FOLDER, '/huge', file(101), 0);
  assert.equal(cache.find(FOLDER, '/huge', 0), undefined);
  assert.equal(cache.bytes, 60);
  cache.remove(FOLDER, '/b');
  cache.remove(FOLDER, '/c');
  cache.remove(FOLDER, '/none');
  assert.deepEqual([cache.bytes, cache.size], [0, 0]);
});

test('FileCache believes for a moment that something is missing', () => {
  const cache = new FileCache(BOUNDS);
  cache.keep(FOLDER, '/a', MISSING, 0);
  cache.keep(FOLDER, '/b', DIRECTORY, 0);
  assert.equal(cache.find(FOLDER, '/a', STATIC_LIMITS.missingMs - 1), MISSING);
  assert.equal(cache.find(FOLDER, '/b', 0), DIRECTORY);
  assert.equal(cache.find(FOLDER, '/a', STATIC_LIMITS.missingMs), undefined);
  assert.equal(cache.findFile(FOLDER, '/a'), undefined);
});

test('FileCache lets missing names displace nothing but each other', () => {
  const cache = new FileCache(BOUNDS);
  cache.keep(FOLDER, '/a', file(), 0);
  for (let index = 0; index < 100; index += 1) {
    cache.keep(FOLDER, `/missing-${index}`, MISSING, 0);
  }
  assert.equal(cache.size, 1 + BOUNDS.missingMax);
  assert.ok(cache.find(FOLDER, '/a', 0));
  assert.equal(cache.find(FOLDER, '/missing-99', 0), MISSING);
  assert.equal(cache.find(FOLDER, '/missing-97', 0), undefined);
  cache.keep(FOLDER, 'x'.repeat(STATIC_LIMITS.missingPathCharsMax + 1), MISSING, 0);
  assert.equal(cache.find(FOLDER, 'x'.repeat(STATIC_LIMITS.missingPathCharsMax + 1), 0), undefined);
});

test('FileCache remembers no fault that may have passed', () => {
  const cache = new FileCache(BOUNDS);
  for (const absence of ['exhausted', 'failed'] as const) {
    cache.keep(FOLDER, '/a', { ...MISSING, absence }, 0);
    assert.equal(cache.find(FOLDER, '/a', 0), undefined);
  }
  const forbidden: Found = { ...MISSING, absence: 'forbidden' };
  cache.keep(FOLDER, '/a', forbidden, 0);
  assert.equal(cache.find(FOLDER, '/a', 0), forbidden);
});

test('FileCache lets what is found now replace what was known', () => {
  const cache = new FileCache(BOUNDS);
  cache.keep(FOLDER, '/a', MISSING, 0);
  const kept = file();
  cache.keep(FOLDER, '/a', kept, 0);
  assert.equal(cache.find(FOLDER, '/a', 0), kept);
  cache.keep(FOLDER, '/a', MISSING, 0);
  assert.equal(cache.find(FOLDER, '/a', 0), MISSING);
  assert.equal(cache.bytes, 0);
});
