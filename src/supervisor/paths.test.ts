import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { exists, isFile, isFolder, isLink, isWithin, readHead, realPath, statOf } from './paths.ts';

test('a symbolic link that leads to itself is a name, and nothing else', () => {
  const folder = mkdtempSync(join(tmpdir(), 'paths-'));
  const loop = join(folder, 'loop');
  symlinkSync('loop', loop);
  assert.deepEqual([statOf(loop), isFile(loop), isFolder(loop), exists(loop)], [undefined, false, false, true]);
  assert.equal(realPath(loop), loop);
  assert.deepEqual([isLink(loop), isLink(folder), isLink(join(loop, 'below'))], [true, false, false]);
  assert.deepEqual([isFolder(folder), exists(join(folder, 'nothing'))], [true, false]);
  rmSync(folder, { recursive: true });
});

test('readHead() gives the first bytes of a file, and waits for nobody who writes to a pipe', () => {
  const folder = mkdtempSync(join(tmpdir(), 'paths-'));
  writeFileSync(join(folder, 'file'), 'abc');
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  assert.equal(readHead(join(folder, 'file'), 2)?.toString(), 'ab');
  assert.equal(readHead(join(folder, 'file'), 9)?.toString(), 'abc');
  for (const name of ['pipe', 'nothing', '.']) {
    assert.equal(readHead(join(folder, name), 9), undefined);
  }
  rmSync(folder, { recursive: true });
});

test('isWithin() goes by whole names', () => {
  assert.equal(isWithin('/srv/site/a.py', '/srv/site'), true);
  assert.equal(isWithin('/srv/site', '/srv/site'), true);
  assert.equal(isWithin('/srv/sites', '/srv/site'), false);
  assert.equal(isWithin('/srv', '/'), true);
});
