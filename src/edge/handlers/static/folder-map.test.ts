import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FolderMap } from './folder-map.ts';
import { compileMounts } from './mount.ts';

const [ONE, OTHER] = compileMounts([
  { url: '/a/', root: '/srv', hashed: false },
  { url: '/b/', root: '/srv', hashed: false },
]).map(({ folder }) => folder);

test('FolderMap keeps the same path of two folders apart', () => {
  assert.ok(ONE !== undefined && OTHER !== undefined);
  const map = new FolderMap<number>();
  map.set(ONE, 'a.css', 1);
  map.set(OTHER, 'a.css', 2);
  assert.deepEqual([map.get(ONE, 'a.css'), map.get(OTHER, 'a.css')], [1, 2]);
  map.delete(ONE, 'a.css');
  map.delete(ONE, 'a.css');
  assert.deepEqual([map.get(ONE, 'a.css'), map.get(OTHER, 'a.css')], [undefined, 2]);
});
