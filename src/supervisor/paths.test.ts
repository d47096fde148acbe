import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { exists, isFile, isFolder, isWithin, realPath, statOf } from './paths.ts';

test('a symbolic link that leads to itself is a name, and nothing else', () => {
  const folder = mkdtempSync(join(tmpdir(), 'paths-'));
  const loop = join(folder, 'loop');
  symlinkSync('loop', loop);
  assert.deepEqual([statOf(loop), isFile(loop), isFolder(loop), exists(loop)], [undefined, false, false, true]);
  assert.equal(realPath(loop), loop);
  assert.deepEqual([isFolder(folder), exists(join(folder, 'nothing'))], [true, false]);
  rmSync(folder, { recursive: true });
});

test('isWithin() goes by whole names', () => {
  assert.equal(isWithin('/srv/site/a.py', '/srv/site'), true);
  assert.equal(isWithin('/srv/site', '/srv/site'), true);
  assert.equal(isWithin('/srv/sites', '/srv/site'), false);
  assert.equal(isWithin('/srv', '/'), true);
});
