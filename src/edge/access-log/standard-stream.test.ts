import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { standardStreamOf } from './standard-stream.ts';

test('standardStreamOf() knows the streams by each of their names', () => {
  for (const name of ['/dev/stdout', '/dev/fd/1', '/proc/self/fd/1', '/dev/../dev/stdout']) {
    assert.equal(standardStreamOf(name), 'stdout', name);
  }
  for (const name of ['/dev/stderr', '/dev/fd/2', '/proc/self/fd/2']) {
    assert.equal(standardStreamOf(name), 'stderr', name);
  }
  for (const name of ['/dev/null', '/dev/fd/12', '/dev/stderr.log', '/proc/1/fd/1', '/var/log/none', '-']) {
    assert.equal(standardStreamOf(name), undefined, name);
  }
});

test('standardStreamOf() follows links, as those of container images, and ends with a circle', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'portico-stream-'));
  t.after(() => rmSync(folder, { recursive: true }));
  symlinkSync('/dev/stderr', join(folder, 'error.log'));
  symlinkSync('error.log', join(folder, 'further'));
  symlinkSync('circle', join(folder, 'circle'));
  writeFileSync(join(folder, 'file'), '');
  symlinkSync('file', join(folder, 'to-file'));
  assert.equal(standardStreamOf(join(folder, 'error.log')), 'stderr');
  assert.equal(standardStreamOf(join(folder, 'further')), 'stderr');
  assert.equal(standardStreamOf(join(folder, 'circle')), undefined);
  assert.equal(standardStreamOf(join(folder, 'to-file')), undefined);
});
